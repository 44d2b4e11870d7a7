"""Statistics over moving windows."""

import numpy as np
import pytest

from tests.support.generated import walk
from tradingbot.features.statistics import beta, correlation, efficiency, percent_rank

FIRST, SECOND = walk(300, 1).close, walk(300, 2).close


def test_percent_rank_counts_earlier_values_below() -> None:
    """The share of the n values before that are below."""
    np.testing.assert_allclose(percent_rank(np.array([1.0, 2.0, 3.0, 2.5]), 3), [np.nan] * 3 + [200.0 / 3.0])


def test_a_straight_way_is_efficient() -> None:
    """1 on a straight way, 0 on a way back to its start, unknown where nothing moved."""
    values = np.concatenate((np.arange(1.0, 12.0), np.tile([10.0, 11.0], 10), np.full(20, 11.0)))
    found = efficiency(values, 10)

    assert found[10] == pytest.approx(1.0)
    assert found[28] == pytest.approx(0.0)
    assert np.isnan(found[-1])


def test_correlation_is_that_of_returns() -> None:
    """The correlation of the last n log returns; a symbol moves with itself, and a standstill with nothing."""
    a, b = np.diff(np.log(FIRST))[-100:], np.diff(np.log(SECOND))[-100:]

    assert correlation(FIRST, SECOND, 100)[-1] == pytest.approx(np.corrcoef(a, b)[0, 1], rel=1e-9)
    assert correlation(FIRST, FIRST, 100)[-1] == pytest.approx(1.0)
    assert np.isnan(correlation(FIRST, np.full(300, 7.0), 100)).all()


def test_beta_is_the_slope_on_the_market() -> None:
    """Twice the market's log returns have a beta of 2; a market that stands still gives none."""
    assert beta(SECOND**2, SECOND, 100)[-1] == pytest.approx(2.0)
    assert np.isnan(beta(FIRST, np.full(300, 7.0), 100)).all()


def test_steady_growth_moves_with_nothing() -> None:
    """Returns that are all equal have no variance; their rounding errors are not divided by each other."""
    steady = np.exp(0.001 * np.arange(300))

    assert np.isnan(correlation(FIRST, steady, 100)).all()
    assert np.isnan(correlation(steady, steady, 100)).all()
    assert np.isnan(beta(FIRST, steady, 100)).all()
