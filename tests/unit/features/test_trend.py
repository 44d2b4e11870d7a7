"""Trend indicators against their formulas, written out candle by candle."""

import numpy as np
import pytest

from tests.support.generated import walk
from tradingbot.domain.candles import FloatColumn
from tradingbot.features.trend import adx, aroon, dema, ema, hma, kama, macd, minus_di, plus_di, slope, sma, tema, wma

CANDLES = walk(400)
CLOSE = CANDLES.close


def windows(values: FloatColumn, n: int) -> FloatColumn:
    return np.lib.stride_tricks.sliding_window_view(values, n)


def smoothed(values: FloatColumn, n: int, weight: float) -> FloatColumn:
    """A recursive average that starts from the mean of the first `n` known values."""
    first = int(np.flatnonzero(np.isfinite(values))[0]) + n - 1
    result = np.full(len(values), np.nan)
    result[first] = values[first - n + 1 : first + 1].mean()
    for at in range(first + 1, len(values)):
        result[at] = result[at - 1] + weight * (values[at] - result[at - 1])
    return result


def exponential(values: FloatColumn, n: int) -> FloatColumn:
    return smoothed(values, n, 2.0 / (n + 1.0))


def test_sma_is_the_mean_of_the_last_values() -> None:
    """The simple average is known from the n-th value on."""
    average = sma(CLOSE, 20)

    assert np.isnan(average[:19]).all()
    np.testing.assert_allclose(average[19:], windows(CLOSE, 20).mean(axis=1), rtol=1e-12)


def test_wma_weighs_the_newest_most() -> None:
    """Weights are 1 to n."""
    weights = np.arange(1.0, 11.0)

    np.testing.assert_allclose(wma(CLOSE, 10)[9:], windows(CLOSE, 10) @ weights / weights.sum(), rtol=1e-12)


@pytest.mark.parametrize("n", [2, 12, 26])
def test_ema_starts_from_the_simple_average(n: int) -> None:
    """The exponential average follows its recursion from the mean of the first n."""
    np.testing.assert_allclose(ema(CLOSE, n), exponential(CLOSE, n), rtol=1e-12)


def test_nested_averages_combine_emas() -> None:
    """DEMA and TEMA are made of EMAs of EMAs."""
    first = exponential(CLOSE, 10)
    second = exponential(first, 10)
    third = exponential(second, 10)

    np.testing.assert_allclose(dema(CLOSE, 10), 2.0 * first - second, rtol=1e-12)
    np.testing.assert_allclose(tema(CLOSE, 10), 3.0 * first - 3.0 * second + third, rtol=1e-12)


def test_hull_average_is_made_of_weighted_ones() -> None:
    """HMA(16) is the WMA(4) of 2 WMA(8) - WMA(16)."""
    expected = wma(2.0 * wma(CLOSE, 8) - wma(CLOSE, 16), 4)

    np.testing.assert_allclose(hma(CLOSE, 16), expected, rtol=1e-12)


def test_kama_follows_a_trend_and_ignores_noise() -> None:
    """In a straight trend the adaptive average lags little, in a zigzag it hardly moves."""
    straight = np.linspace(100.0, 200.0, 200)
    zigzag = np.tile([100.0, 101.0], 100)

    assert straight[-1] - kama(straight, 10)[-1] < straight[-1] - sma(straight, 10)[-1]
    assert np.ptp(kama(zigzag, 10)[-50:]) < 0.1


def test_macd_is_the_gap_of_two_emas() -> None:
    """The line is fast less slow, the signal its EMA, the histogram the rest; the fast EMA starts with the slow one."""
    line, signal, histogram = macd(CLOSE, 12, 26, 9)

    np.testing.assert_allclose(line[250:], (exponential(CLOSE, 12) - exponential(CLOSE, 26))[250:], rtol=1e-7)
    np.testing.assert_allclose(signal[250:], exponential(line, 9)[250:], rtol=1e-9)
    np.testing.assert_allclose(histogram, line - signal, atol=1e-12)


def directional(n: int) -> tuple[FloatColumn, FloatColumn, FloatColumn]:
    """Wilder's +DI, -DI and ADX by his own recursion."""
    high, low, close = CANDLES.high, CANDLES.low, CLOSE
    up, down = np.diff(high, prepend=np.nan), -np.diff(low, prepend=np.nan)
    rise = np.where((up > down) & (up > 0.0), up, 0.0)
    fall = np.where((down > up) & (down > 0.0), down, 0.0)
    previous = np.append(np.nan, close[:-1])
    span = np.maximum(high, previous) - np.minimum(low, previous)
    rise[0] = fall[0] = np.nan
    ranges = smoothed(span, n, 1.0 / n)
    plus, minus = (100.0 * smoothed(move, n, 1.0 / n) / ranges for move in (rise, fall))
    return plus, minus, smoothed(100.0 * np.abs(plus - minus) / (plus + minus), n, 1.0 / n)


def test_directional_movement_follows_wilder() -> None:
    """+DI, -DI and ADX agree with Wilder's recursion once the start is forgotten."""
    plus, minus, strength = directional(7)
    prices = (CANDLES.high, CANDLES.low, CLOSE)

    np.testing.assert_allclose(plus_di(*prices, 7)[300:], plus[300:], rtol=1e-9)
    np.testing.assert_allclose(minus_di(*prices, 7)[300:], minus[300:], rtol=1e-9)
    np.testing.assert_allclose(adx(*prices, 7)[300:], strength[300:], rtol=1e-9)


def test_aroon_counts_candles_since_the_extreme() -> None:
    """100 where the extreme is the newest candle, 0 where it is n candles old."""
    down, up = aroon(CANDLES.high, CANDLES.low, 25)
    since_high = 25 - windows(CANDLES.high, 26).argmax(axis=1)
    since_low = 25 - windows(CANDLES.low, 26).argmin(axis=1)

    np.testing.assert_allclose(up[25:], 100.0 * (25 - since_high) / 25)
    np.testing.assert_allclose(down[25:], 100.0 * (25 - since_low) / 25)


def test_slope_is_that_of_the_least_squares_line() -> None:
    """The slope agrees with a polynomial fit."""
    expected = np.polyfit(np.arange(20), CLOSE[-20:], 1)[0]

    assert slope(CLOSE, 20)[-1] == pytest.approx(expected, rel=1e-9)
