"""What can be odd about a month of candles. Each check gives spots: where, how much, and in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from tradingbot.data.facts import gaps
from tradingbot.data.resample import resample
from tradingbot.domain.candles import BoolColumn, Candles, FloatColumn

# Zero-volume and stale candles are listed from so many in a row on.
SHORTEST_RUN = 5
# A move is suspicious when it exceeds both this fraction and this many times the month's median candle range.
JUMP_FLOOR, JUMP_RANGES = 0.03, 25.0
# Sums in another order differ in the last digits; prices are copied and must be equal.
VOLUME_TOLERANCE = 1e-6

_PRICES = ("open", "high", "low", "close")


@dataclass(frozen=True, slots=True)
class Spot:
    """One oddity: its open time (ms UTC), its size for ordering and summing, and what is there."""

    time: int
    size: float
    detail: str


def missing(candles: Candles, before: int | None) -> Iterator[Spot]:
    """Gaps, also the one since the last candle before the month (`before`, its open time in ms UTC)."""
    times = candles.open_time if before is None else np.insert(candles.open_time, 0, before)
    for first, count in gaps(times, candles.timeframe):
        yield Spot(first, count, f"{count} candles missing")


def off_grid(candles: Candles) -> Iterator[Spot]:
    """Candles that do not open on a multiple of the timeframe."""
    offset = candles.open_time % candles.timeframe.ms
    for at in np.flatnonzero(offset):
        yield Spot(int(candles.open_time[at]), 1, f"opens {offset[at] / 1000:g} s after the grid")


def contradictions(candles: Candles) -> Iterator[Spot]:
    """Opens or closes outside low to high."""
    above = np.maximum(candles.open, candles.close) > candles.high
    below = np.minimum(candles.open, candles.close) < candles.low
    for at in np.flatnonzero(above | below):
        values = " ".join(f"{getattr(candles, name)[at]:g}" for name in _PRICES)
        yield Spot(int(candles.open_time[at]), 1, f"open high low close {values}")


def zero_volume(candles: Candles) -> Iterator[Spot]:
    """Runs of candles in which nothing was traded."""
    return _runs(candles, candles.volume == 0, "candles without volume")


def stale(candles: Candles) -> Iterator[Spot]:
    """Runs of candles that never leave the price before them, although volume is reported."""
    same = np.zeros(len(candles), np.bool_)
    flat = (candles.high == candles.low) & (candles.volume > 0)
    same[1:] = flat[1:] & (candles.close[1:] == candles.close[:-1])
    return _runs(candles, same, "candles at one price with volume")


def jumps(candles: Candles, last: tuple[int, float] | None) -> Iterator[Spot]:
    """Candles whose range, or whose move from the close just before, is out of all proportion to the month's.

    `last` is the open time (ms UTC) and close of the last candle before the month. Across a gap nothing is compared.
    """
    time, close = last or (0, 0.0)
    adjacent = np.diff(candles.open_time, prepend=time) == candles.timeframe.ms
    before = np.where(adjacent, np.concatenate([[close], candles.close[:-1]]), candles.open)
    width = candles.high / candles.low - 1.0
    move = np.maximum(width, np.maximum(_move(candles.open, before), _move(candles.close, before)))
    usual = float(np.median(width))
    for at in np.flatnonzero(move > max(JUMP_FLOOR, JUMP_RANGES * usual)):
        yield Spot(int(candles.open_time[at]), float(move[at]), f"{move[at]:.1%}, usual range {usual:.2%}")


def disagreement(first: pl.DataFrame, second: pl.DataFrame, names: tuple[str, str]) -> Iterator[Spot]:
    """Candles of which two kinds of source state different prices or volumes; both are shown, none is averaged."""
    both = first.join(second, on="open_time", suffix="_2", maintain_order="left")
    for column in (*_PRICES, "volume"):
        for row in both.filter(pl.col(column) != pl.col(f"{column}_2")).iter_rows(named=True):
            one, two = row[column], row[f"{column}_2"]
            yield Spot(row["open_time"], abs(one - two), f"{column}: {names[0]} {one!r}, {names[1]} {two!r}")


def resampling(native: Candles, finer: Candles) -> Iterator[Spot]:
    """Candles that differ from what the finer ones of their time make up; only where none of those is missing."""
    result = resample(finer, native.timeframe, int(finer.close_time[-1]))
    made = result.candles
    whole = ~np.isin(made.open_time, result.incomplete)
    _, here, there = np.intersect1d(native.open_time, made.open_time[whole], return_indices=True)
    there = np.flatnonzero(whole)[there]
    for name in (*_PRICES, "volume"):
        stated, built = getattr(native, name)[here], getattr(made, name)[there]
        limit = VOLUME_TOLERANCE * np.abs(stated) if name == "volume" else 0.0
        for at in np.flatnonzero(np.abs(stated - built) > limit):
            detail = f"{name}: stored {stated[at]!s}, from {finer.timeframe} {built[at]!s}"
            yield Spot(int(native.open_time[here[at]]), float(abs(stated[at] - built[at])), detail)


def _move(price: FloatColumn, before: FloatColumn) -> FloatColumn:
    return np.maximum(price, before) / np.minimum(price, before) - 1.0


def _runs(candles: Candles, odd: BoolColumn, what: str) -> Iterator[Spot]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], odd, [False]]).astype(np.int8)))
    runs: Sequence[tuple[int, int]] = list(zip(edges[::2], edges[1::2], strict=True))
    for first, end in runs:
        if end - first >= SHORTEST_RUN:
            yield Spot(int(candles.open_time[first]), int(end - first), f"{end - first} {what}")
