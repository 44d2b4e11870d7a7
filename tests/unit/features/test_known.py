"""An indicator starts anew after a value that is not known, and never makes a number of it."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from tests.support.generated import walk
from tradingbot.domain.candles import FloatColumn
from tradingbot.features import momentum, statistics, trend, volatility
from tradingbot.features.volume import obv

CANDLES = walk(300)
HIGH, LOW, CLOSE = CANDLES.high, CANDLES.low, CANDLES.close
HOLE = 120

Indicator = Callable[[FloatColumn], FloatColumn]

INDICATORS: Mapping[str, Indicator] = {
    "sma": lambda values: trend.sma(values, 10),
    "ema": lambda values: trend.ema(values, 10),
    "macd": lambda values: trend.macd(values).signal,
    "adx": lambda values: trend.adx(HIGH[: len(values)], LOW[: len(values)], values, 7),
    "slope": lambda values: trend.slope(values, 10),
    "rsi": lambda values: momentum.rsi(values, 14),
    "cmo": lambda values: momentum.cmo(values, 14),
    "trix": lambda values: momentum.trix(values, 5),
    "bollinger": lambda values: volatility.bollinger(values, 20).lower,
    "deviation": lambda values: volatility.deviation(values, 20),
    "donchian": lambda values: volatility.donchian(values, values, 10).upper,
    "percent_rank": lambda values: statistics.percent_rank(values, 10),
}


def with_hole() -> FloatColumn:
    values = CLOSE.copy()
    values[HOLE] = np.nan
    return values


@pytest.mark.parametrize("name", INDICATORS)
def test_an_unknown_value_makes_its_own_candle_unknown_and_not_the_rest(name: str) -> None:
    """TA-Lib would make an average unknown for ever, and would give an RSI or an extreme of the unknown."""
    found = INDICATORS[name](with_hole())

    np.testing.assert_array_equal(found[:HOLE], INDICATORS[name](CLOSE[:HOLE]))
    assert np.isnan(found[HOLE : HOLE + 5]).all()
    assert np.isfinite(found[-100:]).all()


def test_after_it_the_indicator_starts_anew() -> None:
    """The rest is what the candles after it give alone."""
    np.testing.assert_array_equal(momentum.rsi(with_hole())[HOLE + 1 :], momentum.rsi(CLOSE[HOLE + 1 :]))


def test_every_column_of_an_indicator_is_heeded() -> None:
    """A hole in one of three columns, given by position or by name, and in each field of the answer."""
    for found in (
        *momentum.stochastic(with_hole(), LOW, CLOSE),
        volatility.atr(high=HIGH, low=with_hole(), close=CLOSE, n=7),
        trend.adx(HIGH, LOW, close=with_hole(), n=7),
    ):
        assert np.isnan(found[HOLE : HOLE + 7]).all()
        assert np.isfinite(found[-100:]).all()
    assert np.isnan(obv(CLOSE, with_hole())).sum() == 1


def test_a_column_without_a_known_value_stays_unknown() -> None:
    """Nothing is made of nothing, and the answer keeps its fields."""
    nothing = np.full(50, np.nan)

    assert np.isnan(trend.sma(nothing, 5)).all()
    assert all(np.isnan(column).all() for column in volatility.bollinger(nothing, 5))
    assert [len(column) for column in trend.macd(nothing[:0])] == [0, 0, 0]
