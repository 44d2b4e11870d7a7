"""Speed and exhaustion. Columns in, columns out; NaN until enough candles are known."""

from typing import NamedTuple

import numpy as np
import talib
from talib._ta_lib import MA_Type

from tradingbot.domain.candles import FloatColumn


class Macd(NamedTuple):
    """The difference of two exponential averages, its own average, and the difference of these."""

    line: FloatColumn
    signal: FloatColumn
    histogram: FloatColumn


class Stochastic(NamedTuple):
    """Slow %K and %D, 0 to 100."""

    k: FloatColumn
    d: FloatColumn


def rsi(values: FloatColumn, period: int) -> FloatColumn:
    """Relative strength index (Wilder 1978), 0 to 100."""
    return talib.RSI(values, period)


def macd(values: FloatColumn, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Moving average convergence divergence (Appel)."""
    return Macd(*talib.MACD(values, fast, slow, signal))


def stochastic(high: FloatColumn, low: FloatColumn, close: FloatColumn, period: int, smooth: int = 3) -> Stochastic:
    """Place of the close in the range of `period` candles, smoothed twice (Lane)."""
    k, d = talib.STOCH(high, low, close, period, smooth, MA_Type.SMA, smooth, MA_Type.SMA)
    return Stochastic(k, d)


def roc(values: FloatColumn, period: int) -> FloatColumn:
    """Return over `period` candles, a fraction."""
    return talib.ROCP(values, period)


def zscore(values: FloatColumn, period: int) -> FloatColumn:
    """Distance from the mean of the last `period` values in their standard deviations; 0 where they do not vary."""
    spread = talib.STDDEV(values, period, 1.0)
    distance = values - talib.SMA(values, period)
    return np.where(
        spread > 0.0, distance / np.where(spread > 0.0, spread, 1.0), np.where(np.isnan(spread), np.nan, 0.0)
    )
