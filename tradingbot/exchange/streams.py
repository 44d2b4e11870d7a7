"""The public streams that can be asked for."""

from dataclasses import dataclass
from enum import StrEnum

from tradingbot.domain.timeframe import Timeframe


class StreamKind(StrEnum):
    """What a stream tells."""

    CANDLE = "candle"  # CandleEvent
    TRADE = "trade"  # TradeEvent
    TOP_OF_BOOK = "top_of_book"  # TopOfBook
    BOOK = "book"  # BookEvent, with the local book kept in step
    TICKER = "ticker"  # TickerEvent


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of event of one symbol; `timeframe` is set for candles only."""

    symbol: str
    kind: StreamKind
    timeframe: Timeframe | None = None
