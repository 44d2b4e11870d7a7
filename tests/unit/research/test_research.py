"""Backtest, sweep, optimise, walk-forward, ledger and reproduction, on generated candles."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.support import lab
from tradingbot.analysis.result import CASES, EQUITY_SCHEMA, TRADE_SCHEMA, RunResult
from tradingbot.domain.errors import InputError, NoData, OutOfRange, UnknownName
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.research import runs
from tradingbot.research.backtest import backtest
from tradingbot.research.laboratory import Laboratory
from tradingbot.research.ledger import Ledger, Trial
from tradingbot.research.lookahead import check_strategy
from tradingbot.research.optimise import NO_SCORE, fold_score, optimise
from tradingbot.research.reproduce import compare, repeat, settings_of
from tradingbot.research.settings import StrategySpec
from tradingbot.research.sweep import grid_of, sweep
from tradingbot.research.walk_forward import Plan, folds_of, walk_forward


@pytest.fixture
def laboratory(filled: Path, tmp_path: Path) -> Laboratory:
    """The generated store with a ledger of the test's own."""
    return Laboratory.at(filled / "data", tmp_path)


def test_a_result_explains_its_equity_by_its_trades(synthetic_run: RunResult) -> None:
    """In every case: initial cash and the profits of all trades give the last equity, to the cent."""
    for case in synthetic_run.cases.values():
        expected = synthetic_run.initial_equity + float(case.trades["pnl"].to_numpy().sum())
        assert float(case.equity["equity"][-1]) == pytest.approx(expected, abs=0.005)
        assert dict(case.trades.schema) == dict(TRADE_SCHEMA)
        assert dict(case.equity.schema) == dict(EQUITY_SCHEMA)


def test_costs_order_the_cases(synthetic_run: RunResult) -> None:
    """Slippage grows from optimistic to pessimistic; fees are in all of them."""
    slippage = [float(synthetic_run.cases[name].trades["slippage"].sum()) for name in CASES]

    assert slippage == sorted(slippage)
    assert all(float(case.trades["fees"].sum()) > 0.0 for case in synthetic_run.cases.values())


def test_generated_candles_are_labelled(synthetic_run: RunResult) -> None:
    """Provenance comes from the store, not from a setting."""
    assert (synthetic_run.data, synthetic_run.execution) == ("synthetic", "backtest")
    assert all(one.sources == ["synthetic"] for one in synthetic_run.dataset)


def test_buy_and_hold_is_what_the_coins_did(synthetic_run: RunResult, laboratory: Laboratory) -> None:
    """Equal parts, bought at the first open with the fee."""
    growth = []
    for symbol in lab.SYMBOLS:
        candles = laboratory.store.load(symbol, laboratory.store.timeframes(symbol)[0], lab.START, lab.END).candles
        growth.append(candles.close[-1] / candles.open[0] / 1.001)

    assert float(synthetic_run.benchmark["equity"][-1]) == pytest.approx(10_000.0 * np.mean(growth))


def test_every_configuration_is_counted_once(laboratory: Laboratory) -> None:
    """The same run again is the same trial; another parameter is another."""
    first = backtest(laboratory, lab.run_settings("sma-cross"), lab.NOW)
    again = backtest(laboratory, lab.run_settings("sma-cross"), lab.NOW + 1)
    other = backtest(laboratory, lab.run_settings(strategies=[StrategySpec("sma-cross", {"fast": 10})]), lab.NOW)

    assert [one.trials.count for one in (first, again, other)] == [1, 1, 2]
    assert first.run_id == again.run_id != other.run_id


def trial(config: str, start: int, end: int, symbols: tuple[str, ...] = ("BTCUSDT",)) -> Trial:
    """A trial that differs in what matters."""
    return Trial(config, "d", "c", "backtest", symbols, start, end, 0, 0.1, {})


