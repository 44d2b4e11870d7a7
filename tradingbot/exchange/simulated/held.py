"""An order and an order list as the exchange holds them."""

import math
from dataclasses import dataclass, field
from decimal import Decimal

from tradingbot.engine.match import BUY, SELL
from tradingbot.exchange.orders import (
    ZERO,
    Amendment,
    Contingency,
    ExpiryReason,
    Fill,
    ListStatus,
    NewOrder,
    OrderListReport,
    OrderReport,
    OrderStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from tradingbot.exchange.simulated.filters import is_algo, triggers_above

BIPS = Decimal(10_000)
MARKET_TYPES = frozenset({OrderType.MARKET, OrderType.STOP_LOSS, OrderType.TAKE_PROFIT})
"""The types that trade at whatever price there is."""


@dataclass(slots=True, eq=False, kw_only=True)
class Held:
    """An order with what has become of it.

    `holder` is the order under whose id funds are locked; `reserve` is the price by which they are reckoned where the
    order has none. `takes_at_open` marks one that waits for the next candle to take at its open.
    """

    order: NewOrder
    order_id: int
    holder: int
    client_order_id: str
    quantity: Decimal
    created_at: int
    updated_at: int
    prevention: SelfTradePrevention
    list_id: int = -1
    status: OrderStatus = OrderStatus.NEW
    executed: Decimal = ZERO
    value: Decimal = ZERO
    prevented: Decimal = ZERO
    prevented_match_id: int | None = None
    reserve: Decimal = ZERO
    working_since: int | None = None
    triggered: bool = False
    takes_at_open: bool = False
    extreme: Decimal | None = None
    trailing_since: int | None = None
    expiry_reason: ExpiryReason | None = None
    amendments: list[Amendment] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    limit: float = field(init=False)  # NaN where it has none
    stop: float = field(init=False)

    def __post_init__(self) -> None:
        self.limit = math.nan if self.order.price is None else float(self.order.price)
        self.stop = math.nan if self.order.stop_price is None else float(self.order.stop_price)

    @property
    def symbol(self) -> str:
        """The symbol."""
        return self.order.symbol

    @property
    def sign(self) -> int:
        """BUY or SELL of the core."""
        return BUY if self.order.side is Side.BUY else SELL

    @property
    def buys(self) -> bool:
        """Whether it is a purchase."""
        return self.order.side is Side.BUY

    @property
    def is_open(self) -> bool:
        """Whether it can still trade."""
        return self.status.is_open

    @property
    def is_active(self) -> bool:
        """Whether it is in force: open, and not pending in an OTO."""
        return self.status.is_open and self.status is not OrderStatus.PENDING_NEW

    @property
    def waits_for_trigger(self) -> bool:
        """Whether it is a stop or take-profit order in force that has not triggered."""
        return not self.triggered and is_algo(self.order) and self.is_active

    @property
    def trails(self) -> bool:
        """Whether it is a trailing order that has not triggered."""
        return self.order.trailing_delta is not None and self.waits_for_trigger

    @property
    def rests(self) -> bool:
        """Whether it lies in the book as a limit order."""
        if self.order.price is None or self.takes_at_open or not self.is_active:
            return False
        return self.triggered or not is_algo(self.order)

    def reacts(self, low: float, high: float) -> bool:
        """Whether prices between these may trigger, trade or move it: a quick look before anything is reckoned."""
        if not self.is_active:
            return False
        if self.takes_at_open or self.trails:
            return True
        if self.waits_for_trigger:
            return high >= self.stop if self.triggers_above else low <= self.stop
        return low < self.limit if self.buys else high > self.limit

    @property
    def left(self) -> Decimal:
        """The quantity that can still trade; of an order for quote value, what is left of what was reckoned for it."""
        return max(self.quantity - self.executed - self.prevented, ZERO)

    @property
    def value_left(self) -> Decimal | None:
        """The quote value that can still trade; None for an order of a quantity."""
        amount = self.order.quote_quantity
        return None if amount is None else amount - self.value

    @property
    def must_go_at_once(self) -> bool:
        """Whether it may not rest: IOC, FOK and market orders."""
        return self.order.price is None or self.order.time_in_force in (TimeInForce.IOC, TimeInForce.FOK)

    def need(self) -> Decimal:
        """What must be locked for what is left: base for a sale, quote for a purchase."""
        if not self.buys:
            return self.left
        if self.value_left is not None:
            return self.value_left
        price = self.reserve if self.order.price is None else self.order.price
        return self.left * price

    def follow(self, price: Decimal, now: int) -> None:
        """Move the extreme of a trailing order, or begin to track where the stop condition is met."""
        order = self.order
        if self.extreme is None:
            if order.stop_price is not None and not self._meets_stop(price):
                return
            self.extreme, self.trailing_since = price, now
        else:
            self.extreme = min(self.extreme, price) if self.buys else max(self.extreme, price)

    def trigger_price(self) -> Decimal | None:
        """The price at which it triggers as things stand; None while a trailing order does not track."""
        order = self.order
        if order.trailing_delta is None:
            return order.stop_price
        if self.extreme is None:
            return None
        return self.extreme * (1 + self.sign * order.trailing_delta / BIPS)

    @property
    def triggers_above(self) -> bool:
        """Whether a rise triggers it; a trailing purchase waits for a rise, a trailing sale for a fall."""
        return self.buys if self.order.trailing_delta is not None else triggers_above(self.order)

    def _meets_stop(self, price: Decimal) -> bool:
        stop = self.order.stop_price or ZERO
        return price >= stop if triggers_above(self.order) else price <= stop

    def report(self, *, with_fills: bool = False) -> OrderReport:
        """The order as it stands."""
        order = self.order
        return OrderReport(
            symbol=order.symbol,
            order_id=self.order_id,
            client_order_id=self.client_order_id,
            side=order.side,
            type=order.type,
            status=self.status,
            quantity=self.quantity,
            executed_quantity=self.executed,
            executed_value=self.value,
            price=order.price or ZERO,
            stop_price=order.stop_price or ZERO,
            quote_quantity=order.quote_quantity or ZERO,
            time_in_force=order.time_in_force or TimeInForce.GTC,
            list_id=self.list_id,
            created_at=self.created_at,
            updated_at=self.updated_at,
            working_since=self.working_since,
            trailing_delta=order.trailing_delta,
            trailing_since=self.trailing_since,
            iceberg_quantity=order.iceberg_quantity or ZERO,
            self_trade_prevention=self.prevention,
            prevented_quantity=self.prevented,
            prevented_match_id=self.prevented_match_id,
            strategy_id=order.strategy_id,
            strategy_type=order.strategy_type,
            expiry_reason=self.expiry_reason,
            fills=tuple(self.fills) if with_fills else (),
        )


@dataclass(slots=True, eq=False, kw_only=True)
class HeldList:
    """An order list. `working` is None for an OCO; `legs` are its pair, or what an OTO places later."""

    list_id: int
    client_list_id: str
    symbol: str
    working: Held | None
    legs: tuple[Held, ...]
    time: int
    status: ListStatus = ListStatus.EXECUTING

    @property
    def members(self) -> tuple[Held, ...]:
        """All orders, in the order of their ids."""
        return self.legs if self.working is None else (self.working, *self.legs)

    @property
    def is_open(self) -> bool:
        """Whether an order of it can still trade."""
        return any(held.is_open for held in self.members)

    def sibling(self, held: Held) -> Held | None:
        """The other leg of its pair."""
        if held is self.working or len(self.legs) == 1:
            return None
        return self.legs[1] if held is self.legs[0] else self.legs[0]

    def report(self, *, with_fills: bool = False) -> OrderListReport:
        """The list as it stands."""
        return OrderListReport(
            symbol=self.symbol,
            list_id=self.list_id,
            client_list_id=self.client_list_id,
            contingency=Contingency.OCO if self.working is None else Contingency.OTO,
            status=self.status,
            time=self.time,
            orders=tuple(held.report(with_fills=with_fills) for held in self.members),
        )
