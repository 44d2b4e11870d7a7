"""How symbols move together: the correlation of their returns over the 30 days before each UTC day."""

import numpy as np

from tradingbot.domain.candles import FloatColumn

DAYS = 30


def correlations(close: FloatColumn, per_day: int, first_day: int, days: int) -> FloatColumn:
    """(days, symbols, symbols) Pearson correlations of log returns; 0 where fewer than a third of the pairs are known.

    `close` is (symbols, candles) with NaN where there is none; the candles before column `first_day` + d x `per_day`
    are known at the start of day d.
    """
    returns = np.diff(np.log(close), axis=1, prepend=np.nan)
    return np.stack([_correlation(returns, first_day + d * per_day, DAYS * per_day) for d in range(days)])


def _correlation(returns: FloatColumn, end: int, length: int) -> FloatColumn:
    window = returns[:, max(end - length, 0) : end]
    known = np.isfinite(window).astype(float)
    x = np.where(known > 0.0, window, 0.0)
    n = np.maximum(known @ known.T, 1.0)
    sums, squares, products = x @ known.T, (x * x) @ known.T, x @ x.T
    variance = squares - sums * sums / n
    below = np.sqrt(np.maximum(variance * variance.T, 1e-300))
    result: FloatColumn = np.where(n >= length / 3, (products - sums * sums.T / n) / below, 0.0)
    return result
