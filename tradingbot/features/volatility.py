"""How far prices move. Columns in, columns out; NaN until enough candles are known."""

import math
from typing import NamedTuple

import numpy as np
import talib

from tradingbot.domain.candles import FloatColumn


class Bollinger(NamedTuple):
    """Bands around a simple average, so many standard deviations away (Bollinger)."""

    upper: FloatColumn
    middle: FloatColumn
    lower: FloatColumn


def atr(high: FloatColumn, low: FloatColumn, close: FloatColumn, period: int) -> FloatColumn:
    """Average true range with Wilder's smoothing (Wilder 1978), in the price's unit."""
    return talib.ATR(high, low, close, period)


def bollinger(values: FloatColumn, period: int, deviations: float) -> Bollinger:
    """Bollinger bands with the population's standard deviation."""
    return Bollinger(*talib.BBANDS(values, period, deviations, deviations))


def realised_volatility(close: FloatColumn, period: int, per_year: float) -> FloatColumn:
    """Annualised standard deviation of the last `period` log returns, a fraction."""
    returns = np.full(len(close), np.nan)
    returns[1:] = np.diff(np.log(close))
    return talib.STDDEV(returns, period, 1.0) * math.sqrt(per_year)


def garman_klass(
    open_: FloatColumn, high: FloatColumn, low: FloatColumn, close: FloatColumn, period: int, per_year: float
) -> FloatColumn:
    """Annualised volatility from open, high, low and close (Garman and Klass 1980, equation 20), a fraction."""
    variance = 0.5 * np.log(high / low) ** 2 - (2.0 * math.log(2.0) - 1.0) * np.log(close / open_) ** 2
    return np.sqrt(np.maximum(talib.SMA(variance, period), 0.0) * per_year)
