"""Figures of the ROLLING_DAYS days before each day; one value a day from day ROLLING_DAYS on."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tradingbot.analysis.returns import DAYS_A_YEAR
from tradingbot.domain.candles import FloatColumn

ROLLING_DAYS = 90

_ROOT = np.sqrt(DAYS_A_YEAR)


def rolling_volatility(returns: FloatColumn) -> FloatColumn:
    """Annualised standard deviation (n - 1)."""
    spread: FloatColumn = sliding_window_view(returns, ROLLING_DAYS).std(axis=1, ddof=1) * _ROOT
    return spread


def rolling_sharpe(returns: FloatColumn) -> FloatColumn:
    """Annualised Sharpe ratio; NaN where returns do not vary."""
    windows = sliding_window_view(returns, ROLLING_DAYS)
    return _ratio(windows.mean(axis=1) * _ROOT, windows.std(axis=1, ddof=1))


def rolling_sortino(returns: FloatColumn) -> FloatColumn:
    """Annualised Sortino ratio; NaN where no day lost."""
    windows = sliding_window_view(returns, ROLLING_DAYS)
    return _ratio(windows.mean(axis=1) * _ROOT, np.sqrt((np.minimum(windows, 0.0) ** 2).mean(axis=1)))


def rolling_beta(returns: FloatColumn, market: FloatColumn) -> FloatColumn:
    """Covariance with the market's returns over their variance; NaN where the market does not move."""
    own, other = sliding_window_view(returns, ROLLING_DAYS), sliding_window_view(market, ROLLING_DAYS)
    moved = other - other.mean(axis=1, keepdims=True)
    return _ratio((own * moved).sum(axis=1), (moved**2).sum(axis=1))


def _ratio(above: FloatColumn, below: FloatColumn) -> FloatColumn:
    known = below > 1e-12
    return np.where(known, above / np.where(known, below, 1.0), np.nan)
