"""Falls from the peak."""

from dataclasses import dataclass

import numpy as np

from tradingbot.domain.candles import FloatColumn, IntColumn
from tradingbot.domain.timeframe import DAY_MS


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One fall: from the moment of the peak to that of the bottom and to that at which the peak was reached again."""

    start: int  # ms UTC, a 00:00 at which equity was marked
    bottom: int
    recovered: int | None  # None: not yet
    depth: float  # fraction, > 0
    amount: float  # quote


def underwater(equity: FloatColumn, initial: float) -> FloatColumn:
    """Fall from the highest equity so far, <= 0."""
    return equity / np.maximum.accumulate(np.maximum(equity, initial)) - 1.0


def drawdowns(time: IntColumn, equity: FloatColumn, initial: float, most: int = 10) -> list[Drawdown]:
    """The deepest falls of equity marked at `time` (ms UTC, day ends), deepest first; `initial` stood a day before."""
    values = np.concatenate([[initial], equity])
    times = np.concatenate([time[:1] - DAY_MS, time])
    peaks = np.maximum.accumulate(values)
    below = values < peaks
    starts = np.flatnonzero(below & ~np.concatenate([[False], below[:-1]]))
    found = []
    for first in starts:
        back = np.flatnonzero(~below[first:])
        last = first + int(back[0]) if len(back) else len(values)
        bottom = first + int(np.argmin(values[first:last]))
        peak = float(peaks[first])
        recovered = int(times[last]) if len(back) else None
        depth = 1.0 - float(values[bottom]) / peak
        found.append(
            Drawdown(int(times[first - 1]), int(times[bottom]), recovered, depth, peak - float(values[bottom]))
        )
    return sorted(found, key=lambda one: -one.depth)[:most]
