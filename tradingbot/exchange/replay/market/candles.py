"""Candles as columns: read from a store month by month, shifted in time, and grouped into any interval.

The recorded numbers stay as they are. Where a recording does not state a candle's quote volume, trade count or taker
volumes, they are what the candle's four public trades (`four_prices`) add up to.
"""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tradingbot.data.calendar import month_of
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.reader import Reader
from tradingbot.data.schema import SCHEMA
from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.replay.market.intervals import Interval, Times

OPEN_TIME, OPEN, HIGH, LOW, CLOSE, VOLUME, QUOTE, TRADES, TAKER_BASE, TAKER_QUOTE, FIRST_ID, LAST_ID = range(12)
"""The rows of a `Columns` array; times in ms UTC, ids of the first and last public trade."""

WIDTH = 12
TRADES_A_CANDLE = 4

Columns = NDArray[np.float64]
"""Shape (12, candles), oldest first."""

_MONTHS_KEPT = 48
_STORED = tuple(SCHEMA)


def no_candles() -> Columns:
    """Columns of nothing."""
    return np.empty((WIDTH, 0))


def times_of(columns: Columns) -> Times:
    """The open times, whole."""
    times: Times = columns[OPEN_TIME].astype(np.int64)
    return times


def between(columns: Columns, start: int, end: int) -> Columns:
    """The candles that open in [start, end)."""
    low, high = np.searchsorted(columns[OPEN_TIME], [start, max(start, end)])
    return columns[:, low:high]


def joined(parts: Sequence[Columns]) -> Columns:
    """Columns one after another."""
    return np.concatenate(parts, axis=1) if len(parts) > 1 else parts[0] if parts else no_candles()


def four_prices(open_: Columns, high: Columns, low: Columns, close: Columns) -> Columns:
    """The prices of a candle's four public trades, shape (4, candles): the lower extreme first where it rose."""
    rising = close >= open_
    return np.stack([open_, np.where(rising, low, high), np.where(rising, high, low), close])


def group(columns: Columns, opens: Times) -> Columns:
    """One candle for each run of equal `opens`, which are the open times of the coarser candles."""
    if not columns.shape[1]:
        return columns
    starts = np.flatnonzero(np.diff(opens, prepend=opens[0] - 1))
    ends = np.append(starts[1:], len(opens)) - 1
    found = np.empty((WIDTH, len(starts)))
    found[OPEN_TIME] = opens[starts]
    found[[OPEN, FIRST_ID]] = columns[[OPEN, FIRST_ID]][:, starts]
    found[[CLOSE, LAST_ID]] = columns[[CLOSE, LAST_ID]][:, ends]
    found[HIGH] = np.maximum.reduceat(columns[HIGH], starts)
    found[LOW] = np.minimum.reduceat(columns[LOW], starts)
    found[VOLUME : TAKER_QUOTE + 1] = np.add.reduceat(columns[VOLUME : TAKER_QUOTE + 1], starts, axis=1)
    return found


class Recording:
    """A symbol's stored candles on the replay's time line: `shift` ms later than they were recorded."""

    def __init__(self, store: ParquetStore, symbol: str, base: Timeframe, shift: int) -> None:
        """Raises NoData where nothing that makes up `base` is stored."""
        self.symbol, self.base, self.shift = symbol, base, shift
        self._reader = Reader(store.layout, symbol)
        first, end = store.span(symbol, base)
        self.first, self.end = first + shift, end + shift
        self._months: dict[Timeframe, Sequence[str]] = {}
        self._kept: OrderedDict[tuple[Timeframe, str], Columns] = OrderedDict()

    def source(self, interval: Interval, zone: int = 0) -> Timeframe:
        """The timeframe to read for an interval: its own where shift and zone keep its candles on their grid."""
        wanted = interval.timeframe
        on_grid = (self.shift + zone) % wanted.ms == 0
        return wanted if on_grid and self.base.divides(wanted) else self.base

    def rows(self, timeframe: Timeframe, start: int, end: int) -> Columns:
        """The candles that open in [start, end)."""
        months = self._months_of(timeframe)
        first, last = month_of(max(start - self.shift, 0)), month_of(max(end - 1 - self.shift, 0))
        parts = [between(self._month(timeframe, month), start, end) for month in months if first <= month <= last]
        return joined(parts)

    def _months_of(self, timeframe: Timeframe) -> Sequence[str]:
        if timeframe not in self._months:
            self._months[timeframe] = self._reader.months(self._reader.candidates(timeframe))
        return self._months[timeframe]

    def _month(self, timeframe: Timeframe, month: str) -> Columns:
        key = (timeframe, month)
        if key not in self._kept:
            self._kept[key] = self._read(timeframe, month)
            if len(self._kept) > _MONTHS_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _read(self, timeframe: Timeframe, month: str) -> Columns:
        chosen = self._reader.choose(timeframe, month, _STORED)
        found = np.full((WIDTH, len(chosen.frame)), np.nan)
        for number, name in enumerate(_STORED):
            found[number] = chosen.frame[name].cast(float).fill_null(float("nan")).to_numpy()
        self._complete(found, chosen.timeframe)
        if chosen.timeframe is not timeframe:
            opens = times_of(found)
            found = group(found, opens - opens % timeframe.ms)
        found[OPEN_TIME] += self.shift
        found.flags.writeable = False
        return found

    def _complete(self, found: Columns, timeframe: Timeframe) -> None:
        prices = four_prices(*found[[OPEN, HIGH, LOW, CLOSE]])
        before = np.concatenate([found[OPEN, :1], found[CLOSE, :-1]])
        bought = np.diff(prices, axis=0, prepend=before[None]) >= 0.0
        quarter, traded = found[VOLUME] / TRADES_A_CANDLE, found[VOLUME] > 0.0
        known = {
            QUOTE: quarter * prices.sum(axis=0),
            TRADES: np.where(traded, TRADES_A_CANDLE, 0),
            TAKER_BASE: quarter * bought.sum(axis=0),
            TAKER_QUOTE: quarter * (prices * bought).sum(axis=0),
        }
        for number, column in known.items():
            found[number] = np.where(np.isfinite(found[number]), found[number], column)
        slots = (found[OPEN_TIME] + self.shift) // self.base.ms
        found[FIRST_ID] = slots * TRADES_A_CANDLE
        found[LAST_ID] = (slots + max(timeframe.ms // self.base.ms, 1)) * TRADES_A_CANDLE - 1


class Published:
    """The base candles that the replay itself has told, growing."""

    def __init__(self) -> None:
        self._columns = np.empty((WIDTH, 1024))
        self._count = 0

    def append(self, candle: Sequence[float]) -> None:
        """Add the newest candle: the 12 numbers of a column."""
        if self._count == self._columns.shape[1]:
            self._columns = np.concatenate([self._columns, np.empty_like(self._columns)], axis=1)
        self._columns[:, self._count] = candle
        self._count += 1

    def rows(self, start: int, end: int) -> Columns:
        """Those that open in [start, end)."""
        return between(self._columns[:, : self._count], start, end)
