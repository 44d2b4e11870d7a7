"""Probability of backtest overfitting by combinatorially symmetric cross-validation (Bailey et al. 2015)."""

import itertools
import math

import numpy as np

from tradingbot.domain.candles import BoolColumn, FloatColumn

PARTS = 10
"""Stretches of time: 252 ways to choose half of them."""


def probability_of_overfitting(returns: FloatColumn, parts: int = PARTS) -> float:
    """How often the configuration that is best on one half of the time is below the median on the other half.

    `returns` is (days, configurations); NaN with fewer than two configurations or two days a part.
    """
    days, configurations = returns.shape
    if configurations < 2 or days < 2 * parts:
        return math.nan
    pieces = np.array_split(returns, parts)
    count = np.array([len(piece) for piece in pieces], float)
    sums = np.stack([piece.sum(axis=0) for piece in pieces])
    squares = np.stack([(piece**2).sum(axis=0) for piece in pieces])
    below = 0.0
    halves = list(itertools.combinations(range(parts), parts // 2))
    for half in halves:
        inside = np.isin(np.arange(parts), half)
        best = int(np.argmax(_sharpes(sums, squares, count, inside)))
        outside = _sharpes(sums, squares, count, ~inside)
        place = np.count_nonzero(outside < outside[best]) + 0.5 * np.count_nonzero(outside == outside[best])
        below += place / configurations <= 0.5
    return float(below / len(halves))


def _sharpes(sums: FloatColumn, squares: FloatColumn, count: FloatColumn, chosen: BoolColumn) -> FloatColumn:
    n = count[chosen].sum()
    mean = sums[chosen].sum(axis=0) / n
    variance = squares[chosen].sum(axis=0) / n - mean**2
    return np.where(variance > 1e-18, mean / np.sqrt(np.maximum(variance, 1e-18)), 0.0)
