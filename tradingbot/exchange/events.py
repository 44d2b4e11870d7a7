"""What a venue and a market feed tell by themselves, as they happen. Moments are ms UTC, prices in the quote asset.

Market events come by the thousand a second, so they are msgspec structs, which are made five times as fast as frozen
dataclasses.
"""

from dataclasses import dataclass
from decimal import Decimal

import msgspec

from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.orders import Balance, ExecutionType, Fill, OrderListReport, OrderReport, PreventedMatch


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """An order changed. `execution_id` rises with each event of an account; `fill` is set for a TRADE only.

    `cancel_id` is the client id of the cancelling request, where there was one; for REPLACED the new id of the order.
    `prevented` is set where self-trade prevention ended some of the order, and the venue says of both orders how much:
    Binance's own events name the match only (the report's `prevented_match_id`).
    """

    execution: ExecutionType
    execution_id: int
    report: OrderReport
    time: int
    fill: Fill | None = None
    reject_reason: str = "NONE"
    cancel_id: str | None = None
    prevented: PreventedMatch | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListEvent:
    """An order list changed; `renamed` where an order of it has got another client id."""

    report: OrderListReport
    time: int
    renamed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BalancesEvent:
    """The assets that may have changed, as they are now."""

    balances: tuple[Balance, ...]
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEvent:
    """A deposit, withdrawal or transfer: no trade."""

    asset: str
    change: Decimal
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLost:
    """Events may be missing from here on; ask over REST what they would have said."""

    reason: str
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamResumed:
    """Events arrive again."""

    time: int


AccountEvent = OrderEvent | ListEvent | BalancesEvent | TransferEvent | StreamLost | StreamResumed


class CandleEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A candle as it stands; it may be used for decisions only when `closed`."""

    symbol: str
    timeframe: Timeframe
    open_time: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    quote_volume: float
    trades: int
    taker_buy_base: float
    taker_buy_quote: float
    closed: bool
    time: int


class TradeEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A public trade; `buyer_is_maker` means that a sell order took."""

    symbol: str
    trade_id: int
    price: float
    quantity: float
    buyer_is_maker: bool
    time: int


class TopOfBook(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Best bid and ask. `time` is when it was received: the exchange states none."""

    symbol: str
    update_id: int
    bid: float
    bid_quantity: float
    ask: float
    ask_quantity: float
    time: int


class BookEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The local book of the symbol is in step with the exchange up to `update_id`; `in_sync` is False after a gap."""

    symbol: str
    update_id: int
    in_sync: bool
    time: int


class TickerEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Rolling 24-hour figures."""

    symbol: str
    open: float
    high: float
    low: float
    last: float
    volume: float
    quote_volume: float
    time: int


MarketEvent = CandleEvent | TradeEvent | TopOfBook | BookEvent | TickerEvent | StreamLost | StreamResumed
