"""Features of trend, free of the price's level."""

from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.features.feature import ema_warmup, feature, wilder_warmup
from tradingbot.features.trend import adx, aroon, ema, hma, macd, minus_di, plus_di, slope, sma


@feature(warmup=20)
def sma_20_distance(candles: Candles) -> FloatColumn:
    """Close over its 20-candle average, less 1."""
    return candles.close / sma(candles.close, 20) - 1.0


@feature(warmup=50)
def sma_50_distance(candles: Candles) -> FloatColumn:
    """Close over its 50-candle average, less 1."""
    return candles.close / sma(candles.close, 50) - 1.0


@feature(warmup=200)
def sma_200_distance(candles: Candles) -> FloatColumn:
    """Close over its 200-candle average, less 1."""
    return candles.close / sma(candles.close, 200) - 1.0


@feature(warmup=50)
def sma_20_50_gap(candles: Candles) -> FloatColumn:
    """20-candle average of the close over the 50-candle one, less 1."""
    return sma(candles.close, 20) / sma(candles.close, 50) - 1.0


@feature(warmup=ema_warmup(12))
def ema_12_distance(candles: Candles) -> FloatColumn:
    """Close over its 12-candle exponential average, less 1."""
    return candles.close / ema(candles.close, 12) - 1.0


@feature(warmup=ema_warmup(50))
def ema_50_distance(candles: Candles) -> FloatColumn:
    """Close over its 50-candle exponential average, less 1."""
    return candles.close / ema(candles.close, 50) - 1.0


@feature(warmup=25)
def hma_20_distance(candles: Candles) -> FloatColumn:
    """Close over Hull's 20-candle average, less 1."""
    return candles.close / hma(candles.close, 20) - 1.0


@feature(warmup=ema_warmup(26))
def macd_line(candles: Candles) -> FloatColumn:
    """MACD (12, 26) as a fraction of the close."""
    return macd(candles.close).line / candles.close


@feature(warmup=ema_warmup(26) + ema_warmup(9))
def macd_histogram(candles: Candles) -> FloatColumn:
    """MACD (12, 26) less its 9-candle signal line, as a fraction of the close."""
    return macd(candles.close).histogram / candles.close


@feature(warmup=2 * wilder_warmup(14))
def adx_14(candles: Candles) -> FloatColumn:
    """Average directional index, 0 to 100."""
    return adx(candles.high, candles.low, candles.close, 14)


@feature(warmup=wilder_warmup(14))
def di_gap_14(candles: Candles) -> FloatColumn:
    """Positive less negative directional indicator, -100 to 100."""
    prices = (candles.high, candles.low, candles.close)
    return plus_di(*prices, 14) - minus_di(*prices, 14)


@feature(warmup=26)
def aroon_25(candles: Candles) -> FloatColumn:
    """Aroon up less Aroon down, -100 to 100."""
    down, up = aroon(candles.high, candles.low, 25)
    return up - down


@feature(warmup=20)
def slope_20(candles: Candles) -> FloatColumn:
    """Slope of the line through the last 20 closes, as a fraction of the close a candle."""
    return slope(candles.close, 20) / candles.close
