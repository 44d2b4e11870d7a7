"""What an entry of the journal can say: one struct a kind.

Money, prices and quantities of orders are `Decimal`; the figures of a candle are the floats that were decided on, which
JSON keeps bit for bit. Moments are ms UTC. The words of orders are the exchange's own.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta, Struct

from tradingbot.domain.provenance import DataProvenance, ExecutionProvenance

Whole = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number that a database column holds."""

Side = Literal["BUY", "SELL"]
Purpose = Literal["entry", "protection", "exit"]
ReportedState = Literal[
    "PENDING_NEW", "NEW", "PARTIALLY_FILLED", "FILLED", "CANCELED", "REJECTED", "EXPIRED", "EXPIRED_IN_MATCH"
]


class Kind(Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Base of all bodies; its tag is the kind of the entry."""


class SessionStarted(Kind, frozen=True, kw_only=True, tag="session_started"):
    """A session began, on this account, with these sources, this configuration (SHA-256) and this version of ours."""

    session: str
    account: str
    data: DataProvenance
    execution: ExecutionProvenance
    config_hash: str
    version: str


class SessionEnded(Kind, frozen=True, kw_only=True, tag="session_ended"):
    """A session ended in order; one that died has no such entry."""

    session: str
    reason: str


class ClosedCandle(Kind, frozen=True, kw_only=True, tag="candle"):
    """A closed candle that decisions could be made on."""

    symbol: str
    timeframe: str
    open_time: Whole
    open: float
    high: float
    low: float
    close: float
    volume: float
    quote_volume: float
    trades: Whole
    taker_buy_base: float
    taker_buy_quote: float


class Decision(Kind, frozen=True, kw_only=True, tag="decision"):
    """What was decided for a lane (a strategy on a symbol) on a candle; prices and quantity where there are any."""

    lane: str
    symbol: str
    candle_time: Whole
    action: Literal["enter", "exit", "move_stop"]
    reason: str
    quantity: Decimal | None = None
    stop: Decimal | None = None
    target: Decimal | None = None


class Refusal(Kind, frozen=True, kw_only=True, tag="refusal"):
    """A rule refused an entry; `rule` is its words in docs/risk.md."""

    lane: str
    symbol: str
    candle_time: Whole
    rule: str


class Intent(Kind, frozen=True, kw_only=True, tag="intent"):
    """An order that is about to be sent; written before it is. `trade` names the position it belongs to.

    Exactly one of `quantity` (base asset) and `quote_quantity` is set.
    """

    client_order_id: str
    trade: str
    lane: str
    symbol: str
    side: Side
    type: str
    purpose: Purpose
    quantity: Decimal | None = None
    quote_quantity: Decimal | None = None
    price: Decimal | None = None
    stop_price: Decimal | None = None
    time_in_force: str | None = None
    client_list_id: str | None = None


class CancelIntent(Kind, frozen=True, kw_only=True, tag="cancel_intent"):
    """An order that is about to be cancelled."""

    client_order_id: str
    reason: str


class OrderReported(Kind, frozen=True, kw_only=True, tag="order_report"):
    """What the exchange says of an order; `source` is how it said so, `execution_id` the stream's, where it has one."""

    client_order_id: str
    symbol: str
    order_id: Whole
    state: ReportedState
    executed_quantity: Decimal
    executed_value: Decimal
    updated_at: Whole
    source: Literal["answer", "stream", "query"]
    execution_id: Whole | None = None
    reason: str | None = None


class OrderUnknown(Kind, frozen=True, kw_only=True, tag="order_unknown"):
    """A request ended without an answer: nobody knows what became of the order until the exchange is asked."""

    client_order_id: str
    reason: str


class OrderAbsent(Kind, frozen=True, kw_only=True, tag="order_absent"):
    """The exchange was asked, and knows no such order."""

    client_order_id: str


class FillReported(Kind, frozen=True, kw_only=True, tag="fill"):
    """One trade of an order; `commission` is in `commission_asset`."""

    client_order_id: str
    symbol: str
    trade_id: Whole
    order_id: Whole
    side: Side
    price: Decimal
    quantity: Decimal
    commission: Decimal
    commission_asset: str
    is_maker: bool
    traded_at: Whole


class ListReported(Kind, frozen=True, kw_only=True, tag="list_report"):
    """What the exchange says of an order list; `orders` are the client order ids of its members."""

    client_list_id: str
    symbol: str
    list_id: Whole
    contingency: str
    status: str
    updated_at: Whole
    orders: tuple[str, ...]


class ProtectionPlaced(Kind, frozen=True, kw_only=True, tag="protection_placed"):
    """Stop and target of a trade rest on the exchange, as this order or list."""

    trade: str
    client_id: str
    stop: Decimal
    target: Decimal | None = None


class ProtectionLost(Kind, frozen=True, kw_only=True, tag="protection_lost"):
    """Nothing on the exchange protects the trade any more."""

    trade: str
    reason: str


class TradeClosed(Kind, frozen=True, kw_only=True, tag="trade_closed"):
    """A position is at its end; `dust` is what could not be sold, in the base asset."""

    trade: str
    reason: str
    dust: Decimal


class EquityMark(Kind, frozen=True, kw_only=True, tag="equity"):
    """The account, marked to the market, in `asset`: now, at its peak, and when the UTC day began."""

    asset: str
    equity: Decimal
    cash: Decimal
    peak: Decimal
    day_open: Decimal


class LatchSet(Kind, frozen=True, kw_only=True, tag="latch_set"):
    """A limit tripped. `symbol` is empty where the whole account is latched."""

    latch: str
    reason: str
    symbol: str = ""


class LatchReleased(Kind, frozen=True, kw_only=True, tag="latch_released"):
    """A latch was opened, by a person or by its own rule."""

    latch: str
    by: str
    reason: str
    symbol: str = ""


class Command(Kind, frozen=True, kw_only=True, tag="command"):
    """What a person told the session to do, and why."""

    name: str
    by: str
    reason: str
    arguments: Mapping[str, str] = {}


class Trouble(Kind, frozen=True, kw_only=True, tag="error"):
    """An error that the session met, and went on or ended with; `where` names the part that met it."""

    where: str
    error: str
    message: str


Body = (
    SessionStarted
    | SessionEnded
    | ClosedCandle
    | Decision
    | Refusal
    | Intent
    | CancelIntent
    | OrderReported
    | OrderUnknown
    | OrderAbsent
    | FillReported
    | ListReported
    | ProtectionPlaced
    | ProtectionLost
    | TradeClosed
    | EquityMark
    | LatchSet
    | LatchReleased
    | Command
    | Trouble
)

AFTER_POWER_LOSS_DISPENSABLE = (ClosedCandle, Decision, Refusal, EquityMark)
"""What is asked for or reckoned again, so that the disk need not confirm it before the work goes on."""
