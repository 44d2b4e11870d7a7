"""Operations on columns."""

import numpy as np
import pytest

from tradingbot.domain.errors import OutOfRange
from tradingbot.features.columns import (
    above,
    at_least,
    at_most,
    before,
    below,
    crossed_above,
    crossed_below,
    log_returns,
    ratio,
    rolling_deviation,
    rolling_mean,
    rolling_zscore,
)

NAN = np.nan


def test_a_crossing_is_true_on_its_candle_alone() -> None:
    """Touching the level is no crossing; leaving it is."""
    values = np.array([1.0, 2.0, 3.0, 3.0, 2.0, 1.0])

    assert crossed_above(values, 2.0).tolist() == [False, False, True, False, False, False]
    assert crossed_below(values, 2.0).tolist() == [False, False, False, False, False, True]


def test_rounding_decides_no_comparison() -> None:
    """What is equal but for rounding counts as equal; a gap of a tick in a mean of hundreds still counts."""
    sums = np.array([0.1 + 0.2, 0.3, 0.3 - 1e-16])
    tick = 0.01 / 200.0

    assert not above(sums, 0.3).any()
    assert not below(sums, 0.3).any()
    assert at_least(sums, 0.3).all()
    assert at_most(sums, 0.3).all()
    assert above(np.array([100_000.0 + tick]), 100_000.0).all()
    assert below(np.array([100_000.0 - tick]), 100_000.0).all()


def test_rounding_makes_no_crossing() -> None:
    """Two averages that are the same number, one a digit off, do not cross; the next real gap does."""
    fast, slow = np.array([1.0, 0.1 + 0.2, 0.4]), np.array([1.0, 0.3, 0.3])

    assert crossed_above(fast, slow).tolist() == [False, False, True]
    assert crossed_below(-fast, -slow).tolist() == [False, False, True]


def test_nothing_is_said_of_the_unknown() -> None:
    """Every comparison with NaN is False."""
    for compared in (above, below, at_least, at_most):
        assert not compared(np.array([NAN, 1.0]), np.array([1.0, NAN])).any()


def test_an_unknown_value_crosses_nothing() -> None:
    """Neither the first candle nor one beside a NaN is a crossing."""
    values = np.array([3.0, NAN, 3.0, 1.0, NAN, 1.0])
    level = np.full(6, 2.0)

    assert crossed_above(values, level).tolist() == [False] * 6
    assert crossed_below(values, level).tolist() == [False, False, False, True, False, False]
    assert len(crossed_above(values[:0], level[:0])) == 0


def test_before_never_looks_ahead() -> None:
    """Values come from earlier candles, and a negative shift is refused."""
    np.testing.assert_array_equal(before(np.array([1.0, 2.0, 3.0]), 2), [NAN, NAN, 1.0])
    np.testing.assert_array_equal(before(np.array([1.0]), 2), [NAN])
    with pytest.raises(OutOfRange, match="n: -1 is too short"):
        before(np.array([1.0, 2.0]), -1)


def test_a_ratio_to_zero_is_unknown() -> None:
    """Nothing divided by nothing is no number."""
    np.testing.assert_array_equal(ratio(np.array([1.0, 0.0, 4.0]), np.array([0.0, 0.0, 2.0])), [NAN, NAN, 2.0])


def test_log_returns_start_with_the_second_candle() -> None:
    """The first candle has no return."""
    np.testing.assert_allclose(log_returns(np.array([1.0, np.e, 1.0])), [NAN, 1.0, -1.0])


def test_a_mean_forgets_what_has_left_its_window() -> None:
    """A huge value and a NaN leave no trace once they are out of the window."""
    values = np.array([1e18, NAN, 0.0, 0.0, 0.0, 1.0, 2.0])

    np.testing.assert_array_equal(rolling_mean(values, 3), [NAN, NAN, NAN, NAN, 0.0, 1.0 / 3.0, 1.0])


@pytest.mark.parametrize(("count", "known"), [(0, 0), (2, 0), (3, 1), (4, 2)])
def test_a_mean_needs_its_window(count: int, known: int) -> None:
    """Fewer values than the window give no number."""
    assert np.isfinite(rolling_mean(np.ones(count), 3)).sum() == known


def test_an_empty_window_is_refused() -> None:
    """A window without candles names the field and the remedy."""
    with pytest.raises(OutOfRange, match=r"n: 0 is too short\. Use a window of at least 1 candles"):
        rolling_mean(np.ones(3), 0)
    with pytest.raises(OutOfRange, match="at least 2"):
        rolling_deviation(np.ones(3), 1)


def test_deviations_agree_with_numpy_across_blocks() -> None:
    """A history longer than one block of windows has no seam."""
    values = np.random.default_rng(1).lognormal(size=70_000)
    windows = np.lib.stride_tricks.sliding_window_view(values, 5)

    np.testing.assert_allclose(rolling_deviation(values, 5)[4:], windows.std(axis=1), rtol=1e-12)


def test_a_zscore_of_equal_values_is_unknown() -> None:
    """Equal values have no deviation, so no score."""
    values = np.array([0.1, 0.1, 0.1, 0.4])

    np.testing.assert_allclose(rolling_zscore(values, 3), [NAN, NAN, NAN, np.sqrt(2.0)])
