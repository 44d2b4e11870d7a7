"""The summary against the closes and trades it was made from, and words that follow from figures by rule."""

import json
import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from tests.support.results import FEE, INITIAL, STAKE, synthetic_result
from tradingbot.analysis.result import CASES, CaseResult, RunResult, Trials
from tradingbot.analysis.summary import Summary, beats, equity_figures, headline, luck_figures, summarise
from tradingbot.analysis.trades import NotAvailable
from tradingbot.domain.candles import FloatColumn

NOISE = np.random.default_rng(3).normal(0.001, 0.02, 400)


@pytest.fixture(scope="module")
def run() -> RunResult:
    """A run of random trades on generated closes."""
    return synthetic_result()


@pytest.fixture(scope="module")
def central(run: RunResult) -> Summary:
    """Its central case."""
    return summarise(run.central, run)


def test_the_money_adds_up(run: RunResult, central: Summary) -> None:
    """All trades are closed, so profits make the final equity, and groups make the whole."""
    assert central.account.final - INITIAL == pytest.approx(central.trades.pnl)
    for groups in (central.by_symbol, central.by_strategy, central.by_style, central.by_exit):
        assert sum(one.pnl for one in groups) == pytest.approx(central.trades.pnl)
        assert sum(one.trades for one in groups) == central.trades.trades
    assert central.fees == pytest.approx(central.trades.fees)
    assert central.slippage == pytest.approx(central.trades.slippage)
    assert central.turnover * INITIAL * FEE == pytest.approx(central.fees)
    assert central.turnover * INITIAL > STAKE * central.trades.trades


def test_worse_costs_are_worse(run: RunResult) -> None:
    """Optimistic, central, pessimistic."""
    finals = [summarise(run.cases[name], run).account.final for name in CASES]

    assert finals == sorted(finals, reverse=True)


def test_the_same_run_draws_the_same_and_another_run_draws_otherwise(run: RunResult, central: Summary) -> None:
    """The seed belongs to the candles and the configuration."""
    other = summarise(run.central, replace(run, config_sha256=run.config_sha256[::-1]))

    assert summarise(run.central, run) == central
    assert other.account.sharpe_low != central.account.sharpe_low
    assert other.beats_hold != central.beats_hold


def test_every_figure_is_a_number_or_a_reason(central: Summary) -> None:
    """No NaN and no infinity reaches a reader, and the whole can be written as JSON."""
    assert json.loads(msgspec.json.encode(central.to_json()))["case"] == "central"
    assert [
        value for value in _leaves(central.to_json()) if isinstance(value, float) and not math.isfinite(value)
    ] == []


def _leaves(value: object) -> list[object]:
    if isinstance(value, dict | list):
        return [leaf for one in (value.values() if isinstance(value, dict) else value) for leaf in _leaves(one)]
    return [value]


def without_trades(case: CaseResult) -> CaseResult:
    """A case in which nothing was bought."""
    still = case.equity.with_columns(equity=INITIAL, low=INITIAL, cash=INITIAL, exposure=0.0, turnover=0.0, fees=0.0)
    return replace(case, equity=still.with_columns(slippage=0.0), trades=case.trades.clear(), max_drawdown=0.0)


def test_a_run_without_a_trade_has_reasons_instead_of_ratios(run: RunResult) -> None:
    """Equity that did not move has no ratio, no drawdown and no chance."""
    one = summarise(without_trades(run.central), run)

    assert str(one.account.sharpe) == str(one.account.sharpe_low) == "n/a - equity did not move"
    assert str(one.account.calmar) == "n/a - no drawdown"
    assert str(one.deflated_sharpe) == str(one.needed_days) == "n/a - equity did not move"
    assert str(one.trades.win_rate) == "n/a - no trades"
    assert _leaves(one.to_json()) != []


def test_calmar_by_hand() -> None:
    """Growth of a fifth in a year after a fall of a tenth."""
    equity = np.linspace(100.0, 120.0, 365)

    assert equity_figures(equity, 100.0, 0.1, np.random.default_rng(1)).calmar == pytest.approx(2.0)


