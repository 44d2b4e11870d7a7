"""Coarser candles from finer ones, without looking ahead."""

from dataclasses import dataclass, replace

import numpy as np

from tradingbot.domain.candles import Candles, IntColumn
from tradingbot.domain.timeframe import Timeframe


@dataclass(frozen=True, slots=True)
class Resampled:
    """Coarser candles; open times (ms UTC) of those built from too few, and of fine candles that fit into none."""

    candles: Candles
    incomplete: IntColumn
    straddling: IntColumn


def resample(candles: Candles, timeframe: Timeframe, closed_until: int) -> Resampled:
    """Group candles by the coarser one they lie in: first open, highest high, lowest low, last close, sums of volumes.

    A coarser candle is left out until it is closed at `closed_until` (ms UTC). One with candles missing is built from
    those present. A fine candle off the grid that crosses into the next coarser one belongs to none: its close was
    not known when the coarser candle closed. A `quote_volume` of which a part is unknown is unknown (NaN).
    """
    group = candles.open_time - candles.open_time % timeframe.ms
    inside = candles.close_time <= group + timeframe.ms
    closed = group + timeframe.ms <= closed_until
    keep = np.flatnonzero(inside & closed)
    starts = np.flatnonzero(np.diff(group[keep], prepend=-1))
    sizes = np.diff(np.append(starts, len(keep)))
    coarse = _grouped(candles[:0] if not len(keep) else candles, timeframe, keep, starts)
    short = sizes < timeframe.ms // candles.timeframe.ms
    return Resampled(coarse, coarse.open_time[short], candles.open_time[~inside])


def _grouped(candles: Candles, timeframe: Timeframe, keep: IntColumn, starts: IntColumn) -> Candles:
    if not len(keep):
        return replace(candles, timeframe=timeframe)
    opens = candles.open_time[keep][starts]
    last = np.append(starts[1:], len(keep)) - 1
    return Candles(
        symbol=candles.symbol,
        timeframe=timeframe,
        open_time=opens - opens % timeframe.ms,
        open=candles.open[keep][starts],
        high=np.maximum.reduceat(candles.high[keep], starts),
        low=np.minimum.reduceat(candles.low[keep], starts),
        close=candles.close[keep][last],
        volume=np.add.reduceat(candles.volume[keep], starts),
        quote_volume=np.add.reduceat(candles.quote_volume[keep], starts),
    )
