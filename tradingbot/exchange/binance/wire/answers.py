"""Binance's REST answers, typed, and what they are in our words.

Prices and quantities must be text, as documented; times and ids whole numbers; fields we do not know are passed over.
Source: "Trading endpoints", "Account endpoints" (orders, lists, trades) and "enums" of Binance's REST documentation.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import (
    Contingency,
    ExpiryReason,
    Fill,
    ListStatus,
    OrderListReport,
    OrderReport,
    OrderStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)

Number = Annotated[str, Meta(pattern=r"^-?[0-9]+(\.[0-9]+)?$", max_length=40)]
Prevention = Literal["NONE", "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT", "TRANSFER"]


class ErrorAnswer(Struct):
    """What a refused request is answered with; `data` for a cancel-and-replace."""

    code: int
    msg: str
    data: Any = None


class TimeAnswer(Struct, rename="camel"):
    """GET time."""

    server_time: int


class LimitAnswer(Struct, rename="camel"):
    """One of exchangeInfo's rateLimits."""

    rate_limit_type: str
    interval: str
    interval_num: Annotated[int, Meta(gt=0)]
    limit: Annotated[int, Meta(gt=0)]


class ExchangeInfoAnswer(Struct, rename="camel"):
    """GET exchangeInfo."""

    rate_limits: list[LimitAnswer]
    symbols: list[Instrument]


class FillAnswer(Struct, rename="camel"):
    """A fill within the answer to placing an order; it took, as the order had only just come."""

    price: Number
    qty: Number
    commission: Number
    commission_asset: str
    trade_id: int

    def fill(self, order: "OrderAnswer") -> Fill:
        """Ours."""
        return Fill(
            symbol=order.symbol,
            trade_id=self.trade_id,
            order_id=order.order_id,
            side=order.side,
            price=Decimal(self.price),
            quantity=Decimal(self.qty),
            commission=Decimal(self.commission),
            commission_asset=self.commission_asset,
            time=order.moment,
            is_maker=False,
        )


class OrderAnswer(Struct, rename="camel", kw_only=True):
    """An order, as placing (FULL or RESULT), cancelling and asking for it are answered."""

    symbol: str
    order_id: int
    client_order_id: str
    orig_client_order_id: str | None = None  # of a cancel: the order's own id, while client_order_id is the cancel's
    order_list_id: int = -1
    side: Side
    type: OrderType
    status: OrderStatus
    time_in_force: TimeInForce
    price: Number
    orig_qty: Number
    executed_qty: Number
    cummulative_quote_qty: Number
    orig_quote_order_qty: Number = "0"
    stop_price: Number = "0"
    iceberg_qty: Number = "0"
    self_trade_prevention_mode: Prevention
    prevented_quantity: Number = "0"
    prevented_match_id: int | None = None
    time: int | None = None
    update_time: int | None = None
    transact_time: int | None = None
    working_time: int | None = None
    trailing_delta: int | None = None
    trailing_time: int | None = None
    strategy_id: int | None = None
    strategy_type: int | None = None
    expiry_reason: str | None = None
    fills: list[FillAnswer] = []

    def __post_init__(self) -> None:
        if self.transact_time is None and self.update_time is None:
            raise ValueError("an order without any time")  # which decoding turns into its own error

    @property
    def moment(self) -> int:
        """When what it says came about."""
        moment = self.update_time if self.transact_time is None else self.transact_time
        assert moment is not None
        return moment

    def report(self) -> OrderReport:
        """Ours."""
        return OrderReport(
            symbol=self.symbol,
            order_id=self.order_id,
            client_order_id=self.orig_client_order_id or self.client_order_id,
            side=self.side,
            type=self.type,
            status=self.status,
            quantity=Decimal(self.orig_qty),
            executed_quantity=Decimal(self.executed_qty),
            executed_value=Decimal(self.cummulative_quote_qty),
            price=Decimal(self.price),
            stop_price=Decimal(self.stop_price),
            quote_quantity=Decimal(self.orig_quote_order_qty),
            time_in_force=self.time_in_force,
            list_id=self.order_list_id,
            created_at=self.time,
            updated_at=self.moment,
            working_since=moment_of(self.working_time),
            trailing_delta=self.trailing_delta,
            trailing_since=moment_of(self.trailing_time),
            iceberg_quantity=Decimal(self.iceberg_qty),
            self_trade_prevention=prevention_of(self.self_trade_prevention_mode),
            prevented_quantity=Decimal(self.prevented_quantity),
            prevented_match_id=self.prevented_match_id,
            strategy_id=self.strategy_id,
            strategy_type=self.strategy_type,
            expiry_reason=expiry_reason_of(self.expiry_reason),
            fills=tuple(one.fill(self) for one in self.fills),
        )


class MemberAnswer(Struct, rename="camel"):
    """An order of a list, by its names only."""

    symbol: str
    order_id: int
    client_order_id: str


class ListAnswer(Struct, rename="camel", kw_only=True):
    """An order list, as placing, cancelling and asking for it are answered; only the first two have `order_reports`."""

    symbol: str
    order_list_id: int
    list_client_order_id: str
    contingency_type: Contingency
    list_order_status: ListStatus
    transaction_time: int
    orders: list[MemberAnswer]
    order_reports: list[OrderAnswer] = []

    def report(self, orders: Sequence[OrderReport]) -> OrderListReport:
        """Ours, with these as the reports of its members."""
        return OrderListReport(
            symbol=self.symbol,
            list_id=self.order_list_id,
            client_list_id=self.list_client_order_id,
            contingency=self.contingency_type,
            status=self.list_order_status,
            time=self.transaction_time,
            orders=tuple(sorted(orders, key=lambda order: order.order_id)),
        )


class TradeAnswer(Struct, rename="camel"):
    """One of GET myTrades."""

    symbol: str
    id: int
    order_id: int
    price: Number
    qty: Number
    commission: Number
    commission_asset: str
    time: int
    is_buyer: bool
    is_maker: bool

    def fill(self) -> Fill:
        """Ours."""
        return Fill(
            symbol=self.symbol,
            trade_id=self.id,
            order_id=self.order_id,
            side=Side.BUY if self.is_buyer else Side.SELL,
            price=Decimal(self.price),
            quantity=Decimal(self.qty),
            commission=Decimal(self.commission),
            commission_asset=self.commission_asset,
            time=self.time,
            is_maker=self.is_maker,
        )


def moment_of(told: int | None) -> int | None:
    """None where the exchange writes -1."""
    return None if told is None or told < 0 else told


def prevention_of(told: Prevention) -> SelfTradePrevention:
    """TRANSFER differs from DECREMENT between accounts only; ours is one."""
    return SelfTradePrevention("DECREMENT" if told == "TRANSFER" else told)


def expiry_reason_of(told: str | None) -> ExpiryReason | None:
    """A reason Binance has added since is passed over: the order's status says what matters."""
    return ExpiryReason(told) if told in set(ExpiryReason) else None
