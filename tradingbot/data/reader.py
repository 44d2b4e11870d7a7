"""Reading series: which stored timeframe serves a month, splicing of a predecessor, resampling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tradingbot.data.calendar import month_of, month_span, stamp
from tradingbot.data.layout import Layout
from tradingbot.data.partition import read_columns
from tradingbot.data.resample import resample
from tradingbot.data.schema import SCHEMA, SourceLabel
from tradingbot.domain.candles import COLUMNS, Candles, IntColumn
from tradingbot.domain.symbols import PREDECESSORS
from tradingbot.domain.timeframe import Timeframe

# A stored timeframe within this share of the month's fullest one is full enough to be preferred to it.
FULL_ENOUGH = 0.01

Column = NDArray[Any]

_NONE: IntColumn = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class MonthRows:
    """The stored candles of one month in one timeframe, spliced and with precedence applied."""

    timeframe: Timeframe
    month: str
    frame: pl.DataFrame
    sources: frozenset[SourceLabel]
    spliced: bool = False

    @property
    def share(self) -> float:
        """Distinct candles held, as a share of those of a whole month."""
        start, end = month_span(self.month)
        slots = (self.frame["open_time"] // self.timeframe.ms).n_unique()
        return slots / ((end - start) / self.timeframe.ms)


@dataclass(frozen=True, slots=True)
class Month:
    """A month's candles in the timeframe asked for, and how they came about."""

    rows: MonthRows
    candles: Candles
    incomplete: IntColumn
    straddling: IntColumn


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a symbol's candles from a store's files."""

    layout: Layout
    symbol: str

    @property
    def chain(self) -> Sequence[str]:
        """The symbol's predecessor, if any, and the symbol."""
        before = PREDECESSORS.get(self.symbol)
        return (before.symbol, self.symbol) if before else (self.symbol,)

    def timeframes(self) -> Sequence[Timeframe]:
        """What is stored for the symbol or its predecessor, finest first."""
        stored = {timeframe for symbol in self.chain for timeframe in self.layout.timeframes(symbol)}
        return sorted(stored, key=lambda timeframe: timeframe.ms)

    def candidates(self, timeframe: Timeframe) -> Sequence[Timeframe]:
        """Stored timeframes that can serve one: itself, then the others that divide it, finest first."""
        dividing = [stored for stored in self.timeframes() if stored.divides(timeframe)]
        return sorted(dividing, key=lambda stored: (stored is not timeframe, stored.ms))

    def months(self, timeframes: Sequence[Timeframe]) -> Sequence[str]:
        """The months stored in any of the timeframes, oldest first."""
        stored = {m for symbol in self.chain for timeframe in timeframes for m in self.layout.months(symbol, timeframe)}
        return sorted(stored)

    def rows(self, timeframe: Timeframe, month: str, columns: Sequence[str]) -> MonthRows:
        """The stored candles of a month, a predecessor's before its end and the symbol's own after it."""
        before = PREDECESSORS.get(self.symbol)
        own = stored_rows(self.layout, self.symbol, timeframe, month, columns)
        cut = before.until_ms - before.until_ms % timeframe.ms if before else 0
        if before is None or month > month_of(cut):
            return own
        old = stored_rows(self.layout, before.symbol, timeframe, month, columns)
        earlier = old.frame.filter(pl.col("open_time") < cut)
        later = own.frame.filter(pl.col("open_time") >= cut)
        sources = (old.sources if len(earlier) else frozenset()) | (own.sources if len(later) else frozenset())
        return MonthRows(timeframe, month, pl.concat([earlier, later]), sources, spliced=len(earlier) > 0)

    def choose(self, timeframe: Timeframe, month: str, columns: Sequence[str]) -> MonthRows:
        """The stored candles that serve a month.

        The timeframe itself if stored, else the finest that divides it - unless one of them holds over one percentage
        point more of the month. The choice depends on the month alone, never on the range somebody asks for.
        """
        order = self.candidates(timeframe)
        first = self.rows(order[0], month, columns)
        if len(order) == 1 or first.share >= 1 - FULL_ENOUGH:
            return first
        every = [first, *(self.rows(stored, month, columns) for stored in order[1:])]
        most = max(rows.share for rows in every)
        return next(rows for rows in every if rows.share >= most - FULL_ENOUGH)

    def month(self, timeframe: Timeframe, month: str, columns: Sequence[str] = COLUMNS) -> Month:
        """The candles of a month; stored columns that are not asked for are NaN."""
        rows = self.choose(timeframe, month, columns)
        candles = to_candles(self.symbol, rows)
        if rows.timeframe is timeframe:
            return Month(rows, candles, _NONE, _NONE)
        result = resample(candles, timeframe, self._closed_until(rows))
        return Month(rows, result.candles, result.incomplete, result.straddling)

    def span(self, timeframes: Sequence[Timeframe]) -> tuple[int, int] | None:
        """First open time and exclusive end over stored timeframes; None where nothing is stored."""
        bounds = [bound for timeframe in timeframes if (bound := self._bounds(timeframe))]
        return (min(first for first, _ in bounds), max(end for _, end in bounds)) if bounds else None

    def _bounds(self, timeframe: Timeframe) -> tuple[int, int] | None:
        months = self.months([timeframe])
        if not months:
            return None
        first = self.rows(timeframe, months[0], ["open_time"]).frame["open_time"]
        last = self.rows(timeframe, months[-1], ["open_time"]).frame["open_time"]
        return (int(first[0]), int(last[-1]) + timeframe.ms) if len(first) and len(last) else None

    def _closed_until(self, rows: MonthRows) -> int:
        """Candles later than these prove that the month is over; else time is known to the last candle's close."""
        if self.months([rows.timeframe])[-1] > rows.month:
            return month_span(rows.month)[1]
        return int(rows.frame["open_time"][-1]) + rows.timeframe.ms if len(rows.frame) else 0


