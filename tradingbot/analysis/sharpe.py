"""Return for risk: Sharpe (1994) and Sortino (1994) ratios of daily returns; the riskless rate is 0."""

import math

import numpy as np

from tradingbot.analysis.returns import DAYS_A_YEAR
from tradingbot.domain.candles import FloatColumn

ROUNDING = 1e-12
"""A spread below this share of the mean is what rounding leaves of equal returns, and no spread."""


def sharpe(returns: FloatColumn) -> float:
    """Mean over standard deviation (n - 1), daily; NaN when returns do not vary."""
    if len(returns) < 2:
        return math.nan
    mean, spread = float(returns.mean()), float(returns.std(ddof=1))
    return mean / spread if spread > ROUNDING * abs(mean) else math.nan


def sortino(returns: FloatColumn) -> float:
    """Mean over the root mean square of negative returns (all days count), daily; NaN without a losing day."""
    below = float(np.sqrt(np.mean(np.minimum(returns, 0.0) ** 2))) if len(returns) else 0.0
    return float(returns.mean()) / below if below > 0.0 else math.nan


def annualised(daily: float) -> float:
    """A daily ratio times the root of 365."""
    return daily * math.sqrt(DAYS_A_YEAR)
