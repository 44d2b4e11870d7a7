"""A parameter grid on all cores."""

import itertools
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import msgspec

from tradingbot.analysis.result import Trials
from tradingbot.domain.errors import InputError, OutOfRange, TradingBotError
from tradingbot.research.laboratory import Laboratory, Progress, silent
from tradingbot.research.settings import RunSettings, StrategySpec
from tradingbot.research.trial import Bench, Tried
from tradingbot.strategies.params import Parameter, build, parameters
from tradingbot.strategies.registry import find

MOST_COMBINATIONS = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """All combinations that the strategy accepts, in grid order; `refused` ones break a rule between parameters."""

    results: Sequence[Tried]
    refused: int
    trials: Trials


def grid_of(laboratory: Laboratory, settings: RunSettings, texts: Sequence[str]) -> Mapping[str, Sequence[Any]]:
    """`name=5:50:5` (from, to, step; both ends included) or `name=5,10,20` of the run's first strategy.

    Raises UnknownName, OutOfRange and InputError, which name the parameter.
    """
    strategy = find(settings.strategies[0].name, laboratory.catalogue.known)
    known = {parameter.name: parameter for parameter in parameters(strategy)}
    grid: dict[str, Sequence[Any]] = {}
    for text in texts:
        name, _, values = text.partition("=")
        if not values:
            raise InputError("param", f"'{text}' has no values", "Write name=5:50:5 or name=5,10,20")
        if name not in known:
            build(strategy, {name: values})  # raises UnknownName with the nearest name
        if name in grid:
            raise InputError("param", f"{name} is given twice", "Name all its values at once, as in name=5,10,20")
        grid[name] = list(dict.fromkeys(known[name].parse(value) for value in _values(name, values)))
    if not grid:
        raise InputError("param", "no parameter is varied", "Add --param name=5:50:5, once for each parameter")
    return grid


def _values(name: str, text: str) -> Sequence[Any]:
    if ":" not in text:
        return [value.strip() for value in text.split(",")]
    try:
        low, high, step = (float(part) for part in text.split(":"))
    except ValueError:
        raise InputError(name, f"'{text}' is not a range", "Write from:to:step, as in 5:50:5") from None
    if not (step > 0.0 and high >= low and (high - low) / step <= MOST_COMBINATIONS):
        raise OutOfRange(name, f"'{text}' is an empty or endless range", "Give from <= to and a positive step")
    count = int((high - low) / step + 1e-9) + 1
    return [f"{low + k * step:.12g}" for k in range(count)]


def default_grid(laboratory: Laboratory, settings: RunSettings, points: int) -> Mapping[str, Sequence[Any]]:
    """`points` values across the declared range of each number."""
    strategy = find(settings.strategies[0].name, laboratory.catalogue.known)
    return {
        one.name: list(
            dict.fromkeys(one.parse(_between(one, one.low, one.high, k / (points - 1))) for k in range(points))
        )
        for one in parameters(strategy)
        if one.low is not None and one.high is not None
    }


def _between(parameter: Parameter, low: float, high: float, share: float) -> float:
    value = low + (high - low) * share
    return round(value) if parameter.type is int else value


def combinations(
    laboratory: Laboratory, settings: RunSettings, grid: Mapping[str, Sequence[Any]]
) -> tuple[Sequence[Mapping[str, Any]], int]:
    """Those that the strategy accepts, and how many it does not; raises OutOfRange for too many or none."""
    first = settings.strategies[0]
    strategy = find(first.name, laboratory.catalogue.known)
    total = 1
    for values in grid.values():
        total *= len(values)
    if total > MOST_COMBINATIONS:
        raise OutOfRange("param", f"{total} combinations", f"Vary less: at most {MOST_COMBINATIONS} are run")
    accepted = []
    for values in itertools.product(*grid.values()):
        chosen = dict(zip(grid, values, strict=True))
        try:
            build(strategy, {**first.parameters, **chosen})
        except TradingBotError:
            continue
        accepted.append(chosen)
    if not accepted:
        raise OutOfRange("param", "the strategy accepts no combination", "Widen the grid")
    return accepted, total - len(accepted)


def sweep(
    laboratory: Laboratory,
    settings: RunSettings,
    grid: Mapping[str, Sequence[Any]],
    now_ms: int,
    progress: Progress = silent,
) -> Sweep:
    """Run the grid; every combination that was run is in the ledger, also where the sweep is interrupted.

    Threads share the candles: the core runs without the interpreter's lock, so memory does not grow with the grid.
    """
    chosen, refused = combinations(laboratory, settings, grid)
    first = settings.strategies[0]
    begin = [StrategySpec(first.name, {**first.parameters, **chosen[0]}), *settings.strategies[1:]]
    bench = Bench.of(laboratory, laboratory.prepare(msgspec.structs.replace(settings, strategies=begin)))
    results: list[Tried] = []
    trials = []
    try:
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            for result, variant in pool.map(bench.run, chosen):
                results.append(result)
                trials.append(bench.trial(result, variant, "sweep", now_ms))
                progress("sweep", len(results), len(chosen))
    finally:
        laboratory.ledger.record(trials)
    counted = laboratory.ledger.trials(settings.symbols, trials[0].start, trials[0].end, [first.name])
    return Sweep(results, refused, counted)
