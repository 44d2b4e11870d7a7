"""The port to stored candles: what a store answers, whatever it is made of."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import polars as pl

from tradingbot.data.calendar import check_range, stamp
from tradingbot.data.schema import SourceInfo, SourceLabel
from tradingbot.domain.candles import Candles
from tradingbot.domain.errors import NoData
from tradingbot.domain.timeframe import Timeframe

# A symbol covers a range when it has this share of the candles since its first one; the exchange was closed for six
# days between MATIC and POL, which is 2 % of ten months.
COVERING = 0.97


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """What was read of one symbol and timeframe; times in ms UTC.

    `missing` counts the candles absent between first and last; `gaps` are the largest runs of them, at most twenty,
    as (first missing open_time, candles). `sha256` covers the columns as read. `note` says what was done on reading.
    """

    symbol: str
    timeframe: str
    first: int
    last: int
    rows: int
    missing: int
    gaps: Sequence[tuple[int, int]]
    sources: Sequence[SourceLabel]
    sha256: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """Candles as read, and the facts about them."""

    candles: Candles
    info: SeriesFacts


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a write did: candles given, new in the store, put in place of others from the same kind of source."""

    rows: int
    new: int
    replaced: int


class CandleStore(Protocol):
    """Candles of any native timeframe, by symbol. Ranges are ms UTC, their end exclusive."""

    def load(self, symbol: str, timeframe: Timeframe, start: int, end: int) -> Loaded:
        """The candles that open at or after `start` and are closed by `end`; raises NoData, OutOfRange.

        Resampled and spliced with a predecessor's history as needed; the note says so.
        """
        ...

    def timeframes(self, symbol: str) -> Sequence[Timeframe]:
        """The timeframes stored for a symbol or its predecessor, finest first."""
        ...

    def symbols(self) -> Sequence[str]:
        """The symbols with stored candles, sorted."""
        ...

    def span(self, symbol: str, timeframe: Timeframe) -> tuple[int, int]:
        """First open time and exclusive end of what `load` can draw on; raises NoData."""
        ...

    def coverage(self, symbol: str, timeframe: Timeframe, start: int, end: int) -> float:
        """The share of candles that `load` would find in the part of the range since the symbol's first candle."""
        ...

    def write(self, symbol: str, timeframe: Timeframe, frame: pl.DataFrame, source: SourceInfo) -> WriteReport:
        """Merge candles (`data.schema` columns) by open time with those of the same kind of source; idempotent."""
        ...

    def writing(self) -> AbstractContextManager[object]:
        """Hold the store's write lock over several writes; raises StoreBusy."""
        ...


def finest_common(store: CandleStore, symbols: Sequence[str], start: int, end: int) -> Timeframe:
    """The finest timeframe in which every symbol has 97 % of the candles of the range since its own first one.

    Raises NoData naming the symbol that stands in the way, OutOfRange for an empty range.
    """
    check_range(start, end)
    stored = {timeframe for symbol in symbols for timeframe in _stored(store, symbol)}
    short = (0.0, "any symbol")
    for timeframe in sorted(stored, key=lambda timeframe: timeframe.ms):
        shares = ((store.coverage(symbol, timeframe, start, end), symbol) for symbol in symbols)
        found = next((pair for pair in shares if pair[0] < COVERING), None)
        if found is None:
            return timeframe
        short = found
    raise NoData(
        "symbols",
        f"no timeframe has 97 % of the candles of all symbols from {stamp(start)} to {stamp(end)}; "
        f"{short[1]} has {short[0]:.2%}",
        "Choose a shorter range, leave the symbol out, or download it; 'tradingbot data list' shows what is stored",
    )


def _stored(store: CandleStore, symbol: str) -> Sequence[Timeframe]:
    stored = store.timeframes(symbol)
    if not stored:
        raise no_candles(symbol)
    return stored


def no_candles(symbol: str) -> NoData:
    """The error for a symbol of which nothing is stored."""
    return NoData(
        "symbol",
        f"nothing is stored for {symbol}",
        f"Run 'tradingbot data download --symbols {symbol}' or 'tradingbot data import'",
    )


def no_timeframe(symbol: str, timeframe: Timeframe, stored: Sequence[Timeframe]) -> NoData:
    """The error for a timeframe finer than, or not made up of, those stored."""
    return NoData(
        "timeframe",
        f"{symbol} is not stored in {timeframe} or anything that makes it up",
        f"Stored: {' '.join(map(str, stored))}; choose one of them or a multiple, or download {timeframe}",
    )
