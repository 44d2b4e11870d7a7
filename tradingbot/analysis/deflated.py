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
    if observed != observed or len(returns) < 3:
        return math.nan
    centred = returns - returns.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    skew = float(np.mean(centred**3)) / spread**3
    kurtosis = float(np.mean(centred**4)) / spread**4
    variance = 1.0 - skew * observed + (kurtosis - 1.0) / 4.0 * observed**2
    return _NORMAL.cdf((observed - benchmark) * math.sqrt(len(returns) - 1) / math.sqrt(max(variance, 1e-12)))


def expected_maximum(trials: int, variance: float) -> float:
    """Sharpe ratio (daily) that the best of `trials` worthless strategies is expected to show; 0 for one trial."""
    if trials < 2 or not variance > 0.0:
        return 0.0
    high = _NORMAL.inv_cdf(1.0 - 1.0 / trials)
    higher = _NORMAL.inv_cdf(1.0 - 1.0 / (trials * math.e))
    return math.sqrt(variance) * ((1.0 - EULER_MASCHERONI) * high + EULER_MASCHERONI * higher)


def deflated_sharpe(returns: FloatColumn, trials: int, variance: float) -> float:
    """Probability that the true Sharpe ratio is above what luck alone gives the best of so many trials."""
    return probabilistic_sharpe(returns, expected_maximum(trials, variance))
