"""Daily marked-to-market returns, and what follows from them alone."""

import numpy as np

from tradingbot.domain.candles import FloatColumn

DAYS_A_YEAR = 365


def daily_returns(equity: FloatColumn, initial: float) -> FloatColumn:
    """Simple returns from day to day; the first is against the initial equity."""
    before = np.concatenate([[initial], equity[:-1]])
    returns: FloatColumn = equity / before - 1.0
    return returns


def total_return(equity: FloatColumn, initial: float) -> float:
    """Growth over the whole period, a fraction."""
    return float(equity[-1] / initial - 1.0)


def annual_return(equity: FloatColumn, initial: float) -> float:
    """Compound growth a year of 365 days, a fraction."""
    return float((equity[-1] / initial) ** (DAYS_A_YEAR / len(equity)) - 1.0)


def annual_volatility(returns: FloatColumn) -> float:
    """Standard deviation of daily returns times the root of 365."""
    return float(returns.std(ddof=1) * np.sqrt(DAYS_A_YEAR))