def test_trials_on_overlapping_candles_count(tmp_path: Path) -> None:
    """A part of the period or some of the symbols is enough; other candles do not count."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    ledger.record([trial("a", 0, 10), trial("b", 5, 15), trial("c", 20, 30), trial("d", 0, 10, ("ETHUSDT",))])

    assert ledger.trials(["BTCUSDT"], 8, 12).count == 2
    assert ledger.trials(["BTCUSDT", "ETHUSDT"], 0, 30).count == 4
    assert ledger.trials(["SOLUSDT"], 0, 30).count == 0


def test_trials_made_while_a_strategy_was_written_count_for_it(tmp_path: Path) -> None:
    """On the candles they were made on, and for that strategy only."""
    ledger = Ledger(tmp_path / "ledger.sqlite")
    start, end = 1_704_067_200_000, 1_730_419_200_000

    assert ledger.trials(["BTCUSDT"], start, end, ["channel-breakout"]).count == 89
    assert ledger.trials(["BTCUSDT"], start, end, ["channel-breakout"]).sharpe_variance > 0.0
    assert ledger.trials(["BTCUSDT"], start, end, ["sma-cross"]).count == 0
    assert ledger.trials(["BTCUSDT"], end, end + 1, ["channel-breakout"]).count == 0
    assert ledger.trials(["LTCUSDT"], start, end, ["channel-breakout"]).count == 0


def test_a_run_survives_the_disk(synthetic_run: RunResult, tmp_path: Path) -> None:
    """What is loaded equals what was saved, to the last digit."""
    runs.save(tmp_path, synthetic_run, [])
    loaded, _ = runs.load(tmp_path, synthetic_run.run_id)

    assert compare(synthetic_run, loaded).equal
    assert replace(loaded, cases={}, benchmark=pl.DataFrame()).dataset == synthetic_run.dataset
    assert runs.known_runs(tmp_path) == [synthetic_run.run_id]


def test_a_run_is_reproduced_to_the_last_digit(synthetic_run: RunResult, laboratory: Laboratory) -> None:
    """The same candles, settings and code; a changed digit is found."""
    second = repeat(laboratory, synthetic_run, lab.NOW + 5)
    trades = second.central.trades
    bent = trades.with_columns(pnl=pl.col("pnl") + pl.when(pl.int_range(pl.len()) == 0).then(1e-12).otherwise(0.0))
    changed = replace(second, cases={**second.cases, "central": replace(second.central, trades=bent)})

    assert compare(synthetic_run, second).equal
    assert compare(synthetic_run, changed).differences == ["central trades"]


def test_a_broken_run_folder_is_named(synthetic_run: RunResult, tmp_path: Path) -> None:
    """Unknown and damaged runs say so."""
    with pytest.raises(UnknownName, match="bt-0000000000"):
        runs.load(tmp_path, "bt-0000000000")
    folder = runs.save(tmp_path, synthetic_run, [])
    (folder / "central-trades.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="not a whole run"):
        runs.load(tmp_path, synthetic_run.run_id)


def test_a_sweep_runs_the_grid_and_counts_it(laboratory: Laboratory) -> None:
    """3 x 2 combinations, one of them refused by the strategy; each equals a run of its own."""
    settings = lab.run_settings("sma-cross")
    grid = grid_of(laboratory, settings, ["fast=10:50:20", "slow=50,80"])
    done = sweep(laboratory, settings, grid, lab.NOW)
    alone = backtest(laboratory, lab.run_settings(strategies=[StrategySpec("sma-cross", {"fast": 30, "slow": 80})]), 0)
    found = next(one for one in done.results if dict(one.parameters) == {"fast": 30, "slow": 80})

    assert (len(done.results), done.refused, done.trials.count) == (5, 1, 5)
    assert found.total_return == float(alone.central.equity["equity"][-1]) / 10_000.0 - 1.0
    assert alone.trials.count == 5


def test_an_interrupted_sweep_counts_what_it_ran(laboratory: Laboratory) -> None:
    """Combinations that were seen before the interrupt stay counted: looking at them was a trial."""
    settings = lab.run_settings("sma-cross")
    grid = grid_of(laboratory, settings, ["fast=10:50:20", "slow=80,100"])

    def impatient(_what: str, done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(laboratory, settings, grid, lab.NOW, impatient)

    assert laboratory.ledger.trials(lab.SYMBOLS, lab.START, lab.END).count == 2


@pytest.mark.parametrize(
    ("texts", "error", "words"),
    [
        (["quick=1,2"], UnknownName, "quick"),
        (["fast=1:5:0"], OutOfRange, "fast"),
        (["fast=5:1:1"], OutOfRange, "fast"),
        (["fast=a:b:c"], InputError, "fast"),
        (["fast"], InputError, "no values"),
        (["fast=1000"], OutOfRange, "fast"),
        ([], InputError, "no parameter is varied"),
    ],
)
def test_a_bad_grid_is_refused_by_name(
    texts: list[str], error: type[InputError], words: str, laboratory: Laboratory
) -> None:
    """The message names the parameter."""
    with pytest.raises(error, match=words):
        grid_of(laboratory, lab.run_settings("sma-cross"), texts)


def test_an_optimisation_is_the_same_again_and_counts_all_trials(laboratory: Laboratory) -> None:
    """Seeded; its range of equally good parameters holds the best."""
    settings = lab.run_settings("rsi-reversion")
    first = optimise(laboratory, settings, 6, 3, 1, lab.NOW)
    second = optimise(laboratory, settings, 6, 3, 1, lab.NOW)

    assert dict(first.best.parameters) == dict(second.best.parameters)
    assert first.trials.count == second.trials.count == len(first.scored)
    assert all(low <= first.best.parameters[name] <= high for name, (low, high) in first.near.items())


def test_parameters_are_scored_by_their_worst_luck() -> None:
    """Mean of the stretches less one standard error; too few stretches with trades are no score."""
    even = np.tile([0.01, -0.005], 60)
    uneven = np.concatenate([np.zeros(60), even[:60] * 2])

    assert fold_score(even, 4)[1] > fold_score(uneven, 4)[1]
    assert fold_score(np.zeros(120), 4)[1] == NO_SCORE


def test_folds_never_overlap_and_judge_only_later_days() -> None:
    """Train, embargo, test; tests follow each other without a gap."""
    plan = Plan(train_days=30, test_days=10, window="rolling", embargo_days=1)
    folds = folds_of(0, 75 * DAY_MS, plan)

    assert all(fold.train_end + DAY_MS == fold.test_start for fold in folds)
    assert all(fold.train_end - fold.train_start == 30 * DAY_MS for fold in folds)
    assert [fold.test_start for fold in folds[1:]] == [fold.test_end for fold in folds[:-1]]
    assert folds[-1].test_end == 75 * DAY_MS
    with pytest.raises(OutOfRange):
        folds_of(0, 20 * DAY_MS, plan)
    with pytest.raises(OutOfRange, match="reversed"):
        folds_of(75 * DAY_MS, 0, plan)


def test_walk_forward_reports_only_judged_days_and_can_be_reproduced(laboratory: Laboratory) -> None:
    """Equity begins after the first training stretch and equals cash plus all profits."""
    settings = lab.run_settings("sma-cross")
    grid = {"fast": [10, 20]}
    result = walk_forward(laboratory, settings, grid, Plan(40, 20), lab.NOW)
    again = repeat(laboratory, result, lab.NOW)
    central = result.central

    assert result.kind == "walk-forward"
    assert result.start == lab.START + 41 * DAY_MS
    assert central.trades["entry_time"].to_numpy().min() >= result.start
    assert float(central.equity["equity"][-1]) == pytest.approx(
        10_000.0 + central.trades["pnl"].to_numpy().sum(), abs=0.005
    )
    assert float(central.equity["fees"][-1]) == pytest.approx(float(central.trades["fees"].sum()))
    assert compare(result, again).equal
    assert settings_of(result).start == lab.START


def test_built_in_strategies_do_not_look_ahead_on_stored_candles(laboratory: Laboratory) -> None:
    """The verb's own check finds nothing."""
    assert not check_strategy(laboratory, lab.run_settings("sma-cross"))


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"symbols": ["XRPUSDT"]}, NoData, "XRPUSDT"),
        ({"symbols": []}, InputError, "symbols"),
        ({"symbols": ["BTCUSDT", "BTCUSDT"]}, InputError, "twice"),
        ({"strategies": []}, InputError, "strategies"),
        ({"strategies": [StrategySpec("sma-crosss")]}, UnknownName, "sma-cross"),
        ({"strategies": [StrategySpec("sma-cross", {"fast": 0})]}, OutOfRange, "fast"),
        ({"start": lab.END, "end": lab.START}, OutOfRange, "from"),
        ({"start": lab.END + DAY_MS, "end": lab.END + 9 * DAY_MS}, NoData, "BTCUSDT"),
        ({"base": "1m"}, NoData, "1m"),
        ({"base": "1d"}, InputError, "timeframe"),
    ],
)
def test_a_run_that_cannot_be_is_refused_by_name(
    changes: dict[str, object], error: type[InputError], words: str, laboratory: Laboratory
) -> None:
    """The message names what is wrong, and nothing is counted."""
    with pytest.raises(error, match=words):
        backtest(laboratory, lab.run_settings("sma-cross", **changes), lab.NOW)
    assert laboratory.ledger.trials(lab.SYMBOLS, 0, 2**60).count == 0
