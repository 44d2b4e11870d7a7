"""Volatility indicators against their formulas."""

import math

import numpy as np
import pytest

from tests.support.generated import walk
from tests.unit.features.test_trend import exponential, smoothed, windows
from tradingbot.domain.candles import FloatColumn
from tradingbot.features.volatility import (
    atr,
    bollinger,
    deviation,
    donchian,
    garman_klass,
    keltner,
    parkinson,
    realised_volatility,
    true_range,
)

CANDLES = walk(400)
HIGH, LOW, CLOSE = CANDLES.high, CANDLES.low, CANDLES.close
YEAR = 365.0 * 24.0


def spans() -> FloatColumn:
    previous = np.append(np.nan, CLOSE[:-1])
    span: FloatColumn = np.maximum(HIGH, previous) - np.minimum(LOW, previous)
    return span


def test_bollinger_bands_are_population_deviations_away() -> None:
    """The bands lie two standard deviations (divided by n) around the mean; flat prices have no width."""
    upper, middle, lower = bollinger(CLOSE, 20, 2.0)
    mean, spread = windows(CLOSE, 20).mean(axis=1), windows(CLOSE, 20).std(axis=1)

    np.testing.assert_allclose(upper[19:], mean + 2.0 * spread, rtol=1e-10)
    np.testing.assert_allclose(lower[19:], mean - 2.0 * spread, rtol=1e-10)
    np.testing.assert_allclose(middle[19:], mean, rtol=1e-12)
    np.testing.assert_allclose(deviation(CLOSE, 20)[19:], spread, rtol=1e-8)


@pytest.mark.parametrize("scale", [1e-7, 1e-4, 1.0, 3.0, 1e4])
def test_bollinger_bands_of_a_standstill_are_the_price(scale: float) -> None:
    """Once 20 closes are equal the bands are that close to the last digit, whatever moved before and at any price."""
    values = scale * np.concatenate((CLOSE[:60], np.full(40, CLOSE[60]), CLOSE[61:]))
    for band in bollinger(values, 20, 2.0):
        np.testing.assert_array_equal(band[79:100], values[79:100])
        assert band[78] != values[78]
        assert band[100] != values[100]


def test_true_range_counts_the_gap() -> None:
    """The range reaches to the previous close; the first candle has none."""
    np.testing.assert_allclose(true_range(HIGH, LOW, CLOSE), spans(), rtol=1e-12)


def test_atr_follows_wilder() -> None:
    """The average true range starts from a mean and follows the recursion."""
    np.testing.assert_allclose(atr(HIGH, LOW, CLOSE, 14)[14:], smoothed(spans(), 14, 1.0 / 14.0)[14:], rtol=1e-10)


def test_keltner_channel_is_an_ema_and_atrs() -> None:
    """The channel lies two ATRs around the EMA."""
    upper, middle, lower = keltner(HIGH, LOW, CLOSE, 20, 2.0)

    np.testing.assert_allclose(middle, exponential(CLOSE, 20), rtol=1e-12)
    np.testing.assert_allclose(upper - middle, 2.0 * smoothed(spans(), 20, 0.05), rtol=1e-9)
    np.testing.assert_allclose(upper - middle, middle - lower, rtol=1e-9)


def test_donchian_channel_includes_its_own_candle() -> None:
    """Highest high and lowest low of the last n candles."""
    upper, middle, lower = donchian(HIGH, LOW, 20)

    np.testing.assert_array_equal(upper[19:], windows(HIGH, 20).max(axis=1))
    np.testing.assert_array_equal(lower[19:], windows(LOW, 20).min(axis=1))
    np.testing.assert_allclose(middle, (upper + lower) / 2.0)


def test_realised_volatility_is_annualised() -> None:
    """A steady 1 % move a candle is 1 % times the root of the candles in a year."""
    zigzag = np.exp(0.01 * (np.arange(50) % 2))

    assert realised_volatility(zigzag, 30, YEAR)[-1] == pytest.approx(0.01 * math.sqrt(YEAR), rel=1e-12)
    assert np.isnan(realised_volatility(zigzag, 30, YEAR)[:30]).all()


def test_a_standstill_has_no_volatility() -> None:
    """After a crash and a standstill the volatility is 0, not what a running sum has kept of the crash."""
    values = np.concatenate(([80.0, 1e-4, 3.0], np.full(40, 3.0)))

    assert realised_volatility(values, 30, YEAR)[-1] == 0.0


@pytest.mark.parametrize("name", ["parkinson", "garman_klass"])
def test_range_estimators_find_the_volatility_of_a_random_walk(name: str) -> None:
    """On finely sampled walks both estimators agree with the true volatility within 4 %."""
    steps = np.random.default_rng(5).normal(0.0, 0.01 / math.sqrt(600.0), (4_000, 600))
    paths = np.exp(np.concatenate((np.zeros((4_000, 1)), steps.cumsum(axis=1)), axis=1))
    high, low = paths.max(axis=1), paths.min(axis=1)
    candles = walk(4_000)
    drawn = type(candles)(
        "BTCUSDT", candles.timeframe, candles.open_time, np.ones(4_000), high, low, paths[:, -1], high, high
    )
    found = parkinson(high, low, 4_000, 1.0) if name == "parkinson" else garman_klass(drawn, 4_000, 1.0)

    assert found[-1] == pytest.approx(0.01, rel=0.04)
