"""Averages, channels and crossings. Columns in, columns out; NaN until enough candles are known."""

import numpy as np
import talib
from numpy.lib.stride_tricks import sliding_window_view

from tradingbot.domain.candles import BoolColumn, FloatColumn


def sma(values: FloatColumn, period: int) -> FloatColumn:
    """Simple moving average."""
    return talib.SMA(values, period)


def ema(values: FloatColumn, period: int) -> FloatColumn:
    """Exponential moving average, alpha = 2 / (period + 1), seeded with the simple one."""
    return talib.EMA(values, period)


def adx(high: FloatColumn, low: FloatColumn, close: FloatColumn, period: int) -> FloatColumn:
    """Average directional index (Wilder 1978), 0 to 100."""
    return talib.ADX(high, low, close, period)


def donchian(high: FloatColumn, low: FloatColumn, period: int) -> tuple[FloatColumn, FloatColumn]:
    """Highest high and lowest low of the `period` candles before each one, the candle itself left out."""
    return _before(talib.MAX(high, period)), _before(talib.MIN(low, period))


def crossed_above(first: FloatColumn, second: FloatColumn) -> BoolColumn:
    """Where `first` is above `second` and was not one candle earlier; False while either is unknown."""
    above, below = first > second, first <= second
    result = np.zeros(len(first), bool)
    result[1:] = above[1:] & below[:-1]
    return result


def crossed_below(first: FloatColumn, second: FloatColumn) -> BoolColumn:
    """Where `first` is below `second` and was not one candle earlier."""
    return crossed_above(second, first)


def slope(values: FloatColumn, period: int) -> FloatColumn:
    """Slope of the least-squares line through the last `period` values, a candle."""
    return talib.LINEARREG_SLOPE(values, period)


def efficiency_ratio(values: FloatColumn, period: int) -> FloatColumn:
    """Net move over the path of `period` candles (Kaufman 1995), 0 to 1."""
    result = np.full(len(values), np.nan)
    if len(values) > period:
        path = sliding_window_view(np.abs(np.diff(values)), period).sum(axis=1)
        net = np.abs(values[period:] - values[:-period])
        result[period:] = np.divide(net, path, out=np.zeros_like(net), where=path > 0.0)
    return result


def _before(values: FloatColumn) -> FloatColumn:
    result = np.full(len(values), np.nan)
    result[1:] = values[:-1]
    return result
