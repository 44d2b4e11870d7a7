"""Every feature and strategy found by discovery passes the causality checks; adding one adds its tests."""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.generated import coarse, gappy, walk
from tests.support.real import hourly
from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.checks import Function, check_all
from tradingbot.features.feature import Feature
from tradingbot.features.higher import on_timeframe, resample
from tradingbot.features.registry import discover_features
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.guard import evaluate
from tradingbot.strategies.registry import discover

FEATURES = discover_features()
STRATEGIES = discover()

H1, H4 = Timeframe.H1, Timeframe.H4


@pytest.fixture(scope="module")
def generated() -> Candles:
    """A hundred days of hours with gaps and a standstill, beside a leading symbol with other gaps."""
    return gappy(2_400)


@pytest.fixture(scope="module")
def real(market_data: Path) -> Candles:
    """SOLUSDT from 2020 on beside BTCUSDT, hour by hour, the exchange's outages included."""
    return hourly(market_data, "SOLUSDT").with_reference(hourly(market_data, "BTCUSDT"))


def column_of(feature: Feature) -> Function:
    return lambda candles: {feature.name: feature(candles)}


def columns_of(strategy: Strategy) -> Function:
    def columns(candles: Candles) -> Mapping[str, NDArray[Any]]:
        signals = strategy.signals(candles)
        named = {field.name: getattr(signals, field.name) for field in fields(Signals)}
        return {name: column for name, column in named.items() if column is not None}

    return columns


@pytest.mark.parametrize("name", FEATURES)
def test_features_are_causal(name: str, generated: Candles) -> None:
    """A feature depends on its own candle, its warm-up, and nothing else."""
    feature = FEATURES[name]
    column = feature(generated)

    assert check_all(column_of(feature), generated, feature.warmup, np.random.default_rng(1)) == []
    assert (len(generated),) == column.shape
    assert np.isfinite(column[feature.warmup - 1 :]).mean() > 0.8


@pytest.mark.parametrize("name", FEATURES)
def test_features_are_causal_on_a_higher_timeframe(name: str) -> None:
    """A feature seen on 4h candles from 1h ones depends on closed 4h candles alone."""
    feature = on_timeframe(FEATURES[name], H4, H1)
    candles = gappy(feature.warmup + 400)

    assert check_all(column_of(feature), candles, feature.warmup, np.random.default_rng(2)) == []
    assert np.isfinite(feature(candles)[-1])


@pytest.mark.market_data
@pytest.mark.parametrize("name", FEATURES)
def test_features_are_causal_on_real_candles(name: str, real: Candles) -> None:
    """The same holds with the gaps and the crashes of a real market."""
    feature = FEATURES[name]
    recent = real[-feature.warmup - 4_000 :]

    assert check_all(column_of(feature), recent, feature.warmup, np.random.default_rng(3)) == []


@pytest.mark.parametrize("name", STRATEGIES)
def test_strategies_are_causal(name: str) -> None:
    """What a strategy says depends on its own candle, its warm-up, and nothing else; and it does say something."""
    strategy = STRATEGIES[name]()
    candles = gappy(strategy.warmup + 1_500, timeframe=strategy.timeframe)
    signals = evaluate(strategy, candles)

    assert check_all(columns_of(strategy), candles, strategy.warmup, np.random.default_rng(4)) == []
    assert signals.enter.any()
    assert signals.exit.any()


@pytest.mark.market_data
@pytest.mark.parametrize("name", STRATEGIES)
def test_strategies_are_causal_on_real_candles(name: str, real: Candles) -> None:
    """The same holds with the gaps and the crashes of a real market."""
    strategy = STRATEGIES[name]()
    candles = real if strategy.timeframe is H1 else resample(real, strategy.timeframe)

    assert check_all(columns_of(strategy), candles, strategy.warmup, np.random.default_rng(5)) == []
    assert evaluate(strategy, candles).enter.any()


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_newest_signal_is_the_batch_one(name: str) -> None:
    """The signal at the last of the candles known live is the one of the long batch, all checks included."""
    strategy = STRATEGIES[name]()
    candles = gappy(strategy.warmup + 400, timeframe=strategy.timeframe)
    batch = evaluate(strategy, candles)

    for last in range(len(candles) - 40, len(candles)):
        newest = evaluate(strategy, candles[last + 1 - strategy.warmup : last + 1])

        assert (batch.enter[last], batch.exit[last]) == (newest.enter[-1], newest.exit[-1])


@pytest.mark.parametrize("name", STRATEGIES)
def test_ties_do_not_depend_on_history(name: str) -> None:
    """On a coarse price grid, where averages often tie, live and batch still say the same: rounding decides nothing."""
    strategy = STRATEGIES[name]()
    candles = coarse(walk(strategy.warmup + 4_000, timeframe=strategy.timeframe, swing=0.001), 0.1)
    batch = evaluate(strategy, candles)

    for last in range(len(candles) - 1_500, len(candles)):
        newest = strategy.signals(candles[last + 1 - strategy.warmup : last + 1])

        assert (batch.enter[last], batch.exit[last]) == (newest.enter[-1], newest.exit[-1])
