"""Runs a strategy and believes nothing: what breaks the contract is refused with the first candle at which it does."""

import traceback
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradingbot.domain.candles import COLUMNS, BoolColumn, Candles, Signals
from tradingbot.domain.errors import BadStrategy
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.naming import kebab_case

OPTIONAL = {
    "weight": (0.0, 1.0),
    "probability": (0.0, 1.0),
    "target": (np.nextafter(0.0, 1.0), np.finfo(np.float64).max),
}
"""The columns that may be NaN where they are not known, and the lowest and highest value otherwise."""


def evaluate(strategy: Strategy, candles: Candles) -> Signals:
    """The strategy's signals over those candles, all false during its warm-up.

    Raises BadStrategy, naming strategy, column and the first bad candle, when it raises, changes its input, or returns
    another length or dtype, an entry without a finite strength, a weight or probability outside 0 to 1, or a target
    that is not above 0. A NaN in `weight`, `target` or `probability` means "not known" and passes.
    """
    name = kebab_case(type(strategy).__name__)
    warmup, signals = _run(name, strategy, candles)
    for column in ("enter", "exit"):
        _check_flags(f"{name}.{column}", getattr(signals, column), candles)
    trusted = np.arange(len(candles)) >= warmup - 1
    blanked = replace(signals, enter=signals.enter & trusted, exit=signals.exit & trusted)
    _check_numbers(name, blanked, candles)
    return blanked


def _run(name: str, strategy: Strategy, candles: Candles) -> tuple[int, Signals]:
    """What it answers, typed as it should be; what it may have spoiled is a copy."""
    given = _copy(candles)
    try:
        warmup: object = strategy.warmup
        signals: object = strategy.signals(given)
    except (Exception, SystemExit) as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        problem = f"raised {type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})"
        raise BadStrategy(name, problem, "Mend the strategy") from error
    _refuse_mutation(name, candles, given)
    if not isinstance(warmup, int) or warmup < 1:
        raise BadStrategy(f"{name}.warmup", f"{warmup!r} is not a number of candles", "Return an int of 1 or more")
    if not isinstance(signals, Signals):
        raise BadStrategy(name, f"signals returned {type(signals).__name__}", "Return Signals(enter=..., exit=...)")
    return warmup, signals


def _check_flags(where: str, values: NDArray[Any], candles: Candles) -> None:
    _check_length(where, values, candles)
    if values.dtype != np.bool_:
        unknown = np.array([value != value for value in values], np.bool_)
        _refuse(where, unknown, candles, "NaN", "Use comparisons, which are False where a value is not known")
        raise BadStrategy(where, f"it holds {values.dtype}, not booleans", "Return the result of a comparison")


def _check_numbers(name: str, signals: Signals, candles: Candles) -> None:
    for column in ("strength", *OPTIONAL):
        values, where = getattr(signals, column), f"{name}.{column}"
        if values is None:
            continue
        _check_length(where, values, candles)
        if values.dtype != np.float64:
            raise BadStrategy(where, f"it holds {values.dtype}, not float64", "Convert it with astype(float)")
        if column == "strength":
            unranked = signals.enter & ~np.isfinite(values)
            _refuse(where, unranked, candles, "an entry without a finite number", "Enter only where it is known")
        else:
            low, high = OPTIONAL[column]
            outside = (values < low) | (values > high)
            _refuse(where, outside, candles, "out of range", "Return fractions, 0.03 for 3 %; NaN where not known")


def _check_length(where: str, values: object, candles: Candles) -> None:
    shape = values.shape if isinstance(values, np.ndarray) else type(values).__name__
    if shape != (len(candles),):
        raise BadStrategy(where, f"it is {shape} for {len(candles)} candles", "Return an array with one row a candle")


def _refuse(where: str, bad: BoolColumn, candles: Candles, problem: str, remedy: str) -> None:
    if bad.any():
        raise BadStrategy(where, f"{problem} at the candle of {_moment(candles, int(np.argmax(bad)))}", remedy)


def _refuse_mutation(name: str, candles: Candles, given: Candles) -> None:
    for column in COLUMNS:
        before, after = getattr(candles, column), getattr(given, column)
        if not np.array_equal(before, after, equal_nan=True):
            at = int(np.argmax((before != after) & ~(np.isnan(before) & np.isnan(after))))
            problem = f"it changed its input's {column} at the candle of {_moment(candles, at)}"
            raise BadStrategy(name, problem, "Work on a copy of the column")
    if candles.reference is not None and given.reference is not None:
        _refuse_mutation(f"{name}, reference", candles.reference, given.reference)


def _copy(candles: Candles) -> Candles:
    """Columns of its own, so that a strategy can spoil no one else's."""
    reference = candles.reference
    columns = {name: getattr(candles, name).copy() for name in COLUMNS}
    return replace(candles, **columns, reference=None if reference is None else _copy(reference))


def _moment(candles: Candles, at: int) -> str:
    return datetime.fromtimestamp(int(candles.open_time[at]) / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
