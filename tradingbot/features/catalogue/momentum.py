"""Features of momentum."""

from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.features.feature import ema_warmup, feature, wilder_warmup
from tradingbot.features.momentum import cci, cmo, log_momentum, roc, rsi, stochastic, trix, williams_r
from tradingbot.features.statistics import efficiency


@feature(warmup=2)
def return_1(candles: Candles) -> FloatColumn:
    """Log return of the last candle."""
    return log_momentum(candles.close, 1)


@feature(warmup=13)
def return_12(candles: Candles) -> FloatColumn:
    """Log return of the last 12 candles."""
    return log_momentum(candles.close, 12)


@feature(warmup=97)
def return_96(candles: Candles) -> FloatColumn:
    """Log return of the last 96 candles."""
    return log_momentum(candles.close, 96)


@feature(warmup=11)
def roc_10(candles: Candles) -> FloatColumn:
    """Change of the close over 10 candles, as a fraction."""
    return roc(candles.close, 10)


@feature(warmup=wilder_warmup(14))
def rsi_14(candles: Candles) -> FloatColumn:
    """Relative strength index, 0 to 100."""
    return rsi(candles.close, 14)


@feature(warmup=wilder_warmup(14))
def cmo_14(candles: Candles) -> FloatColumn:
    """Chande's momentum oscillator, -100 to 100."""
    return cmo(candles.close, 14)


@feature(warmup=18)
def stochastic_k_14(candles: Candles) -> FloatColumn:
    """Slow %K, 0 to 100."""
    return stochastic(candles.high, candles.low, candles.close, 14).k


@feature(warmup=18)
def stochastic_d_14(candles: Candles) -> FloatColumn:
    """Slow %D, 0 to 100."""
    return stochastic(candles.high, candles.low, candles.close, 14).d


@feature(warmup=14)
def williams_r_14(candles: Candles) -> FloatColumn:
    """Williams' %R, -100 to 0."""
    return williams_r(candles.high, candles.low, candles.close, 14)


@feature(warmup=20)
def cci_20(candles: Candles) -> FloatColumn:
    """Commodity channel index."""
    return cci(candles.high, candles.low, candles.close, 20)


@feature(warmup=3 * ema_warmup(15))
def trix_15(candles: Candles) -> FloatColumn:
    """One-candle change, in percent, of the triple-smoothed average."""
    return trix(candles.close, 15)


@feature(warmup=11)
def efficiency_10(candles: Candles) -> FloatColumn:
    """Net change over 10 candles divided by the way travelled, 0 to 1."""
    return efficiency(candles.close, 10)
