"""Momentum: how far and how fast the price has moved. Columns in, columns out, NaN during warm-up.

Where a formula divides by a range that is zero (nothing moved), TA-Lib answers 0, which reads as "oversold". Here the
answer is NaN: a market that stands still is neither.
"""

from typing import NamedTuple

import numpy as np
import talib

from tradingbot.domain.candles import FloatColumn, IntColumn
from tradingbot.features.columns import before
from tradingbot.features.known import restarting


class Stochastic(NamedTuple):
    """The smoothed place of the close inside the recent range, 0 to 100, and its average."""

    k: FloatColumn
    d: FloatColumn


@restarting
def rsi(values: FloatColumn, n: int = 14) -> FloatColumn:
    """Relative strength index, 0 to 100, with Wilder's smoothing 1 / n (Wilder 1978).

    NaN where the last `n` changes are zero and nothing is left of earlier ones.
    """
    result = talib.RSI(values, n)
    zero = np.flatnonzero(result == 0.0)
    changes = np.cumsum(np.diff(values, prepend=values[:1]) != 0.0) if len(zero) else zero
    result[zero[changes[zero] == changes[zero - n]]] = np.nan
    return result


@restarting
def stochastic(high: FloatColumn, low: FloatColumn, close: FloatColumn, n: int = 14, smooth: int = 3) -> Stochastic:
    """Slow stochastic oscillator: %K over `n` candles averaged over `smooth`, and %D, its average (Lane 1984).

    NaN while a range inside the averages is zero.
    """
    k, d = talib.STOCH(high, low, close, fastk_period=n, slowk_period=smooth, slowd_period=smooth)
    flat = _flat_ranges(high, low, n)
    for lag in range(2 * smooth - 1):
        reached = flat[flat + lag < len(d)] + lag
        d[reached] = np.nan
        if lag < smooth:
            k[reached] = np.nan
    return Stochastic(k, d)


def _flat_ranges(high: FloatColumn, low: FloatColumn, n: int) -> IntColumn:
    """The candles at which the highest high of the last `n` is their lowest low."""
    if np.count_nonzero(high == low) < n:
        return np.empty(0, np.int64)
    return np.flatnonzero(talib.MAX(high, n) == talib.MIN(low, n))


@restarting
def williams_r(high: FloatColumn, low: FloatColumn, close: FloatColumn, n: int = 14) -> FloatColumn:
    """Williams' %R, -100 (close at the lowest low) to 0 (at the highest high); NaN where the range is zero."""
    result = talib.WILLR(high, low, close, n)
    result[_flat_ranges(high, low, n)] = np.nan
    return result


@restarting
def cci(high: FloatColumn, low: FloatColumn, close: FloatColumn, n: int = 20) -> FloatColumn:
    """Commodity channel index: distance of the typical price from its mean in mean deviations / 0.015 (Lambert 1980).

    Zero where nothing moved: the price is then at its mean.
    """
    return talib.CCI(high, low, close, n)


def roc(values: FloatColumn, n: int) -> FloatColumn:
    """Rate of change over `n` candles as a fraction of the earlier value."""
    return talib.ROCP(values, n)


def log_momentum(values: FloatColumn, n: int) -> FloatColumn:
    """ln(value / value `n` candles earlier)."""
    return np.log(values / before(values, n))


@restarting
def trix(values: FloatColumn, n: int) -> FloatColumn:
    """One-candle change, in percent, of a triple-smoothed exponential average (Hutson 1983)."""
    return talib.TRIX(values, n)


@restarting
def cmo(values: FloatColumn, n: int = 14) -> FloatColumn:
    """Chande's momentum oscillator, -100 to 100, with Wilder's smoothing as in TA-Lib (Chande 1994)."""
    return talib.CMO(values, n)