def stored_rows(
    layout: Layout, symbol: str, timeframe: Timeframe, month: str, columns: Sequence[str] = COLUMNS
) -> MonthRows:
    """A month's stored candles, of each moment the one whose kind of source takes precedence; raises BadFile."""
    files = layout.files(symbol, timeframe, month)
    frames = [read_columns(path, columns) for _, path in files]
    labels = frozenset(label for label, _ in files)
    if len(frames) == 1:
        return MonthRows(timeframe, month, frames[0], labels)
    if not frames:
        return MonthRows(timeframe, month, pl.DataFrame(schema={c: SCHEMA[c] for c in columns}), labels)
    ranked = pl.concat([frame.with_columns(rank=pl.lit(rank)) for rank, frame in enumerate(frames)])
    first = ranked.sort("open_time", "rank").unique("open_time", keep="first", maintain_order=True)
    used = set(first["rank"].unique())
    read = frozenset(label for rank, (label, _) in enumerate(files) if rank in used)
    return MonthRows(timeframe, month, first.drop("rank"), read)


def to_candles(symbol: str, rows: MonthRows) -> Candles:
    """Stored rows as candles; an unknown value is NaN."""
    frame = rows.frame
    unknown = np.full(len(frame), np.nan)
    columns: dict[str, Column] = {
        name: frame[name].to_numpy() if name in frame.columns else unknown for name in COLUMNS if name != "open_time"
    }
    return _candles(symbol, rows.timeframe, {**columns, "open_time": frame["open_time"].to_numpy()})


def _candles(symbol: str, timeframe: Timeframe, columns: Mapping[str, Column]) -> Candles:
    return Candles(
        symbol=symbol,
        timeframe=timeframe,
        open_time=columns["open_time"],
        open=columns["open"],
        high=columns["high"],
        low=columns["low"],
        close=columns["close"],
        volume=columns["volume"],
        quote_volume=columns["quote_volume"],
    )


def joined(symbol: str, timeframe: Timeframe, months: Sequence[Month], start: int, end: int) -> Candles:
    """The months' candles that open at or after `start` and are closed by `end`."""
    columns = {name: np.concatenate([getattr(month.candles, name) for month in months]) for name in COLUMNS}
    candles = _candles(symbol, timeframe, columns)
    first, last = np.searchsorted(candles.open_time, [start, end - timeframe.ms + 1])
    return candles[int(first) : int(last)]


def note(candles: Candles, months: Sequence[Month]) -> str:
    """What was done on reading, for people: resampling, incomplete candles, splices."""
    parts = [_resampled(candles.timeframe, months)]
    first, last = int(candles.open_time[0]), int(candles.close_time[-1])
    incomplete = _inside([month.incomplete for month in months], first, last)
    straddling = _inside([month.straddling for month in months], first, last)
    if incomplete:
        parts.append(f"{incomplete} built from incomplete groups")
    if straddling:
        parts.append(f"{straddling} off-grid candles left out of resampling")
    before = PREDECESSORS.get(candles.symbol)
    if before and first < before.until_ms and any(month.rows.spliced for month in months):
        parts.append(f"{before.symbol} before {stamp(before.until_ms)}")
    return "; ".join(part for part in parts if part)


def _inside(times: Sequence[IntColumn], start: int, end: int) -> int:
    """How many of the moments lie in [start, end)."""
    every = np.concatenate(times)
    return int(np.count_nonzero((every >= start) & (every < end)))


def _resampled(timeframe: Timeframe, months: Sequence[Month]) -> str:
    used: dict[Timeframe, list[str]] = {}
    for month in months:
        used.setdefault(month.rows.timeframe, []).append(month.rows.month)
    return "; ".join(
        f"resampled from {stored}" + ("" if len(used) == 1 else f" in {_runs(names)}")
        for stored, names in used.items()
        if stored is not timeframe
    )


def _runs(months: Sequence[str]) -> str:
    """Months as runs: 2023-01 to 2023-12, 2024-03."""
    runs: list[list[str]] = []
    for month in months:
        if runs and month_of(month_span(runs[-1][-1])[1]) == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)
