"""Optuna with a walk-forward objective: parameters that held up in every stretch, with their uncertainty."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna

from tradingbot.analysis.result import Trials
from tradingbot.analysis.sharpe import sharpe
from tradingbot.analysis.trades import StopFigures, stop_figures
from tradingbot.domain.candles import FloatColumn
from tradingbot.domain.errors import TradingBotError
from tradingbot.research.catalogue import values_of
from tradingbot.research.laboratory import Laboratory, Progress, silent
from tradingbot.research.ledger import Trial
from tradingbot.research.results import case_result
from tradingbot.research.settings import RunSettings
from tradingbot.research.simulate import simulate
from tradingbot.research.trial import Bench, Tried
from tradingbot.strategies.params import Parameter, parameters
from tradingbot.strategies.registry import find

NO_SCORE = -10.0
"""Score of parameters that traded in too few stretches to be judged."""

STARTUP_TRIALS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """One trial: the daily Sharpe ratio of each stretch, and their mean less one standard error."""

    parameters: Mapping[str, Any]
    folds: FloatColumn
    score: float
    result: Tried


@dataclass(frozen=True, slots=True, eq=False)
class Optimisation:
    """The best trial, and the range of each parameter among the trials that are as good within one standard error."""

    best: Scored
    scored: Sequence[Scored]
    near: Mapping[str, tuple[Any, Any]]
    trials: Trials
    stops: StopFigures  # of the best trial


def fold_score(returns: FloatColumn, folds: int) -> tuple[FloatColumn, float]:
    """Daily Sharpe ratios of consecutive stretches of equal length, and mean - standard error (NO_SCORE: too few)."""
    sharpes = np.array([sharpe(part) for part in np.array_split(returns, folds)])
    known = sharpes[np.isfinite(sharpes)]
    if len(known) < max(2, folds // 2):
        return sharpes, NO_SCORE
    filled = np.nan_to_num(sharpes)  # a stretch without trades earned nothing
    return sharpes, float(filled.mean() - filled.std(ddof=1) / math.sqrt(folds))


def suggest(trial: optuna.Trial, searched: Sequence[Parameter]) -> Mapping[str, Any]:
    """Values for the searched parameters."""
    values: dict[str, Any] = {}
    for one in searched:
        if one.low is None or one.high is None:
            values[one.name] = one.parse(trial.suggest_categorical(one.name, [str(choice) for choice in one.choices]))
        elif one.type is int:
            values[one.name] = trial.suggest_int(one.name, int(one.low), int(one.high))
        else:
            values[one.name] = trial.suggest_float(one.name, one.low, one.high)
    return values


def searchable(laboratory: Laboratory, settings: RunSettings) -> Sequence[Parameter]:
    """The declared parameters of the run's first strategy that it does not fix; the timeframe stays as it is."""
    first = settings.strategies[0]
    strategy = find(first.name, laboratory.catalogue.known)
    return [p for p in parameters(strategy) if p.name not in first.parameters and p.name != "timeframe"]


@dataclass(slots=True)
class _Search:
    """What Optuna calls; keeps every trial."""

    bench: Bench
    searched: Sequence[Parameter]
    folds: int
    now_ms: int
    scored: list[Scored]
    trials: list[Trial]

    def objective(self, trial: optuna.Trial) -> float:
        chosen = suggest(trial, self.searched)
        try:
            result, variant = self.bench.run(chosen)
        except TradingBotError:
            raise optuna.TrialPruned from None  # parameters that exclude each other
        folds, score = fold_score(result.returns, self.folds)
        self.scored.append(Scored(chosen, folds, score, result))
        self.trials.append(self.bench.trial(result, variant, "optimise", self.now_ms))
        return score


def optimise(
    laboratory: Laboratory,
    settings: RunSettings,
    count: int,
    folds: int,
    seed: int,
    now_ms: int,
    progress: Progress = silent,
) -> Optimisation:
    """Try `count` sets of parameters; all of them are in the ledger, also when the search is interrupted."""
    bench = Bench.of(laboratory, laboratory.prepare(settings))
    search = _Search(bench, searchable(laboratory, settings), folds, now_ms, [], [])
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=min(STARTUP_TRIALS, count))
    study = optuna.create_study(direction="maximize", sampler=sampler)
    first = dict(values_of(bench.prepared.strategies[0][1]))
    study.enqueue_trial({one.name: _plain(first[one.name]) for one in search.searched})
    try:
        study.optimize(
            search.objective, n_trials=count, callbacks=[lambda _study, t: progress("optimise", t.number + 1, count)]
        )
    finally:
        laboratory.ledger.record(search.trials)
    best = max(search.scored, key=lambda one: one.score)
    market = bench.prepared.market
    trials = laboratory.ledger.trials(settings.symbols, market.start, settings.end, [settings.strategies[0].name])
    return Optimisation(best, search.scored, near_best(search.scored, best), trials, stops_of(bench, best))


def stops_of(bench: Bench, best: Scored) -> StopFigures:
    """How the stops of the best trial did, the share of stopped trades whose price came back among it."""
    variant = bench.variant(best.parameters)
    inputs = bench.inputs._replace(events=variant.events, volatility=variant.volatility)
    return stop_figures(case_result(variant, simulate(variant, inputs), "central").trades)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float) else str(value)


def near_best(scored: Sequence[Scored], best: Scored) -> Mapping[str, tuple[Any, Any]]:
    """The range of each parameter among trials whose score is within one standard error of the best one's."""
    error = float(np.nan_to_num(best.folds).std(ddof=1) / math.sqrt(len(best.folds)))
    close = [one for one in scored if one.score >= best.score - error]
    return {
        name: (min(one.parameters[name] for one in close), max(one.parameters[name] for one in close))
        for name in best.parameters
    }
