"""Walk-forward: parameters are chosen on one stretch and judged on the next; only the judged stretches are reported."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec
import polars as pl

from tradingbot.analysis.result import CASES, CaseName, CaseResult, RunResult
from tradingbot.data.calendar import check_range
from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.research.backtest import assemble, counted, run_case
from tradingbot.research.hold import buy_and_hold
from tradingbot.research.laboratory import Laboratory, Progress, silent
from tradingbot.research.prepare import Prepared, base_clock
from tradingbot.research.provenance import config_sha256
from tradingbot.research.settings import RunSettings, StrategySpec
from tradingbot.research.sweep import combinations, sweep

Window = Literal["expanding", "rolling"]

CUMULATIVE = ("turnover", "fees", "slippage")


class Plan(msgspec.Struct, frozen=True):
    """Lengths in days. `embargo_days` lie between choosing and judging, so that no trade reaches across."""

    train_days: int = 365
    test_days: int = 90
    window: Window = "expanding"
    embargo_days: int = 1


@dataclass(frozen=True, slots=True)
class Fold:
    """One step; moments in ms UTC, ends exclusive."""

    train_start: int
    train_end: int
    test_start: int
    test_end: int


def folds_of(start: int, end: int, plan: Plan) -> Sequence[Fold]:
    """The steps from `start` to `end`; raises OutOfRange when the range holds none."""
    check_range(start, end)
    train, test, embargo = plan.train_days * DAY_MS, plan.test_days * DAY_MS, plan.embargo_days * DAY_MS
    if min(train, test) <= 0 or embargo < 0:
        raise OutOfRange("train/test", "a length is not positive", "Give --train and --test in days")
    folds = []
    at = start + train
    while at + embargo < end:
        begin = start if plan.window == "expanding" else at - train
        folds.append(Fold(begin, at, at + embargo, min(at + embargo + test, end)))
        at = folds[-1].test_end - embargo
        if folds[-1].test_end >= end:
            break
    if not folds:
        days = (end - start) // DAY_MS
        raise OutOfRange("from/to", f"{days} days hold no step of {plan.train_days} + {plan.test_days}", "Widen it")
    return folds


def choose(
    laboratory: Laboratory, settings: RunSettings, grid: Mapping[str, Sequence[Any]], fold: Fold, now_ms: int
) -> Mapping[str, Any]:
    """The combination with the best Sharpe ratio on the training stretch; grid order decides between equals."""
    training = msgspec.structs.replace(settings, start=fold.train_start, end=fold.train_end)
    results = sweep(laboratory, training, grid, now_ms).results
    return max(results, key=lambda one: -1e9 if one.sharpe != one.sharpe else one.sharpe).parameters


def with_parameters(settings: RunSettings, chosen: Mapping[str, Any]) -> RunSettings:
    """The settings with these parameters of the first strategy."""
    first, *others = settings.strategies
    spec = StrategySpec(first.name, {**first.parameters, **chosen})
    return msgspec.structs.replace(settings, strategies=[spec, *others])


def joined(name: CaseName, parts: Sequence[CaseResult]) -> CaseResult:
    """Consecutive stretches as one; sums since the start go on from stretch to stretch."""
    frames = []
    offset = dict.fromkeys(CUMULATIVE, 0.0)
    for part in parts:
        frames.append(part.equity.with_columns([pl.col(c) + offset[c] for c in CUMULATIVE]))
        offset = {c: float(frames[-1][c][-1]) for c in CUMULATIVE}
    equity = pl.concat(frames)
    falls = 1.0 - equity["low"].to_numpy() / equity["equity"].cum_max().to_numpy()
    counts = pl.concat([part.refusals for part in parts]).group_by("strategy", "symbol", "rule", maintain_order=True)
    return replace(
        parts[-1],
        name=name,
        equity=equity,
        trades=pl.concat([part.trades for part in parts]),
        refusals=counts.agg(pl.col("count").sum()),
        max_drawdown=max(*(part.max_drawdown for part in parts), float(falls.max())),
        events=[event for part in parts for event in part.events],
    )


def walk_forward(
    laboratory: Laboratory,
    settings: RunSettings,
    grid: Mapping[str, Sequence[Any]],
    plan: Plan,
    now_ms: int,
    progress: Progress = silent,
) -> RunResult:
    """The out-of-sample stretches as one result; equity goes on from one to the next, positions are closed between.

    Every combination on every training stretch is a trial in the ledger. With an empty grid nothing is chosen and the
    given parameters are judged as they are.
    """
    if grid:
        combinations(laboratory, settings, grid)
    folds = folds_of(settings.start, settings.end, plan)
    clock = base_clock(laboratory.store, settings, laboratory.catalogue.build(settings.strategies))
    settings = msgspec.structs.replace(settings, base=str(clock))  # one clock for all stretches
    parts: dict[CaseName, list[CaseResult]] = {case: [] for case in CASES}
    cash = dict.fromkeys(CASES, settings.cash)
    chosen = []
    prepared: Prepared | None = None
    for number, fold in enumerate(folds):
        progress("walk-forward", number, len(folds))
        picked = choose(laboratory, settings, grid, fold, now_ms) if grid else {}
        chosen.append({"test_start": fold.test_start, "test_end": fold.test_end, "parameters": dict(picked)})
        test = msgspec.structs.replace(with_parameters(settings, picked), start=fold.test_start, end=fold.test_end)
        prepared = laboratory.prepare(test)
        for case in CASES:
            carried = replace(prepared, settings=msgspec.structs.replace(test, cash=cash[case]))
            parts[case].append(run_case(laboratory, carried, case))
            cash[case] = float(parts[case][-1].equity["equity"][-1])
    progress("walk-forward", len(folds), len(folds))
    whole = laboratory.prepare(msgspec.structs.replace(settings, start=folds[0].test_start))
    result = assemble(laboratory, whole, {case: joined(case, parts[case]) for case in CASES}, now_ms)
    return counted(laboratory, _named(result, whole, settings, plan, grid, chosen), "walk-forward")


def _named(
    result: RunResult,
    whole: Prepared,
    asked: RunSettings,
    plan: Plan,
    grid: Mapping[str, Sequence[Any]],
    chosen: Sequence[Mapping[str, Any]],
) -> RunResult:
    """The result under its own kind and id, with what was chosen at each step."""
    values = {name: [str(value) for value in held] for name, held in grid.items()}
    own = {"start": asked.start, "walk_forward": {"plan": msgspec.to_builtins(plan), "grid": values}}
    config = {**result.config, **own}
    digest = config_sha256(config)
    key = f"{result.dataset_sha256}{digest}{result.code_sha256}"
    times = result.central.equity["time"].to_numpy()
    steps = [
        f"Step {n}: {', '.join(f'{k} = {v}' for k, v in one['parameters'].items()) or 'parameters as given'}"
        for n, one in enumerate(chosen, 1)
    ]
    note = (
        f"Only out-of-sample stretches: {len(chosen)} of {plan.test_days} days, chosen on {plan.train_days} days "
        f"({plan.window}) before each, {plan.embargo_days} day(s) apart. "
        "Each begins with its own account limits and ends without positions."
    )
    return replace(
        result,
        kind="walk-forward",
        run_id="wf-" + hashlib.sha256(key.encode()).hexdigest()[:10],
        config=config,
        config_sha256=digest,
        benchmark=buy_and_hold(whole.market, times, whole.settings.cash, whole.settings.costs.taker),
        notes=[*result.notes, note, *steps],
    )
