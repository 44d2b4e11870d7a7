"""Small operations on columns from which indicators and strategies are made.

A column is a float64 array with one value a candle; NaN means "not known yet" and every comparison with it is False.
"""

import numpy as np

from tradingbot.domain.candles import BoolColumn, FloatColumn
from tradingbot.domain.errors import OutOfRange


def checked(name: str, length: int, least: int = 1) -> int:
    """The length of a window in candles; raises OutOfRange below `least`."""
    if length < least:
        raise OutOfRange(name, f"{length} is too short", f"Use a window of at least {least} candles")
    return length


def before(values: FloatColumn, n: int = 1) -> FloatColumn:
    """The value `n` candles earlier; NaN in the first `n`. Raises OutOfRange for n < 0, which would look ahead."""
    checked("n", n, 0)
    result = np.full(len(values), np.nan)
    result[n:] = values[: max(len(values) - n, 0)]
    return result


SAME = 1e-10
"""Relative distance below which two numbers count as equal.

Averages and bands carry rounding errors that depend on where history starts. On a coarse price grid a close equals its
average, or a fast average a slow one, every few hundred candles; without a margin the error would decide such a tie,
once this way in a backtest and once that way live. Errors are below it (see docs/features.md), real gaps above.
"""


def above(values: FloatColumn, level: FloatColumn | float) -> BoolColumn:
    """Whether `values` is greater than `level`, by more than rounding."""
    result: BoolColumn = values - level > SAME * np.abs(level)
    return result


def below(values: FloatColumn, level: FloatColumn | float) -> BoolColumn:
    """Whether `values` is less than `level`, by more than rounding."""
    result: BoolColumn = values - level < -SAME * np.abs(level)
    return result


def at_least(values: FloatColumn, level: FloatColumn | float) -> BoolColumn:
    """Whether `values` is greater than `level`, or equal to it but for rounding."""
    result: BoolColumn = values - level >= -SAME * np.abs(level)
    return result


def at_most(values: FloatColumn, level: FloatColumn | float) -> BoolColumn:
    """Whether `values` is less than `level`, or equal to it but for rounding."""
    result: BoolColumn = values - level <= SAME * np.abs(level)
    return result


def crossed_above(values: FloatColumn, level: FloatColumn | float) -> BoolColumn:
    """True on the candle at which `values` rises above `level`, having been at or below it one candle earlier."""
    return _turned_true(above(values, level), at_most(values, level))


def crossed_below(values: FloatColumn, level: FloatColumn | float) -> BoolColumn:
    """True on the candle at which `values` falls below `level`, having been at or above it one candle earlier."""
    return _turned_true(below(values, level), at_least(values, level))


def _turned_true(now: BoolColumn, opposite: BoolColumn) -> BoolColumn:
    result = np.zeros(len(now), np.bool_)
    result[1:] = now[1:] & opposite[:-1]
    return result


def ratio(above: FloatColumn, below: FloatColumn) -> FloatColumn:
    """`above / below`; NaN where `below` is zero, for no number answers that."""
    result = np.full(len(above), np.nan)
    np.divide(above, below, out=result, where=below != 0.0)
    return result


def log_returns(close: FloatColumn) -> FloatColumn:
    """ln(close / previous close); NaN on the first candle."""
    result = np.full(len(close), np.nan)
    result[1:] = np.diff(np.log(close))
    return result


def rolling_mean(values: FloatColumn, n: int) -> FloatColumn:
    """Mean of the last `n` values; NaN while one of them is unknown.

    Each mean adds up its own values only. A running sum keeps the rounding error of every large value that has passed
    through it: after a crash, means of squared returns or volumes would be wrong in the tenth digit, would depend on
    where history starts, and would not be zero where all values are.
    """
    size, result = len(values), np.full(len(values), np.nan)
    if size < checked("n", n):
        return result
    grid = np.zeros((-(-size // n), n))
    grid.ravel()[:size] = values
    to_end = np.cumsum(grid[:, ::-1], axis=1)[:, ::-1].ravel()
    from_start = np.cumsum(grid, axis=1)
    # A window that fills its block is the block's sum already; all others reach over into the next block.
    from_start[:, -1] = 0.0
    result[n - 1 :] = (to_end[: size - n + 1] + from_start.ravel()[n - 1 : size]) / n
    return result


def rolling_zscore(values: FloatColumn, n: int) -> FloatColumn:
    """(value - mean) / standard deviation of the last `n` values, itself included; NaN where they are all equal."""
    mean = rolling_mean(values, n)
    return ratio(values - mean, rolling_deviation(values, n))


def rolling_deviation(values: FloatColumn, n: int) -> FloatColumn:
    """Population standard deviation of the last `n` values in two passes; 0 where they are all equal."""
    result = np.full(len(values), np.nan)
    if len(values) < checked("n", n, 2):
        return result
    for first in range(0, len(values) - n + 1, _BLOCK):
        block = values[first : first + _BLOCK + n - 1]
        windows = np.lib.stride_tricks.sliding_window_view(block, n)
        deviation = windows.std(axis=1)
        deviation[windows.max(axis=1) == windows.min(axis=1)] = 0.0
        result[first + n - 1 : first + n - 1 + len(deviation)] = deviation
    return result


_BLOCK = 65_536
"""Windows worked on at a time, so that memory does not grow with history."""
