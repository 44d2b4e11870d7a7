"""Volatility: how far the price swings. Columns in, columns out, NaN during warm-up."""

import math
from typing import NamedTuple

import numpy as np
import talib

from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.features.columns import log_returns, rolling_mean
from tradingbot.features.known import restarting


class Bands(NamedTuple):
    """A channel around the price, in price units."""

    upper: FloatColumn
    middle: FloatColumn
    lower: FloatColumn


@restarting
def bollinger(values: FloatColumn, n: int = 20, width: float = 2.0) -> Bands:
    """Bollinger bands: SMA(n) plus and minus `width` population standard deviations (Bollinger 2001).

    Where the last `n` values are equal all three are that value: rounding in a running sum must not place the price
    above or below its own bands.
    """
    bands = Bands(*talib.BBANDS(values, n, width, width))
    moved = values[1:] != values[:-1]
    if len(moved) - np.count_nonzero(moved) >= n - 1:
        last_move = np.maximum.accumulate(np.append(0, np.arange(1, len(values)) * moved))
        flat = np.arange(len(values)) - last_move >= n - 1
        for band in bands:
            band[flat] = values[flat]
    return bands


@restarting
def keltner(high: FloatColumn, low: FloatColumn, close: FloatColumn, n: int = 20, width: float = 2.0) -> Bands:
    """Keltner channel in Raschke's form: EMA(n) of the close plus and minus `width` ATR(n)."""
    middle = talib.EMA(close, n)
    half = width * talib.ATR(high, low, close, n)
    return Bands(middle + half, middle, middle - half)


@restarting
def donchian(high: FloatColumn, low: FloatColumn, n: int = 20) -> Bands:
    """Donchian channel: highest high and lowest low of the last `n` candles, this one included, and their middle."""
    # Twice as fast as DONCHIAN, which does the same.
    upper, lower = talib.MAX(high, n), talib.MIN(low, n)
    return Bands(upper, (upper + lower) / 2.0, lower)


def true_range(high: FloatColumn, low: FloatColumn, close: FloatColumn) -> FloatColumn:
    """max(high, previous close) - min(low, previous close), in price units; NaN on the first candle (Wilder 1978)."""
    return talib.TRANGE(high, low, close)


@restarting
def atr(high: FloatColumn, low: FloatColumn, close: FloatColumn, n: int = 14) -> FloatColumn:
    """Average true range with Wilder's smoothing 1 / n, in price units (Wilder 1978)."""
    return talib.ATR(high, low, close, n)


@restarting
def deviation(values: FloatColumn, n: int) -> FloatColumn:
    """Population standard deviation of the last `n` values, in units of `values`."""
    return talib.STDDEV(values, n, 1.0)


def realised_volatility(close: FloatColumn, n: int, per_year: float) -> FloatColumn:
    """sqrt(per_year x mean of the last `n` squared log returns): a fraction a year, the mean return taken as zero.

    `per_year` is the number of candles in a year of 365 days (Andersen and Bollerslev 1998).
    """
    return np.sqrt(per_year * rolling_mean(log_returns(close) ** 2, n))


def parkinson(high: FloatColumn, low: FloatColumn, n: int, per_year: float) -> FloatColumn:
    """Volatility from the mean of ln(high / low)^2 / (4 ln 2) over `n` candles: a fraction a year (Parkinson 1980)."""
    variance = rolling_mean(np.log(high / low) ** 2, n) / (4.0 * math.log(2.0))
    return np.sqrt(per_year * variance)


def garman_klass(candles: Candles, n: int, per_year: float) -> FloatColumn:
    """Volatility from the four prices of the last `n` candles: a fraction a year (Garman and Klass 1980).

    Variance of a candle: 0.5 ln(high / low)^2 - (2 ln 2 - 1) ln(close / open)^2. It is blind to jumps between candles.
    """
    drift = (2.0 * math.log(2.0) - 1.0) * np.log(candles.close / candles.open) ** 2
    variance = 0.5 * np.log(candles.high / candles.low) ** 2 - drift
    # |ln(close / open)| is at most ln(high / low), so only rounding can make a candle's variance negative.
    return np.sqrt(per_year * rolling_mean(np.maximum(variance, 0.0), n))
