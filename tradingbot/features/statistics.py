"""Statistics of one or two columns over a moving window. Columns in, columns out, NaN during warm-up."""

import numpy as np
import talib

from tradingbot.domain.candles import FloatColumn
from tradingbot.features.columns import log_returns, ratio, rolling_mean
from tradingbot.features.known import restarting


@restarting
def percent_rank(values: FloatColumn, n: int) -> FloatColumn:
    """Share, in percent, of the `n` values before this one that are below it."""
    return talib.PERCENTRANK(values, n)


def efficiency(values: FloatColumn, n: int = 10) -> FloatColumn:
    """Net change over `n` candles divided by the sum of the changes, 0 to 1 (Kaufman 1995); NaN where nothing moved."""
    steps = np.abs(np.diff(values, prepend=np.nan))
    net = np.full(len(values), np.nan)
    net[n:] = np.abs(values[n:] - values[: max(len(values) - n, 0)])
    return ratio(net, n * rolling_mean(steps, n))


def correlation(first: FloatColumn, second: FloatColumn, n: int) -> FloatColumn:
    """Pearson's correlation of the log returns of two price columns over `n` candles.

    NaN where the returns of one are all equal, as in a standstill.
    """
    a, b = log_returns(first), log_returns(second)
    covariance = _covariance(a, b, n)
    return np.clip(ratio(covariance, np.sqrt(_variance(a, n) * _variance(b, n))), -1.0, 1.0)


def beta(values: FloatColumn, market: FloatColumn, n: int) -> FloatColumn:
    """Slope of the log returns of `values` on those of `market` over `n` candles.

    NaN where the returns of the market are all equal, as in a standstill.
    """
    own, other = log_returns(values), log_returns(market)
    return ratio(_covariance(own, other, n), _variance(other, n))


def _covariance(a: FloatColumn, b: FloatColumn, n: int) -> FloatColumn:
    return rolling_mean(a * b, n) - rolling_mean(a, n) * rolling_mean(b, n)


def _variance(a: FloatColumn, n: int) -> FloatColumn:
    """Variance of the last `n` values; 0 where it is no more than the rounding error of a difference of means."""
    variance = _covariance(a, a, n)
    noise = 1e-10 * rolling_mean(a * a, n)
    return np.where(variance <= noise, 0.0, variance)
