"""Run a finished run again and prove that it is equal to the last digit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import polars as pl

from tradingbot.analysis.result import RunResult
from tradingbot.research.backtest import backtest
from tradingbot.research.laboratory import Laboratory, Progress, silent
from tradingbot.research.settings import RunSettings
from tradingbot.research.sweep import combinations
from tradingbot.research.walk_forward import Plan, walk_forward
from tradingbot.strategies.params import parameters
from tradingbot.strategies.registry import find


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is equal between a run and its repetition; `differences` is empty when everything is."""

    run_id: str
    checks: Mapping[str, bool]
    differences: Sequence[str]

    @property
    def equal(self) -> bool:
        """Whether the repetition is the same to the last digit."""
        return not self.differences


def settings_of(result: RunResult) -> RunSettings:
    """The settings that a run was made with."""
    config = {name: value for name, value in result.config.items() if name in RunSettings.__struct_fields__}
    return msgspec.convert(config, RunSettings)


def repeat(laboratory: Laboratory, result: RunResult, now_ms: int, progress: Progress = silent) -> RunResult:
    """The same run on the candles and code of today."""
    settings = settings_of(result)
    if result.kind == "backtest":
        return backtest(laboratory, settings, now_ms, progress)
    held: Mapping[str, Any] = result.config["walk_forward"]
    strategy = find(settings.strategies[0].name, laboratory.catalogue.known)
    known = {one.name: one for one in parameters(strategy)}
    grid = {name: [known[name].parse(value) for value in values] for name, values in held["grid"].items()}
    plan = msgspec.convert(held["plan"], Plan)
    if grid:
        combinations(laboratory, settings, grid)
    return walk_forward(laboratory, settings, grid, plan, now_ms, progress)


def compare(first: RunResult, second: RunResult) -> Comparison:
    """Every table of every case, value by value, and the fingerprints."""
    checks = {
        "candles": first.dataset_sha256 == second.dataset_sha256,
        "configuration": first.config_sha256 == second.config_sha256,
        "code": first.code_sha256 == second.code_sha256,
    }
    for name, case in first.cases.items():
        other = second.cases[name]
        for frame in ("equity", "trades", "refusals"):
            checks[f"{name} {frame}"] = _same(getattr(case, frame), getattr(other, frame))
        checks[f"{name} drawdown"] = case.max_drawdown == other.max_drawdown
    return Comparison(first.run_id, checks, [name for name, equal in checks.items() if not equal])


def _same(first: pl.DataFrame, second: pl.DataFrame) -> bool:
    return first.equals(second, null_equal=True)
