"""Metrics against numbers worked by hand, and against what must hold for any returns."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.analysis.bootstrap import resampled, sharpe_interval
from tradingbot.analysis.deflated import deflated_sharpe, expected_maximum, probabilistic_sharpe
from tradingbot.analysis.drawdown import drawdowns, underwater
from tradingbot.analysis.overfitting import probability_of_overfitting
from tradingbot.analysis.result import TRADE_SCHEMA
from tradingbot.analysis.returns import annual_return, daily_returns
from tradingbot.analysis.sharpe import annualised, sharpe, sortino
from tradingbot.analysis.summary import equity_figures, periods
from tradingbot.analysis.trades import NotAvailable, stop_figures, trade_figures
from tradingbot.domain.candles import FloatColumn
from tradingbot.domain.timeframe import DAY_MS

NOISE = np.random.default_rng(3).normal(0.001, 0.02, 400)
RETURNS = st.lists(st.floats(-0.2, 0.2), min_size=40, max_size=80).map(np.array)


def test_returns_begin_with_the_initial_equity() -> None:
    """100 -> 110 -> 99."""
    assert daily_returns(np.array([110.0, 99.0]), 100.0) == pytest.approx([0.10, -0.10])


def test_sharpe_and_sortino_by_hand() -> None:
    """Mean 0.01; deviations -0.02, 0, 0.02; one loss of 0.01."""
    returns = np.array([-0.01, 0.01, 0.03])

    assert sharpe(returns) == pytest.approx(0.01 / 0.02)
    assert sortino(returns) == pytest.approx(0.01 / math.sqrt(0.01**2 / 3))
    assert annualised(0.1) == pytest.approx(0.1 * math.sqrt(365))


def test_ratios_of_constant_returns_are_not_defined() -> None:
    """No spread, no ratio."""
    assert math.isnan(sharpe(np.zeros(40)))
    assert math.isnan(sortino(np.full(40, 0.01)))


@given(RETURNS, st.floats(0.1, 10.0))
def test_sharpe_does_not_depend_on_scale(returns: np.ndarray, scale: float) -> None:
    """Twice the stake, twice the return and twice the risk."""
    if returns.std() > 1e-6:
        assert sharpe(returns * scale) == pytest.approx(sharpe(returns), rel=1e-6, abs=1e-9)


def test_growth_is_compounded_over_365_days() -> None:
    """Doubled in 73 days is 2^5 a year."""
    assert annual_return(np.linspace(1.0, 2.0, 73), 1.0) == pytest.approx(31.0)


def test_the_interval_holds_the_ratio_and_is_the_same_again() -> None:
    """Seeded; the point estimate lies inside."""
    low, high = sharpe_interval(NOISE, np.random.default_rng(1))

    assert low < annualised(sharpe(NOISE)) < high
    assert (low, high) == sharpe_interval(NOISE, np.random.default_rng(1))


def test_resamples_are_made_of_blocks_of_the_series() -> None:
    """Each value is followed by its own successor nearly always."""
    drawn = resampled(np.arange(100.0), np.random.default_rng(1), 50)
    follows = (drawn[:, 1:] - drawn[:, :-1]) % 100 == 1

    assert drawn.shape == (50, 100)
    assert follows.mean() > 0.8


def test_more_trials_leave_less() -> None:
    """The deflated ratio falls with the number of trials, and with one trial it is the probabilistic one."""
    chances = [deflated_sharpe(NOISE, trials, 0.003) for trials in (1, 10, 100, 1_000)]

    assert chances[0] == probabilistic_sharpe(NOISE, 0.0)
    assert chances == sorted(chances, reverse=True)
    assert chances[-1] < 0.5 * chances[0]


def test_the_best_of_worthless_trials_matches_simulation() -> None:
    """Expected maximum of 100 normal draws, against 4,000 simulated ones."""
    draws = np.random.default_rng(2).normal(0.0, 0.05, (4_000, 100)).max(axis=1).mean()

    assert expected_maximum(100, 0.05**2) == pytest.approx(draws, rel=0.02)


def test_overfitting_of_noise_is_a_coin_toss_and_of_an_edge_is_rare() -> None:
    """CSCV on 20 sets of 30 worthless configurations, and on one set with one that is truly better."""
    random = np.random.default_rng(5)
    noise = [random.normal(0.0, 0.01, (600, 30)) for _ in range(20)]
    better = noise[0].copy()
    better[:, 4] += 0.004

    assert 0.4 < np.mean([probability_of_overfitting(one) for one in noise]) < 0.6
    assert probability_of_overfitting(better) < 0.02


def test_drawdowns_by_hand() -> None:
    """100, 120, 90, 120, 60: the first of a quarter is recovered, the second of a half is not."""
    time = DAY_MS * np.arange(1, 6)
    found = drawdowns(time, np.array([100.0, 120.0, 90.0, 120.0, 60.0]), 100.0)

    assert [round(one.depth, 3) for one in found] == [0.5, 0.25]
    assert (found[0].recovered, found[1].recovered) == (None, 4 * DAY_MS)
    assert found[1].amount == 30.0


@given(RETURNS)
def test_a_drawdown_is_between_nothing_and_everything(returns: np.ndarray) -> None:
    """0 >= underwater > -1, and the deepest listed one is its minimum."""
    equity: FloatColumn = np.asarray(100.0 * np.cumprod(1.0 + returns), np.float64)
    under = underwater(equity, 100.0)
    found = drawdowns(DAY_MS * np.arange(1, len(equity) + 1), equity, 100.0)

    assert ((under <= 0.0) & (under > -1.0)).all()
    assert (found[0].depth if found else 0.0) == pytest.approx(-under.min())


def test_short_runs_have_no_annual_ratios() -> None:
    """12 days: the reason is given instead of a number."""
    figures = equity_figures(np.linspace(100.0, 110.0, 12), 100.0, 0.0, np.random.default_rng(1))

    assert figures.sharpe == NotAvailable("12 days")
    assert str(figures.annual_return) == "n/a - 12 days"
    assert figures.total_return == pytest.approx(0.10)


def test_months_multiply_to_the_whole() -> None:
    """The product of monthly returns is the total return, and days belong to the month in which they end."""
    equity: FloatColumn = np.asarray(100.0 * np.cumprod(1.0 + NOISE), np.float64)
    time = pl.Series("time", DAY_MS * np.arange(1, len(equity) + 1))
    months = periods(time, equity, 100.0, "%Y-%m")

    assert (months[0][0], months[1][0]) == ("1970-01", "1970-02")
    assert np.prod([1.0 + value for _, value in months]) == pytest.approx(equity[-1] / 100.0)
    assert months[0][1] == pytest.approx(equity[30] / 100.0 - 1.0)


def trades(*pnl: float) -> pl.DataFrame:
    """Trades of 100 that made these profits."""
    row = {name: 0.0 if kind == pl.Float64 else None for name, kind in TRADE_SCHEMA.items()}
    base = {**row, "entry_time": 0, "exit_time": 3_600_000, "notional": 100.0, "big_win": False}
    return pl.DataFrame([{**base, "pnl": one} for one in pnl], schema=dict(TRADE_SCHEMA))


def test_trade_figures_by_hand() -> None:
    """Wins 30 and 10, losses 20."""
    figures = trade_figures("all", trades(30.0, 10.0, -20.0))

    assert (figures.win_rate, figures.profit_factor, figures.expectancy) == pytest.approx((2 / 3, 2.0, 20 / 3))
    assert (figures.payoff, figures.average_hours) == (1.0, 1.0)


def test_no_trades_have_no_ratios() -> None:
    """Reasons instead of zeros."""
    figures = trade_figures("all", trades())

    assert str(figures.win_rate) == "n/a - no trades"
    assert str(trade_figures("all", trades(5.0)).profit_factor) == "n/a - no losing trade"


def test_stops_are_counted_with_their_gaps() -> None:
    """Two stopped, one came back, one gap of 7."""
    held = trades(-1.0, -2.0, 3.0).with_columns(
        entry_price=pl.lit(100.0),
        exit_price=pl.lit(90.0),
        recovered=pl.Series([True, False, None]),
        gap_loss=pl.Series([0.0, 7.0, 0.0]),
    )
    figures = stop_figures(held)

    assert (figures.stopped, figures.came_back, figures.gaps, figures.gap_loss) == (2, 0.5, 1, 7.0)
