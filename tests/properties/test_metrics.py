"""What must hold for the metrics of any returns."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.support.results import synthetic_result
from tradingbot.analysis.bootstrap import sharpe_interval
from tradingbot.analysis.deflated import deflated_sharpe, expected_maximum, probabilistic_sharpe
from tradingbot.analysis.drawdown import drawdowns, underwater
from tradingbot.analysis.overfitting import probability_of_overfitting
from tradingbot.analysis.returns import daily_returns, total_return
from tradingbot.analysis.sharpe import annualised, sharpe, sortino
from tradingbot.analysis.summary import summarise
from tradingbot.domain.candles import FloatColumn
from tradingbot.domain.timeframe import DAY_MS

RETURNS = st.lists(st.floats(-0.2, 0.2), min_size=40, max_size=80).map(np.array)
SEEDS = st.integers(0, 2**32)


def grown(returns: FloatColumn) -> FloatColumn:
    """Equity from 100."""
    equity: FloatColumn = np.asarray(100.0 * np.cumprod(1.0 + returns), np.float64)
    return equity


@settings(deadline=None)
@given(RETURNS)
def test_equity_and_returns_are_the_same(returns: FloatColumn) -> None:
    """One gives the other back."""
    equity = grown(returns)

    assert daily_returns(equity, 100.0) == pytest.approx(returns, abs=1e-12)
    assert 1.0 + total_return(equity, 100.0) == pytest.approx(np.prod(1.0 + returns))


@settings(deadline=None)
@given(RETURNS)
def test_losses_mirrored_are_gains(returns: FloatColumn) -> None:
    """The ratio of the negative is the negative ratio."""
    assume(returns.std() > 1e-6)

    assert sharpe(-returns) == pytest.approx(-sharpe(returns), abs=1e-12)


@settings(deadline=None)
@given(RETURNS)
def test_sortino_has_the_sign_of_the_mean(returns: FloatColumn) -> None:
    """Where there is a losing day."""
    assume(returns.min() < -1e-9)

    assert math.copysign(1.0, sortino(returns)) == math.copysign(1.0, returns.mean())


@settings(deadline=None)
@given(RETURNS)
def test_drawdowns_do_not_overlap_and_fit_underwater(returns: FloatColumn) -> None:
    """Each begins at or after the end of the one before; none is deeper than the whole."""
    equity = grown(returns)
    times = DAY_MS * np.arange(1, len(equity) + 1)
    found = sorted(drawdowns(times, equity, 100.0, len(equity)), key=lambda one: one.start)

    assert all(one.start < one.bottom for one in found)
    assert all(0.0 < one.depth < 1.0 and one.amount > 0.0 for one in found)
    for one, later in pairwise(found):
        assert one.recovered is not None
        assert one.recovered <= later.start
    days_below = sum(((one.recovered or times[-1] + DAY_MS) - one.start) // DAY_MS - 1 for one in found)
    assert days_below == np.count_nonzero(underwater(equity, 100.0) < 0.0)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_the_interval_holds_the_estimate(seed: int) -> None:
    """Of returns that vary every day."""
    random = np.random.default_rng(seed)
    returns = random.normal(0.0, 0.02, 200)
    low, high = sharpe_interval(returns, random)

    assert low < annualised(sharpe(returns)) < high


@settings(deadline=None)
@given(RETURNS, st.integers(1, 10_000), st.integers(1, 10_000), st.floats(1e-6, 0.1))
def test_the_chance_falls_with_trials_and_stays_a_probability(
    returns: FloatColumn, few: int, more: int, variance: float
) -> None:
    """Between 0 and 1, and never more after more trials."""
    assume(returns.std() > 1e-6)
    low, high = sorted((few, more))

    assert 0.0 <= deflated_sharpe(returns, high, variance) <= deflated_sharpe(returns, low, variance) <= 1.0
    assert expected_maximum(low, variance) <= expected_maximum(high, variance)


@settings(deadline=None)
@given(RETURNS, st.floats(-1.0, 1.0))
def test_being_above_and_not_being_above_make_one(returns: FloatColumn, benchmark: float) -> None:
    """Mirrored returns and benchmark have the opposite chance."""
    assume(returns.std() > 1e-6)
    both = probabilistic_sharpe(returns, benchmark) + probabilistic_sharpe(-returns, -benchmark)

    assert both == pytest.approx(1.0)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.floats(0.1, 10.0))
def test_overfitting_depends_neither_on_the_order_nor_on_the_size_of_configurations(seed: int, scale: float) -> None:
    """Shuffled columns, scaled returns."""
    random = np.random.default_rng(seed)
    returns = random.normal(0.0, 0.01, (120, 6))
    chance = probability_of_overfitting(returns)

    assert 0.0 <= chance <= 1.0
    assert probability_of_overfitting(returns[:, random.permutation(6)]) == chance
    assert probability_of_overfitting(returns * scale) == chance


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 90))
def test_any_run_can_be_summarised(seed: int, days: int) -> None:
    """Its groups and periods make the whole, whatever its length."""
    run = synthetic_result(seed, days + 1)
    one = summarise(run.central, run)

    assert sum(group.pnl for group in one.by_exit) == pytest.approx(one.trades.pnl)
    assert np.prod([1.0 + value for _, value in one.months]) == pytest.approx(1.0 + one.account.total_return)
    assert 0.0 <= one.account.max_drawdown < 1.0
    assert one.exposure >= 0.0
