"""Every feature and strategy found by discovery passes the causality checks; adding one adds its tests."""

import numpy as np
import pytest

from tests.support.generated import gappy
from tradingbot.domain.candles import Candles
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.checks import Function, check_all
from tradingbot.features.feature import Feature
from tradingbot.features.higher import on_timeframe
from tradingbot.features.registry import discover_features

FEATURES = discover_features()


@pytest.fixture(scope="module")
def generated() -> Candles:
    """Three months of hours with gaps and a standstill."""
    return gappy(2_400)


def column_of(feature: Feature) -> Function:
    return lambda candles: {feature.name: feature(candles)}


@pytest.mark.parametrize("name", FEATURES)
def test_features_are_causal(name: str, generated: Candles) -> None:
    """A feature depends on its own candle, its warm-up, and nothing else."""
    feature = FEATURES[name]

    assert check_all(column_of(feature), generated, feature.warmup, np.random.default_rng(1)) == []
    assert feature(generated).shape == (len(generated),)
    assert np.isfinite(feature(generated)[feature.warmup :]).mean() > 0.5
