"""Trend: averages, and how strongly the price moves one way. Columns in, columns out, NaN during warm-up."""

from typing import NamedTuple

import talib

from tradingbot.domain.candles import FloatColumn
from tradingbot.features.known import restarting


class Macd(NamedTuple):
    """Difference of two exponential averages, its own average, and the difference of both."""

    line: FloatColumn
    signal: FloatColumn
    histogram: FloatColumn


class Aroon(NamedTuple):
    """How lately the lowest low and the highest high came, 100 for this candle, 0 for `n` candles ago."""

    down: FloatColumn
    up: FloatColumn


@restarting
def sma(values: FloatColumn, n: int) -> FloatColumn:
    """Simple moving average of the last `n` values."""
    return talib.SMA(values, n)


@restarting
def ema(values: FloatColumn, n: int) -> FloatColumn:
    """Exponential moving average with smoothing 2 / (n + 1), started from the simple average of the first `n`."""
    return talib.EMA(values, n)


@restarting
def wma(values: FloatColumn, n: int) -> FloatColumn:
    """Average of the last `n` values with weights 1 (oldest) to n (newest)."""
    return talib.WMA(values, n)


@restarting
def dema(values: FloatColumn, n: int) -> FloatColumn:
    """Double exponential average, 2 EMA - EMA(EMA) (Mulloy 1994)."""
    return talib.DEMA(values, n)


@restarting
def tema(values: FloatColumn, n: int) -> FloatColumn:
    """Triple exponential average, 3 EMA - 3 EMA(EMA) + EMA(EMA(EMA)) (Mulloy 1994)."""
    return talib.TEMA(values, n)


@restarting
def kama(values: FloatColumn, n: int) -> FloatColumn:
    """Kaufman's adaptive average: fast in a trend, slow in noise (Kaufman 1995)."""
    return talib.KAMA(values, n)


@restarting
def hma(values: FloatColumn, n: int) -> FloatColumn:
    """Hull's average: WMA of length sqrt(n) over 2 WMA(n / 2) - WMA(n) (Hull 2005)."""
    return talib.HMA(values, n)


@restarting
def macd(values: FloatColumn, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Moving average convergence/divergence (Appel 1979), in units of `values`."""
    return Macd(*talib.MACD(values, fast, slow, signal))


@restarting
def adx(high: FloatColumn, low: FloatColumn, close: FloatColumn, n: int = 14) -> FloatColumn:
    """Average directional index, 0 to 100: strength of a trend, whatever its direction (Wilder 1978)."""
    return talib.ADX(high, low, close, n)


@restarting
def plus_di(high: FloatColumn, low: FloatColumn, close: FloatColumn, n: int = 14) -> FloatColumn:
    """Wilder's positive directional indicator, 0 to 100."""
    return talib.PLUS_DI(high, low, close, n)


@restarting
def minus_di(high: FloatColumn, low: FloatColumn, close: FloatColumn, n: int = 14) -> FloatColumn:
    """Wilder's negative directional indicator, 0 to 100."""
    return talib.MINUS_DI(high, low, close, n)


@restarting
def aroon(high: FloatColumn, low: FloatColumn, n: int = 25) -> Aroon:
    """Aroon down and up, 0 to 100 each (Chande 1995)."""
    return Aroon(*talib.AROON(high, low, n))


@restarting
def slope(values: FloatColumn, n: int) -> FloatColumn:
    """Slope of the least-squares line through the last `n` values, units of `values` a candle."""
    return talib.LINEARREG_SLOPE(values, n)
