"""Verification of candles on their way into the store: what cannot be a candle is refused, what is odd is kept."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tradingbot.data.calendar import stamp
from tradingbot.data.schema import PRICES, SCHEMA, contradicts
from tradingbot.domain.errors import BadFile
from tradingbot.domain.timeframe import Timeframe

# Seconds from 2001 to 2100; milli-, micro- and nanoseconds are told apart by their size.
_EARLIEST, _LATEST = 1_000_000_000, 4_102_444_800
# A shorter file may well consist of holes.
_ENOUGH_STEPS = 10

_TIMEFRAME = "Give the timeframe it has with --timeframe"
_REMEDY = "Give a file of the exchange's own klines"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Verified candles in `data.schema` columns, sorted, and what was noticed: counts of candles."""

    frame: pl.DataFrame
    duplicates: int
    unclosed: int
    off_grid: int
    contradictions: int


def clean(raw: pl.DataFrame, timeframe: Timeframe, now_ms: int, name: str) -> Cleaned:
    """Verify raw klines; raises BadFile naming the file.

    Refused: no candle, stamps of no known unit, absent or impossible numbers, another timeframe, two different
    candles of the same moment. Left out and counted: repeated lines, candles not closed at `now_ms`. Kept and
    counted, for `data verify` to list: stamps off the grid, opens or closes outside low to high.
    """
    if raw.is_empty():
        raise BadFile(name, "holds no candles", _REMEDY)
    frame = _complete(raw).with_columns(open_time=_milliseconds(raw, name)).sort("open_time")
    _check_values(frame, name)
    single = frame.unique(maintain_order=True)
    twice = single.filter(pl.col("open_time").is_duplicated())
    if len(twice):
        moment = stamp(int(twice["open_time"][0]))
        raise BadFile(name, f"holds two different candles of {moment}", "Remove the wrong one; they are not averaged")
    _check_spacing(single, timeframe, name)
    closed = single.filter(pl.col("open_time") + timeframe.ms <= now_ms)
    if closed.is_empty():
        raise BadFile(name, f"no candle is closed; the first opens at {stamp(int(single['open_time'][0]))}", _REMEDY)
    return Cleaned(
        frame=closed,
        duplicates=len(frame) - len(single),
        unclosed=len(single) - len(closed),
        off_grid=closed.filter(pl.col("open_time") % timeframe.ms != 0).height,
        contradictions=closed.filter(contradicts()).height,
    )


def _complete(raw: pl.DataFrame) -> pl.DataFrame:
    """All columns of the store, unknown ones null."""
    absent = [pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in raw.columns]
    unknown = [pl.col(name).fill_nan(None) for name in ("quote_volume", "taker_buy_base", "taker_buy_quote")]
    return raw.with_columns(absent).select(*SCHEMA).with_columns(unknown)


def _milliseconds(raw: pl.DataFrame, name: str) -> pl.Series:
    """Stamps in ms, whatever unit each was written in."""
    times = raw["open_time"]
    known = pl.lit(None, pl.Int64)
    for factor in (1, 1_000, 1_000_000, 1_000_000_000):
        inside = times.is_between(_EARLIEST * factor, _LATEST * factor, closed="left")
        value = times * 1_000 if factor == 1 else times // (factor // 1_000)
        known = pl.when(inside).then(value).otherwise(known)
    stamps = pl.select(known.alias("open_time"))["open_time"]
    if stamps.null_count():
        first = times.filter(stamps.is_null())[0]
        raise BadFile(name, f"open_time {first} is no time in s, ms, us or ns", _REMEDY)
    return stamps


def _check_values(frame: pl.DataFrame, name: str) -> None:
    price = pl.all_horizontal(pl.col(column).is_finite() & (pl.col(column) > 0) for column in PRICES)
    fit = price & pl.col("volume").is_finite() & (pl.col("volume") >= 0)
    bad = frame.filter(~fit.fill_null(value=False))
    if len(bad):
        raise BadFile(
            name,
            f"{len(bad)} candles have an absent or impossible price or volume, first {stamp(int(bad['open_time'][0]))}",
            _REMEDY,
        )


def _check_spacing(frame: pl.DataFrame, timeframe: Timeframe, name: str) -> None:
    """The usual distance between candles must be the timeframe; single holes and shifts do not matter."""
    steps = np.diff(frame["open_time"].to_numpy())
    if not len(steps):
        return
    sizes, counts = np.unique(steps, return_counts=True)
    usual = int(sizes[np.argmax(counts)])
    if usual < timeframe.ms or (usual > timeframe.ms and len(steps) >= _ENOUGH_STEPS):
        raise BadFile(name, f"its candles are {usual / 60_000:g} minutes apart, not {timeframe}", _TIMEFRAME)
