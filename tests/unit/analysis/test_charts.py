"""The charts of a report show the run's own numbers."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.support.results import INITIAL, synthetic_result
from tradingbot.analysis.charts import Curves, main_charts, month_ends, small_charts
from tradingbot.analysis.charts_trades import distribution_charts, histogram, period_charts, price_charts
from tradingbot.analysis.result import RunResult
from tradingbot.analysis.rolling import ROLLING_DAYS
from tradingbot.analysis.summary import summarise
from tradingbot.domain.timeframe import DAY_MS

RUN = synthetic_result(seed=5, days=400)
CENTRAL = summarise(RUN.central, RUN)


def captions(result: RunResult) -> list[str]:
    """Of the small charts."""
    return [one.caption for one in small_charts(Curves.of(result), summarise(result.central, result))]


def shortened(days: int) -> RunResult:
    """The first days of the run."""
    cases = {name: replace(case, equity=case.equity.head(days)) for name, case in RUN.cases.items()}
    return replace(RUN, cases=cases, benchmark=RUN.benchmark.head(days))


def test_curves_begin_with_the_initial_equity() -> None:
    """The first day's return is part of the picture."""
    made = Curves.of(RUN)

    assert (made.equity[0], made.held[0], made.times[0]) == (INITIAL, INITIAL, RUN.start)
    assert len(made.times) == len(made.equity) == len(made.returns) + 1
    assert made.equity[1:] / made.equity[:-1] - 1.0 == pytest.approx(made.returns)


def test_the_equity_table_ends_with_the_final_equity_of_all_cases() -> None:
    """What a reader without the picture is told is the summary's own figure."""
    chart = main_charts(Curves.of(RUN))[0]
    finals = [RUN.cases[name].equity["equity"][-1] for name in ("optimistic", "pessimistic", "central")]

    assert chart.rows[-1][1:] == [f"{value:,.2f}" for value in (RUN.benchmark["equity"][-1], *finals)]
    assert len(chart.keys) == 4


def test_month_ends_are_the_last_days_of_months() -> None:
    """The day that ends at 1 February 00:00 is 31 January; the last row counts too."""
    first = 1_704_067_200_000  # 2024-01-01
    times = [first + k * DAY_MS for k in range(1, 41)]

    assert month_ends(times) == [30, 39]


def test_rolling_figures_need_more_days_than_they_roll_over() -> None:
    """None at 90 days, four at 91."""
    assert not [text for text in captions(shortened(ROLLING_DAYS)) if "Rolling" in text]
    assert len([text for text in captions(shortened(ROLLING_DAYS + 1)) if "Rolling" in text]) == 4


def test_an_account_that_lost_everything_has_no_logarithm() -> None:
    """The chart is left out rather than drawn wrongly."""
    last = pl.col("time") == RUN.end
    equity = RUN.central.equity.with_columns(equity=pl.when(last).then(0.0).otherwise(pl.col("equity")))
    lost = replace(RUN.central, equity=equity)
    made = Curves.of(replace(RUN, cases={**RUN.cases, "central": lost}))

    assert any("logarithmic" in text for text in captions(RUN))
    assert not any("logarithmic" in one.caption for one in small_charts(made, CENTRAL))


def test_every_day_is_in_one_bin_and_no_bin_mixes_gain_and_loss() -> None:
    """Counts add up, edges include zero."""
    bins = histogram(Curves.of(RUN).returns)

    assert sum(count for _, _, count in bins) == 400
    assert any(low == pytest.approx(0.0, abs=1e-12) for low, _, _ in bins)


def test_returns_that_never_move_have_one_bin() -> None:
    """All days in the bin that begins at zero."""
    ((low, _, count),) = histogram(np.zeros(40))

    assert (low, count) == (0.0, 40)


def test_months_and_years_are_those_of_the_summary() -> None:
    """Row by row."""
    months, years = period_charts(Curves.of(RUN), CENTRAL)

    lost = sum(value < 0.0 for _, value in CENTRAL.months)
    assert months.svg.count('class="loss"') == lost > 0
    assert months.rows == [[name, f"{value:+.2%}"] for name, value in CENTRAL.months]
    assert years.rows == [[name, f"{value:+.2%}"] for name, value in CENTRAL.years]


def test_every_trade_is_a_point_and_two_marks() -> None:
    """By excursion, and on the price of its symbol."""
    trades = len(RUN.central.trades)
    charts = distribution_charts(Curves.of(RUN), RUN)
    drawn = "".join(one.svg for one in price_charts(RUN))

    won = int((RUN.central.trades["pnl"] > 0.0).sum())
    assert 0 < won < trades
    for one in charts[-2:]:
        assert (one.svg.count('class="win"'), one.svg.count('class="lose"')) == (won, trades - won)
    assert (drawn.count('class="buy"'), drawn.count('class="sell"')) == (trades, trades)
