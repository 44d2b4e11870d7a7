"""Cross-validation over all halves of the time, on cases whose answer is known."""

import math

import numpy as np

from tradingbot.analysis.overfitting import probability_of_overfitting


def test_the_best_of_one_part_that_loses_in_the_other_is_overfitted() -> None:
    """Two parts and two configurations that change places: always below."""
    wave = np.tile([0.01, 0.02], 10)
    returns = np.vstack([np.column_stack([wave, -wave]), np.column_stack([-wave, wave])])

    assert probability_of_overfitting(returns, parts=2) == 1.0


def test_a_configuration_that_always_wins_is_not() -> None:
    """Never below."""
    wave = np.tile([0.01, 0.02], 20)

    assert probability_of_overfitting(np.column_stack([wave, -wave, 0.1 * wave - 0.01])) == 0.0


def test_equal_configurations_cannot_be_told_apart() -> None:
    """The best of equals stands at the median: that counts as overfitted, never as proof."""
    wave = np.tile([0.01, -0.02], 20)

    assert probability_of_overfitting(np.column_stack([wave, wave, wave])) == 1.0


def test_too_little_gives_no_number() -> None:
    """One configuration, or fewer than two days a part."""
    assert math.isnan(probability_of_overfitting(np.zeros((100, 1))))
    assert math.isnan(probability_of_overfitting(np.zeros((19, 5))))
