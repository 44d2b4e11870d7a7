"""Higher timeframes without looking ahead: a 4h value is visible only once its 4h candle has closed."""

from dataclasses import replace

import numpy as np

from tradingbot.domain.candles import Candles, FloatColumn, IntColumn
from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.feature import Feature


def resample(candles: Candles, timeframe: Timeframe) -> Candles:
    """The closed candles of a coarser timeframe, aligned to UTC; the reference is resampled along.

    A candle with missing parts is made of those that exist, one with none is missing. A fine candle off the grid that
    crosses into the next coarser one belongs to none: its close was not known when the coarser one closed. The last
    one is there only if its end is not later than the last candle's. Raises OutOfRange when the timeframe is not a
    multiple.
    """
    if not candles.timeframe.divides(timeframe):
        raise OutOfRange("timeframe", f"{timeframe} is not made of whole {candles.timeframe} candles", "Use a multiple")
    now = int(candles.close_time[-1]) if len(candles) else 0
    reference = candles.reference
    coarser = _closed_by(now, candles, timeframe)
    return coarser.with_reference(None if reference is None else _closed_by(now, reference, timeframe))


def _closed_by(now: int, candles: Candles, timeframe: Timeframe) -> Candles:
    start = candles.open_time - candles.open_time % timeframe.ms
    end = start + timeframe.ms
    used = np.flatnonzero((candles.close_time <= end) & (end <= now))
    first = np.flatnonzero(np.diff(start[used], prepend=-1))
    last = np.append(first[1:], len(used))[: len(first)] - 1
    return replace(
        candles,
        timeframe=timeframe,
        open_time=start[used[first]],
        open=candles.open[used[first]],
        high=_reduced(np.maximum, candles.high[used], first),
        low=_reduced(np.minimum, candles.low[used], first),
        close=candles.close[used[last]],
        volume=_reduced(np.add, candles.volume[used], first),
        quote_volume=_reduced(np.add, candles.quote_volume[used], first),
        reference=None,
    )


def _reduced(operation: np.ufunc, values: FloatColumn, first: IntColumn) -> FloatColumn:
    if len(first) == 0:
        return np.empty(0)
    result: FloatColumn = operation.reduceat(values, first)
    return result


def as_of(candles: Candles, other: Candles, column: FloatColumn) -> FloatColumn:
    """For each candle the value of the last `other` candle closed by the candle's close; NaN before the first.

    `column` has one value for each of `other`, which may be of a coarser timeframe or of another symbol.
    """
    place = np.searchsorted(other.close_time, candles.close_time, side="right")
    return np.concatenate(([np.nan], column))[place]


def on_timeframe(feature: Feature, higher: Timeframe, base: Timeframe) -> Feature:
    """The feature as seen from `base` candles on a `higher` timeframe, named like `rsi_14@4h`.

    The first coarser candle of a history may be cut in half, hence two more than the feature itself needs.
    """

    def compute(candles: Candles) -> FloatColumn:
        coarser = resample(candles, higher)
        return as_of(candles, coarser, feature(coarser))

    warmup = (feature.warmup + 2) * (higher.ms // base.ms)
    return Feature(f"{feature.name}@{higher}", compute, warmup, f"{feature.summary} Seen on {higher} candles.")
