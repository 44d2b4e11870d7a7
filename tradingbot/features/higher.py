"""Higher timeframes without a look ahead: a candle is visible only after it has closed."""

from dataclasses import replace

import numpy as np

from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.domain.timeframe import Timeframe


def resample(candles: Candles, timeframe: Timeframe) -> Candles:
    """Candles of a higher timeframe, only those that have closed by the close of the last candle given.

    A candle is built of the finer ones that exist; one without any is absent. Raises ValueError when the timeframe
    is not made of whole candles.
    """
    if not candles.timeframe.divides(timeframe):
        raise ValueError(f"{timeframe} is not made of whole {candles.timeframe} candles")
    group = candles.open_time // timeframe.ms
    closed = (group + 1) * timeframe.ms <= candles.close_time[-1] if len(candles) else np.zeros(0, bool)
    starts = np.flatnonzero(np.diff(group[closed], prepend=-1))
    if not len(starts):
        return replace(candles[:0], timeframe=timeframe, reference=None)
    ends = np.append(starts[1:], np.count_nonzero(closed)) - 1
    part = candles[: int(np.count_nonzero(closed))]
    return Candles(
        candles.symbol,
        timeframe,
        group[starts] * timeframe.ms,
        part.open[starts],
        np.maximum.reduceat(part.high, starts),
        np.minimum.reduceat(part.low, starts),
        part.close[ends],
        np.add.reduceat(part.volume, starts),
        np.add.reduceat(part.quote_volume, starts),
    )


def as_of(candles: Candles, higher: Candles, column: FloatColumn) -> FloatColumn:
    """For each candle the `column` value of the last `higher` candle closed at or before its own close; NaN before."""
    place = np.searchsorted(higher.close_time, candles.close_time, side="right") - 1
    return np.where(place >= 0, column[np.maximum(place, 0)], np.nan) if len(column) else np.full(len(candles), np.nan)
