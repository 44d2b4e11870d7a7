"""Orders, order lists, fills and balances as a venue takes and reports them.

Prices are in the quote asset, quantities in the base asset, both `Decimal`; moments are ms UTC. The words are Binance's
(enums of its spot API), so that a report of any venue can be held against the exchange's own.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class Side(StrEnum):
    """Which way an order trades."""

    BUY = "BUY"
    SELL = "SELL"


class OrderType(StrEnum):
    """Binance's spot order types."""

    LIMIT = "LIMIT"
    MARKET = "MARKET"
    LIMIT_MAKER = "LIMIT_MAKER"
    STOP_LOSS = "STOP_LOSS"
    STOP_LOSS_LIMIT = "STOP_LOSS_LIMIT"
    TAKE_PROFIT = "TAKE_PROFIT"
    TAKE_PROFIT_LIMIT = "TAKE_PROFIT_LIMIT"


class TimeInForce(StrEnum):
    """How long an order may rest: until cancelled, not at all, or only whole and at once."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"


class OrderStatus(StrEnum):
    """Binance's order states."""

    PENDING_NEW = "PENDING_NEW"  # waits for the working order of its list
    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    EXPIRED_IN_MATCH = "EXPIRED_IN_MATCH"  # by self-trade prevention

    @property
    def is_open(self) -> bool:
        """Whether the order can still trade."""
        return self in _OPEN


_OPEN = frozenset({OrderStatus.PENDING_NEW, OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED})


class SelfTradePrevention(StrEnum):
    """Which of two crossing orders of one account expires."""

    NONE = "NONE"
    EXPIRE_TAKER = "EXPIRE_TAKER"
    EXPIRE_MAKER = "EXPIRE_MAKER"
    EXPIRE_BOTH = "EXPIRE_BOTH"
    DECREMENT = "DECREMENT"


class ExpiryReason(StrEnum):
    """Why the exchange itself ended an order."""

    REJECTED = "REJECTED"
    EXCHANGE_CANCELED = "EXCHANGE_CANCELED"
    OCO_TRIGGER = "OCO_TRIGGER"
    OTO_PHASE_ONE_EXPIRED = "OTO_PHASE_ONE_EXPIRED"
    UNFILLED_IOC_QUANTITY_EXPIRED = "UNFILLED_IOC_QUANTITY_EXPIRED"
    UNFILLED_FOK_ORDER_EXPIRED = "UNFILLED_FOK_ORDER_EXPIRED"
    INSUFFICIENT_LIQUIDITY = "INSUFFICIENT_LIQUIDITY"
    EXECUTION_RULE_PRICE_RANGE_EXCEEDED = "EXECUTION_RULE_PRICE_RANGE_EXCEEDED"


