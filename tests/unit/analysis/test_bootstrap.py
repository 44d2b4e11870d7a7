"""The interval of a Sharpe ratio is as wide as what is known."""

import math
from time import perf_counter

import numpy as np

from tradingbot.analysis.bootstrap import block_length, resampled, sharpe_interval
from tradingbot.analysis.sharpe import annualised, sharpe


def test_blocks_grow_with_the_cube_root_of_the_days() -> None:
    """At least five; 1.5 x 10 days of 1,000."""
    assert [block_length(days) for days in (8, 30, 1_000)] == [5, 5, 15]


def test_blocks_wrap_around_the_end_so_that_every_day_counts_the_same() -> None:
    """The last day is followed by the first, and each is drawn about as often as any other."""
    drawn = resampled(np.arange(20.0), np.random.default_rng(1))
    counts = np.unique(drawn, return_counts=True)[1]

    assert ((drawn[:, 1:] == 0.0) & (drawn[:, :-1] == 19.0)).any()
    assert len(counts) == 20
    assert counts.min() / counts.max() > 0.9


def test_an_account_that_seldom_trades_has_a_wide_interval() -> None:
    """Three winning days of 400 prove no edge: resamples without any of them count as no win."""
    returns = np.zeros(400)
    returns[[10, 200, 390]] = 0.01
    low, high = sharpe_interval(returns, np.random.default_rng(1))

    assert low == 0.0
    assert high > annualised(sharpe(returns))


def test_equal_returns_have_no_interval() -> None:
    """NaN at both ends, for no movement and for the same every day."""
    for value in (0.0, 0.01):
        assert all(math.isnan(end) for end in sharpe_interval(np.full(60, value), np.random.default_rng(1)))


def test_a_higher_level_is_wider() -> None:
    """99 % holds 80 %."""
    returns = np.random.default_rng(4).normal(0.001, 0.02, 300)
    inner, outer = (sharpe_interval(returns, np.random.default_rng(1), level) for level in (0.8, 0.99))

    assert outer[0] < inner[0] < inner[1] < outer[1]


def test_blocks_keep_dependence() -> None:
    """Returns that follow each other have a wider interval in their order than shuffled."""
    random = np.random.default_rng(8)
    steps = random.normal(0.0, 0.01, 1_000)
    returns = np.convolve(steps, np.ones(10) / 10, "valid")
    ordered = sharpe_interval(returns, np.random.default_rng(1))
    shuffled = sharpe_interval(random.permutation(returns), np.random.default_rng(1))

    assert np.diff(ordered)[0] > 1.5 * np.diff(shuffled)[0]


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """Of 200 series of independent returns, more than 90 % of the 95 % intervals hold the true ratio."""
    random = np.random.default_rng(6)
    true = annualised(0.05)
    intervals = [sharpe_interval(random.normal(0.001, 0.02, 365), random) for _ in range(200)]

    assert np.mean([low <= true <= high for low, high in intervals]) > 0.9


def test_four_years_are_resampled_in_a_moment() -> None:
    """2,000 resamples of 1,400 days; the bound is ten times what is usual, for a busy machine."""
    returns = np.random.default_rng(1).normal(0.0, 0.02, 1_400)
    started = perf_counter()
    assert resampled(returns, np.random.default_rng(1)).shape == (2_000, 1_400)

    assert perf_counter() - started < 3.0
