"""What is left of a Sharpe ratio after so many trials: Bailey and Lopez de Prado, The deflated Sharpe ratio, 2014."""

import math
from statistics import NormalDist

import numpy as np

from tradingbot.analysis.sharpe import sharpe
from tradingbot.domain.candles import FloatColumn

EULER_MASCHERONI = 0.5772156649015329

_NORMAL = NormalDist()


def probabilistic_sharpe(returns: FloatColumn, benchmark: float) -> float:
    """Probability that the true daily Sharpe ratio is above `benchmark`; NaN when it is not defined.

    Equation 2 of the paper: skewness and kurtosis of the returns are taken into account.
    """
    observed = sharpe(returns)
    if math.isnan(observed) or len(returns) < 3:
        return math.nan
    return _NORMAL.cdf((observed - benchmark) * math.sqrt((len(returns) - 1) / _variance(returns, observed)))


def minimum_track_record(returns: FloatColumn, benchmark: float, level: float = 0.95) -> float:
    """Days of such returns until the probabilistic Sharpe ratio reaches `level`; NaN when it is not defined.

    Equation 11 of Bailey and Lopez de Prado, The Sharpe ratio efficient frontier, 2012. Infinite when the observed
    daily ratio is not above the benchmark.
    """
    observed = sharpe(returns)
    if math.isnan(observed) or math.isnan(benchmark) or len(returns) < 3:
        return math.nan
    if observed <= benchmark:
        return math.inf
    return 1.0 + _variance(returns, observed) * (_NORMAL.inv_cdf(level) / (observed - benchmark)) ** 2


def _variance(returns: FloatColumn, observed: float) -> float:
    """Of the estimated ratio, times (n - 1); above 0 because kurtosis is at least 1 + skewness squared."""
    centred = returns - returns.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    skew = float(np.mean(centred**3)) / spread**3
    kurtosis = float(np.mean(centred**4)) / spread**4
    return max(1.0 - skew * observed + (kurtosis - 1.0) / 4.0 * observed**2, 1e-12)


def expected_maximum(trials: int, variance: float) -> float:
    """Sharpe ratio (daily) that the best of `trials` worthless strategies is expected to show; 0 for one trial.

    `variance` is that of the trials' daily ratios; the result is NaN when several trials have no known variance, so
    that a ratio which cannot be deflated never passes for one that was.
    """
    if trials < 2:
        return 0.0
    if math.isnan(variance):
        return math.nan
    high = _NORMAL.inv_cdf(1.0 - 1.0 / trials)
    higher = _NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e))
    return math.sqrt(variance) * ((1.0 - EULER_MASCHERONI) * high + EULER_MASCHERONI * higher)


def deflated_sharpe(returns: FloatColumn, trials: int, variance: float) -> float:
    """Probability that the true Sharpe ratio is above what luck alone gives the best of so many trials."""
    return probabilistic_sharpe(returns, expected_maximum(trials, variance))
