"""Intervals that need no normal distribution: the circular block bootstrap (Politis and Romano 1992)."""

import math

import numpy as np

from tradingbot.analysis.sharpe import ROUNDING, annualised
from tradingbot.domain.candles import FloatColumn

RESAMPLES = 2_000


def block_length(days: int) -> int:
    """Days a block: 1.5 times the cube root of the days (the order that Kuensch 1989 derives), at least five."""
    return max(5, round(1.5 * math.cbrt(days)))


def resampled(returns: FloatColumn, random: np.random.Generator, count: int = RESAMPLES) -> FloatColumn:
    """(count, days) series made of blocks that wrap around the end."""
    days = len(returns)
    length = min(block_length(days), days)
    blocks = -(-days // length)
    starts = random.integers(0, days, (count, blocks))
    rows = (starts[:, :, None] + np.arange(length)).reshape(count, -1)[:, :days] % days
    result: FloatColumn = returns[rows]
    return result


def sharpe_interval(returns: FloatColumn, random: np.random.Generator, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of the annualised Sharpe ratio; NaN ends when returns do not vary.

    A resample without any movement (of an account that seldom trades) neither won nor lost: its ratio is 0. Leaving
    it out would narrow the interval just where little is known.
    """
    drawn = resampled(returns, random)
    mean, spread = drawn.mean(axis=1), drawn.std(axis=1, ddof=1)
    known = spread > ROUNDING * np.abs(mean)
    if not known.any():
        return math.nan, math.nan
    ratios = np.where(known, mean / np.where(known, spread, 1.0), 0.0)
    low, high = np.quantile(ratios, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return annualised(float(low)), annualised(float(high))
