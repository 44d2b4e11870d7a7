"""What trials leave of a Sharpe ratio, against numbers worked by hand."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from tradingbot.analysis.deflated import (
    EULER_MASCHERONI,
    deflated_sharpe,
    expected_maximum,
    minimum_track_record,
    probabilistic_sharpe,
)
from tradingbot.analysis.sharpe import sharpe

RETURNS = np.tile([0.03, 0.01, -0.02, -0.01], 25)
NORMAL = NormalDist()


def by_hand(benchmark: float) -> float:
    """Equation 2 written out for RETURNS: mean 0.0025, deviations 275, 75, -225, -125 (1e-4)."""
    deviations = np.array([0.0275, 0.0075, -0.0225, -0.0125])
    second, third, fourth = (float(np.mean(deviations**k)) for k in (2, 3, 4))
    ratio = 0.0025 / math.sqrt(second * 100 / 99)
    skew, kurtosis = third / second**1.5, fourth / second**2
    spread = math.sqrt(1.0 - skew * ratio + (kurtosis - 1.0) / 4.0 * ratio**2)
    return NORMAL.cdf((ratio - benchmark) * math.sqrt(99) / spread)


def test_the_probabilistic_ratio_by_hand() -> None:
    """Above 0 and above a tenth a day."""
    assert probabilistic_sharpe(RETURNS, 0.0) == pytest.approx(by_hand(0.0), rel=1e-12)
    assert probabilistic_sharpe(RETURNS, 0.1) == pytest.approx(by_hand(0.1), rel=1e-12)


def test_a_ratio_equal_to_the_benchmark_is_a_coin_toss() -> None:
    """One half."""
    assert probabilistic_sharpe(RETURNS, sharpe(RETURNS)) == pytest.approx(0.5)


def test_the_expected_maximum_by_hand() -> None:
    """Ten trials with a spread of a tenth."""
    high, higher = NORMAL.inv_cdf(0.9), NORMAL.inv_cdf(1.0 - 1.0 / (10.0 * math.e))

    assert expected_maximum(10, 0.01) == pytest.approx(
        0.1 * ((1.0 - EULER_MASCHERONI) * high + EULER_MASCHERONI * higher)
    )


def test_the_example_of_the_paper() -> None:
    """A ratio of 2.5 a year over 1,250 days, skewness -3, kurtosis 10, best of 100 trials: 90 %, as published.

    Only two values with a share of 105 in 1,250 for the lower one have these moments; a year has 250 days there.
    """
    draws = np.repeat([0.0, 1.0], [105, 1_145])
    standard = (draws - draws.mean()) / draws.std(ddof=1)
    returns = 0.01 * (standard + 2.5 / math.sqrt(250.0))

    assert expected_maximum(100, 0.5 / 250.0) == pytest.approx(0.1132, abs=5e-5)
    assert deflated_sharpe(returns, 100, 0.5 / 250.0) == pytest.approx(0.9004, abs=5e-4)


def test_one_trial_needs_no_deflating_and_unknown_trials_allow_none() -> None:
    """Several trials without a known spread give no number that could pass for a deflated one."""
    assert expected_maximum(1, math.nan) == 0.0
    assert math.isnan(expected_maximum(2, math.nan))
    assert math.isnan(deflated_sharpe(RETURNS, 2, math.nan))


def test_the_needed_days_are_those_at_which_the_chance_is_reached() -> None:
    """Put back into equation 2, they give the level."""
    days = minimum_track_record(RETURNS, 0.02)
    chance = probabilistic_sharpe(RETURNS, 0.02)
    scaled = NORMAL.inv_cdf(chance) * math.sqrt((days - 1.0) / (len(RETURNS) - 1.0))

    assert NORMAL.cdf(scaled) == pytest.approx(0.95)


def test_no_days_are_enough_for_a_ratio_below_its_benchmark() -> None:
    """Infinite; NaN where the ratio is not defined."""
    assert math.isinf(minimum_track_record(RETURNS, 1.0))
    assert math.isnan(minimum_track_record(np.full(40, 0.01), 0.0))
    assert math.isnan(minimum_track_record(RETURNS, math.nan))
