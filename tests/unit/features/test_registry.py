"""Features are found by discovery, and declare what they are."""

import numpy as np

from tests.support.generated import walk
from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.features.feature import ema_warmup, feature, settled, wilder_warmup
from tradingbot.features.registry import discover_features


def test_a_feature_is_declared_by_its_function() -> None:
    """Name, warm-up and summary come from the function; calling it computes the column."""

    @feature(warmup=1)
    def middle(candles: Candles) -> FloatColumn:
        """Middle of each candle.

        More about it.
        """
        return (candles.high + candles.low) / 2.0

    candles = walk(5)

    assert (middle.name, middle.warmup, middle.summary) == ("middle", 1, "Middle of each candle.")
    np.testing.assert_allclose(middle(candles), (candles.high + candles.low) / 2.0)


def test_every_family_is_found() -> None:
    """Each module of the catalogue contributes, sorted by name, and each feature says what it is."""
    found = discover_features()

    assert {"sma_20_distance", "rsi_14", "atr_14_share", "mfi_14", "reference_beta_100"} <= set(found)
    assert list(found) == sorted(found)
    assert all(one.summary.endswith(".") and one.warmup >= 1 for one in found.values())


def test_warm_ups_let_the_start_be_forgotten() -> None:
    """After the warm-up the first value weighs less than 1e-13; one candle less would not do."""
    for smoothing in (2.0 / 21.0, 1.0 / 14.0):
        candles = settled(smoothing, 20) - 20

        assert (1.0 - smoothing) ** candles < 1e-13 <= (1.0 - smoothing) ** (candles - 1)
    assert ema_warmup(20) == settled(2.0 / 21.0, 20)
    assert wilder_warmup(14) == settled(1.0 / 14.0, 15)


def test_features_of_the_reference_are_unknown_without_one() -> None:
    """No reference, no invented number."""
    assert np.isnan(discover_features()["reference_beta_100"](walk(300))).all()