class ExecutionType(StrEnum):
    """What happened to an order in one event of the user stream."""

    NEW = "NEW"
    CANCELED = "CANCELED"
    REPLACED = "REPLACED"
    REJECTED = "REJECTED"
    TRADE = "TRADE"
    EXPIRED = "EXPIRED"
    TRADE_PREVENTION = "TRADE_PREVENTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to place. `trailing_delta` is in basis points; what a type does not use stays None.

    Exactly one of `quantity` and `quote_quantity` is set; the latter only for MARKET.
    """

    symbol: str
    side: Side
    type: OrderType
    client_order_id: str
    quantity: Decimal | None = None
    quote_quantity: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    trailing_delta: int | None = None
    time_in_force: TimeInForce | None = None
    iceberg_quantity: Decimal | None = None
    self_trade_prevention: SelfTradePrevention | None = None
    strategy_id: int | None = None
    strategy_type: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOco:
    """Two orders of which the first that works or trades ends the other: `above` and `below` the market.

    Both have the same symbol, side and quantity.
    """

    client_list_id: str
    above: NewOrder
    below: NewOrder

    @property
    def symbol(self) -> str:
        """The symbol of both."""
        return self.above.symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOto:
    """A working order and the one placed when it has filled completely."""

    client_list_id: str
    working: NewOrder
    pending: NewOrder

    @property
    def symbol(self) -> str:
        """The symbol of both."""
        return self.working.symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOtoco:
    """A working order and the OCO pair placed when it has filled completely."""

    client_list_id: str
    working: NewOrder
    above: NewOrder
    below: NewOrder

    @property
    def symbol(self) -> str:
        """The symbol of all three."""
        return self.working.symbol


NewOrderList = NewOco | NewOto | NewOtoco


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One trade of an order. `commission` is in `commission_asset`; `value` = price x quantity in the quote asset."""

    symbol: str
    trade_id: int
    order_id: int
    side: Side
    price: Decimal
    quantity: Decimal
    commission: Decimal
    commission_asset: str
    time: int
    is_maker: bool

    @property
    def value(self) -> Decimal:
        """What was traded, in the quote asset."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class PreventedMatch:
    """Two orders of the account that would have traded `quantity` with each other, and what of each ended instead."""

    symbol: str
    match_id: int
    taker_order_id: int
    maker_order_id: int
    mode: SelfTradePrevention
    price: Decimal
    quantity: Decimal
    taker_quantity: Decimal
    maker_quantity: Decimal
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """An order was made smaller in place."""

    symbol: str
    order_id: int
    execution_id: int
    previous_client_id: str
    client_order_id: str
    previous_quantity: Decimal
    quantity: Decimal
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReport:
    """An order as the venue knows it. `fills` are those of the answer to placing it; a query leaves them empty.

    `list_id` is -1 outside a list; `working_since` is None while the order is not on the book; `price` is 0 for MARKET.
    `created_at` is None in an answer that does not state it (Binance's answer to placing has `updated_at` only).
    """

    symbol: str
    order_id: int
    client_order_id: str
    side: Side
    type: OrderType
    status: OrderStatus
    quantity: Decimal
    executed_quantity: Decimal
    executed_value: Decimal
    price: Decimal = ZERO
    stop_price: Decimal = ZERO
    quote_quantity: Decimal = ZERO
    time_in_force: TimeInForce = TimeInForce.GTC
    list_id: int = -1
    created_at: int | None = None
    updated_at: int
    working_since: int | None = None
    trailing_delta: int | None = None
    trailing_since: int | None = None
    iceberg_quantity: Decimal = ZERO
    self_trade_prevention: SelfTradePrevention = SelfTradePrevention.NONE
    prevented_quantity: Decimal = ZERO
    prevented_match_id: int | None = None
    strategy_id: int | None = None
    strategy_type: int | None = None
    expiry_reason: ExpiryReason | None = None
    fills: tuple[Fill, ...] = ()

    @property
    def average_price(self) -> Decimal:
        """Executed value over executed quantity; 0 where nothing was executed."""
        return self.executed_value / self.executed_quantity if self.executed_quantity else ZERO

    @property
    def remaining(self) -> Decimal:
        """What is still to be traded while the order is open; 0 afterwards."""
        return self.quantity - self.executed_quantity if self.status.is_open else ZERO


class Contingency(StrEnum):
    """How the orders of a list depend on each other; an OTOCO is an OTO on the wire."""

    OCO = "OCO"
    OTO = "OTO"


class ListStatus(StrEnum):
    """Binance's listOrderStatus."""

    EXECUTING = "EXECUTING"
    ALL_DONE = "ALL_DONE"
    REJECT = "REJECT"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderListReport:
    """A list as the venue knows it; `orders` are the current reports of its members, in the order of their ids."""

    symbol: str
    list_id: int
    client_list_id: str
    contingency: Contingency
    status: ListStatus
    time: int
    orders: tuple[OrderReport, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account has of one asset: free, and locked in open orders."""

    asset: str
    free: Decimal
    locked: Decimal

    @property
    def total(self) -> Decimal:
        """Free and locked together."""
        return self.free + self.locked


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """The rates of one symbol for this account, all parts added up, as fractions of the traded value.

    `bnb_discount` is the share taken off when paid in BNB; 0 where the account does not pay in BNB.
    """

    symbol: str
    maker: Decimal
    taker: Decimal
    bnb_discount: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPermissions:
    """What an API key may do; None where the exchange does not say, as on the test network."""

    can_trade: bool
    can_withdraw: bool | None
    is_bound_to_addresses: bool | None = None