def test_an_account_that_only_rose_has_no_calmar_ratio() -> None:
    """It moved, but it has no drawdown to divide by; nor a losing day."""
    equity: FloatColumn = np.asarray(100.0 * np.cumprod(1.0 + np.tile([0.01, 0.02], 20)), np.float64)
    figures = equity_figures(equity, 100.0, 0.0, np.random.default_rng(1))

    assert (str(figures.calmar), str(figures.sortino)) == ("n/a - no drawdown", "n/a - no losing day")
    assert isinstance(figures.sharpe, float)


def test_trials_without_a_known_spread_are_not_passed_over() -> None:
    """Two trials, one of them without a ratio: nothing can be deflated, and the reason says so."""
    unknown = luck_figures(NOISE, Trials(2, math.nan))

    assert str(unknown.deflated_sharpe) == str(unknown.luck_sharpe) == "n/a - the 2 trials have no known spread"
    assert isinstance(luck_figures(NOISE, Trials(1, math.nan)).deflated_sharpe, float)


def test_more_trials_need_more_days() -> None:
    """Until no number of days is enough."""
    few, more, most = (luck_figures(NOISE, Trials(count, 0.0005)).needed_days for count in (1, 3, 10_000))

    assert isinstance(few, float)
    assert isinstance(more, float)
    assert few < more
    assert most == NotAvailable("not above luck")


def said(central: Summary, **changes: object) -> str:
    """The headline after a change of the account's figures or of the summary's."""
    account = {key: value for key, value in changes.items() if hasattr(central.account, key)}
    others = {key: value for key, value in changes.items() if key not in account}
    return headline(replace(central, account=replace(central.account, **account), **others))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (-0.1, 2.0, "not distinguishable from no edge"),
        (0.1, 2.0, "better than doing nothing"),
        (-2.0, -0.1, "worse than doing nothing"),
    ],
)
def test_the_interval_decides_the_verdict(low: float, high: float, words: str, central: Summary) -> None:
    """Whether it holds 0, and on which side it lies."""
    text = said(central, sharpe=0.5, sharpe_low=low, sharpe_high=high)

    assert text.startswith(f"Sharpe 0.50 [{low:.2f}, {high:.2f}] (95 %); {words}; after 12 trials")


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (0.999, "above buy-and-hold (>99% chance of a higher mean)"),
        (0.98, "; above buy-and-hold (98% chance of a higher mean)"),
        (0.97, "not distinguishable from buy-and-hold (97% chance of a higher mean)"),
        (0.03, "not distinguishable from buy-and-hold (3% chance of a higher mean)"),
        (0.02, "; below buy-and-hold (2% chance of a higher mean)"),
        (0.001, "below buy-and-hold (<1% chance of a higher mean)"),
    ],
)
def test_buy_and_hold_is_always_named(chance: float, words: str, central: Summary) -> None:
    """With the chance of a higher mean, and a verdict only outside 2.5 % and 97.5 %."""
    assert said(central, beats_hold=chance).endswith(f"{words}.")


def test_no_chance_is_said_to_be_certain(central: Summary) -> None:
    """0.9999 is not 100 %."""
    assert "a >99% chance that it is above luck" in said(central, deflated_sharpe=0.9999)
    assert "above luck is n/a - why" in said(central, deflated_sharpe=NotAvailable("why"))


def test_an_account_that_is_buy_and_hold_does_not_fall_below_it() -> None:
    """The same returns every day: neither is above the other, so the chance is a half."""
    assert beats(NOISE, NOISE, np.random.default_rng(1)) == 0.5


def test_a_halt_is_part_of_the_headline(run: RunResult, central: Summary) -> None:
    """An account that stood still since the drawdown limit says so, and since when; a daily loss is no halt."""
    day = 1_704_067_200_000  # 2024-01-01
    events = [{"time": day, "event": "drawdown", "equity": 7_500.0}]
    halted = summarise(replace(run.central, events=events), run)

    assert "; trading halted by the drawdown limit on 2024-01-01." in headline(halted)
    assert "halted 2 times by the drawdown limit, first on 2024-01-01." in said(central, halts=[day, day + 1])
    assert central.halts == []
    assert "halted" not in headline(central)


def test_the_headline_gives_the_span_of_all_costs(run: RunResult, central: Summary) -> None:
    """The return is shown between its worst and its best case."""
    cases = [summarise(run.cases[name], run) for name in CASES]
    best, worst = cases[0].account.total_return, cases[-1].account.total_return

    assert f"(by costs {worst:+.1%} to {best:+.1%}) against" in headline(central, cases)
