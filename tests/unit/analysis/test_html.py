"""The page: complete, safe against what it is given, and small."""

import re
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from tests.support.results import generated_closes, result_on, synthetic_result
from tradingbot.analysis.html import MOST_TRADES, market_changes, month_table, refusal_table, render_html
from tradingbot.analysis.result import REFUSAL_SCHEMA, PriceSeries, RunResult, Trials
from tradingbot.analysis.summary import summarise
from tradingbot.analysis.words import chance, interval, money, number, percent

RUN = synthetic_result(seed=2, days=400)


@pytest.fixture(scope="module")
def page() -> str:
    """Of a run on generated closes."""
    return render_html(RUN)


def cells(page: str, row: str) -> list[str]:
    """The cells beside a row's head, without markup."""
    found = re.search(rf'<th scope="row">{re.escape(row)}</th>(.*?)</tr>', page, re.DOTALL)
    assert found is not None
    return [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", found[1], re.DOTALL)]


def with_central(**changes: object) -> RunResult:
    """The run with another central case."""
    return replace(RUN, cases={**RUN.cases, "central": replace(RUN.central, **changes)})  # type: ignore[arg-type]


def test_the_table_of_cases_shows_the_summaries(page: str) -> None:
    """Interval, luck, trades and costs of each case, and of buy-and-hold where it has them."""
    all_three = [summarise(case, RUN) for case in RUN.cases.values()]
    accounts = [*(one.account for one in all_three), all_three[0].hold]

    assert cells(page, "Sharpe, 95 % interval") == [interval(one.sharpe_low, one.sharpe_high) for one in accounts]
    assert cells(page, "Return") == [percent(one.total_return, signed=True) for one in accounts]
    assert cells(page, "Chance of being above luck")[:3] == [chance(one.deflated_sharpe) for one in all_three]
    assert cells(page, "Payoff")[:3] == [number(one.trades.payoff) for one in all_three]
    assert cells(page, "Slippage (USDT)")[:3] == [money(one.slippage) for one in all_three]


def test_a_gain_is_told_by_sign_and_shape(page: str) -> None:
    """▲ before what is positive, ▼ before what is negative: never colour alone."""
    for group in summarise(RUN.central, RUN).by_symbol:
        assert cells(page, group.name)[1] == f"{'▲' if group.pnl > 0 else '▼'} {money(group.pnl, signed=True)}"


def test_every_chart_has_its_numbers_as_a_table(page: str) -> None:
    """For those who do not see it, under the same caption; the picture itself is stamped."""
    for figure in re.findall(r"<figure>.*?</figure>", page, re.DOTALL):
        caption = re.search("<figcaption>(.*?)</figcaption>", figure)
        assert caption is not None
        assert f"<caption>{caption[1]}</caption>" in figure
        assert "<td>" in figure
        assert '<text class="stamp"' in figure
        assert "<title>SYNTHETIC " in figure


def test_a_recorded_market_carries_no_stamp() -> None:
    """The word SYNTHETIC says something only where it is true."""
    random = np.random.default_rng(1)
    page = render_html(result_on(generated_closes(random, 60, ["BTCUSDT"]), random, "replay", Trials(1, float("nan"))))

    assert "SYNTHETIC" not in page.split("</style>")[1]


def test_names_cannot_become_markup() -> None:
    """A strategy's name is text wherever it is shown."""
    trades = RUN.central.trades.with_columns(strategy=pl.lit("<img src=x>"))
    config = {**RUN.config, "strategies": [{"name": "<img src=x>"}]}
    page = render_html(replace(with_central(trades=trades), config=config, notes=["<img src=x>"]))

    assert "<img" not in page
    assert page.count("&lt;img src=x&gt;") > 100


def test_what_was_left_is_named(page: str) -> None:
    """Positions open at the end, dust, limits that tripped and gaps; `None.` where there is nothing."""
    gap = replace(RUN.dataset[0], gaps=[(RUN.start, 7)], missing=7)
    full = render_html(replace(with_central(dust={"BTCUSDT": 0.00012}), dataset=[gap]))

    held = summarise(RUN.central, RUN).open_at_end
    named = page.split("Still open when the candles ended")[2].partition("</table>")[0]
    assert held
    assert all(f"{one.symbol}</th>" in named and money(one.pnl, signed=True) in named for one in held)
    assert "daily_loss" in page
    assert "None." in page.split("Dust: left over")[2].partition("</table>")[0]
    assert "0.00012" in full.split("Dust: left over")[2].partition("</table>")[0]
    assert "7 from 2023-01-01 00:00" in full
    assert "Gaps: candles that neither" in full
    assert "Gaps: candles that neither" not in page


def test_a_run_without_trades_or_movement_is_shown_as_such() -> None:
    """No chart of nothing, no ratio of nothing."""
    still = RUN.central.equity.with_columns(equity=pl.lit(10_000.0), exposure=pl.lit(0.0))
    page = render_html(with_central(equity=still, trades=RUN.central.trades.clear(), max_drawdown=0.0))

    assert "n/a - equity did not move" in page
    assert "(MAE)" not in page
    assert "The last 0 of 0 trades" in page


def test_a_run_of_one_day_has_a_page() -> None:
    """Charts of two points, no rolling figures, the reason instead of ratios."""
    cases = {name: replace(case, equity=case.equity.head(1)) for name, case in RUN.cases.items()}
    page = render_html(replace(RUN, cases=cases, benchmark=RUN.benchmark.head(1)))

    assert "n/a - 1 days" in page
    assert "Rolling" not in page


def test_a_long_run_stays_below_three_megabytes() -> None:
    """Ten symbols, over 1,500 trades: the page lists the newest, says how many there are, and stays small."""
    random = np.random.default_rng(9)
    closes = generated_closes(random, 2_400, [f"COIN{k}USDT" for k in range(10)])
    result = result_on(closes, random, "synthetic", Trials(40, 0.002))
    page = render_html(result)

    assert len(result.central.trades) > 1_500
    assert f"The last {MOST_TRADES} of {len(result.central.trades)} trades" in page
    assert len(page.encode()) < 3_000_000


def test_market_change_is_from_first_open_to_last_close() -> None:
    """From 10 to 15: half as much again."""
    series = PriceSeries("BTCUSDT", "1d", [0, 1], [10.0, 12.0], [20.0, 20.0], [5.0, 5.0], [12.0, 15.0])

    assert market_changes(replace(RUN, prices=[series])) == {"BTCUSDT": 0.5}


def test_refusals_are_summed_by_rule_and_strategy() -> None:
    """Two symbols of one strategy add up; the most frequent rule comes first."""
    rows = [("a", "X", "few", 1), ("a", "X", "many", 2), ("a", "Y", "many", 3), ("b", "X", "many", 4)]
    frame = pl.DataFrame(rows, schema=dict(REFUSAL_SCHEMA), orient="row")

    assert refusal_table(frame) == (["a", "b"], [("many", [5, 4, 9]), ("few", [1, 0, 1])])


def test_months_outside_the_run_stay_empty() -> None:
    """Not zero."""
    assert month_table([("2023-12", 0.1), ("2024-01", 0.2)]) == {
        "2023": [None] * 11 + [0.1],
        "2024": [0.2] + [None] * 11,
    }
