"""Features of volatility; yearly figures count 365 days."""

from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.features.columns import ratio
from tradingbot.features.feature import ema_warmup, feature, wilder_warmup
from tradingbot.features.statistics import percent_rank
from tradingbot.features.volatility import (
    Bands,
    atr,
    bollinger,
    donchian,
    garman_klass,
    keltner,
    parkinson,
    realised_volatility,
    true_range,
)

DAYS = 365


def _place(values: FloatColumn, bands: Bands) -> FloatColumn:
    """0 at the lower band, 1 at the upper one."""
    return ratio(values - bands.lower, bands.upper - bands.lower)


@feature(warmup=2)
def true_range_share(candles: Candles) -> FloatColumn:
    """True range as a fraction of the close."""
    return true_range(candles.high, candles.low, candles.close) / candles.close


@feature(warmup=wilder_warmup(14))
def atr_14_share(candles: Candles) -> FloatColumn:
    """Average true range as a fraction of the close."""
    return atr(candles.high, candles.low, candles.close, 14) / candles.close


@feature(warmup=20)
def bollinger_20_place(candles: Candles) -> FloatColumn:
    """Place of the close between the Bollinger bands, 0 at the lower, 1 at the upper."""
    return _place(candles.close, bollinger(candles.close, 20))


@feature(warmup=20)
def bollinger_20_width(candles: Candles) -> FloatColumn:
    """Width of the Bollinger bands as a fraction of their middle."""
    bands = bollinger(candles.close, 20)
    return (bands.upper - bands.lower) / bands.middle


@feature(warmup=max(ema_warmup(20), wilder_warmup(20)))
def keltner_20_place(candles: Candles) -> FloatColumn:
    """Place of the close in the Keltner channel, 0 at the lower, 1 at the upper edge."""
    return _place(candles.close, keltner(candles.high, candles.low, candles.close, 20))


@feature(warmup=20)
def donchian_20_place(candles: Candles) -> FloatColumn:
    """Place of the close in the Donchian channel, 0 at the lowest low, 1 at the highest high."""
    return _place(candles.close, donchian(candles.high, candles.low, 20))


@feature(warmup=31)
def realised_volatility_30(candles: Candles) -> FloatColumn:
    """Volatility of the last 30 log returns, a fraction a year."""
    return realised_volatility(candles.close, 30, DAYS * candles.timeframe.per_day)


@feature(warmup=30)
def parkinson_30(candles: Candles) -> FloatColumn:
    """Volatility from the ranges of the last 30 candles, a fraction a year."""
    return parkinson(candles.high, candles.low, 30, DAYS * candles.timeframe.per_day)


@feature(warmup=30)
def garman_klass_30(candles: Candles) -> FloatColumn:
    """Volatility from all four prices of the last 30 candles, a fraction a year."""
    return garman_klass(candles, 30, DAYS * candles.timeframe.per_day)


@feature(warmup=101)
def volatility_10_100(candles: Candles) -> FloatColumn:
    """Volatility of the last 10 log returns over that of the last 100: above 1 in a wild market."""
    return ratio(realised_volatility(candles.close, 10, 1.0), realised_volatility(candles.close, 100, 1.0))


@feature(warmup=111)
def volatility_10_rank(candles: Candles) -> FloatColumn:
    """Share, in percent, of the 100 values before it that the 10-candle volatility exceeds."""
    return percent_rank(realised_volatility(candles.close, 10, 1.0), 100)
