"""Runs a strategy and believes nothing: what breaks the contract is refused with the first candle at which it does."""

import traceback
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradingbot.domain.candles import COLUMNS, BoolColumn, Candles, FloatColumn, Signals
from tradingbot.domain.errors import BadStrategy
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.naming import kebab_case


def evaluate(strategy: Strategy, candles: Candles) -> Signals:
    """The strategy's signals over those candles, all false during its warm-up.

    Raises BadStrategy, naming strategy, column and the first bad candle, when it raises, changes its input, or returns
    another length or dtype, an entry without a finite strength, a weight or probability outside 0 to 1, or a target
    that is not above 0. A NaN in `weight`, `target` or `probability` means "not known" and passes.
    """
    name = kebab_case(type(strategy).__name__)
    given = _copy(candles)
    try:
        warmup, signals = strategy.warmup, strategy.signals(given)
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        problem = f"raised {type(error).__name__}: {error} ({last.filename}, line {last.lineno})"
        raise BadStrategy(name, problem, "Mend the strategy") from error
    _refuse_mutation(name, candles, given)
    if not isinstance(signals, Signals):
        raise BadStrategy(name, f"returned {type(signals).__name__}", "Return Signals")
    if not isinstance(warmup, int) or warmup < 1:
        raise BadStrategy(f"{name}.warmup", f"{warmup!r} is not a number of candles", "Return an int of 1 or more")
    return _Check(name, candles, warmup).signals(signals)


@dataclass(frozen=True, slots=True)
class _Check:
    """The checks of one answer."""

    strategy: str
    candles: Candles
    warmup: int

    def signals(self, signals: Signals) -> Signals:
        trusted = np.arange(len(self.candles)) >= self.warmup - 1
        enter, exit_ = self._flags("enter", signals.enter) & trusted, self._flags("exit", signals.exit) & trusted
        self._known("strength", signals.strength, enter)
        self._between("weight", signals.weight, 0.0, 1.0)
        self._between("probability", signals.probability, 0.0, 1.0)
        self._between("target", signals.target, np.nextafter(0.0, 1.0), np.finfo(np.float64).max)
        return replace(signals, enter=enter, exit=exit_)

    def _flags(self, column: str, values: BoolColumn) -> BoolColumn:
        self._length(column, values)
        if values.dtype != np.bool_:
            unknown = np.array([value != value for value in values], np.bool_)  # noqa: PLR0124 - NaN of any dtype
            self._refuse(column, unknown, "NaN", "Use comparisons, which are False where a value is not known")
            raise self._error(column, f"holds {values.dtype}, not booleans", "Return the result of a comparison")
        return values

    def _known(self, column: str, values: FloatColumn | None, where: BoolColumn) -> None:
        if values is not None:
            self._floats(column, values)
            self._refuse(column, where & ~np.isfinite(values), "not a number at an entry", "Enter only where it is known")

    def _between(self, column: str, values: FloatColumn | None, low: float, high: float) -> None:
        if values is not None:
            self._floats(column, values)
            bad = (values < low) | (values > high)
            self._refuse(column, bad, "out of range", "Return fractions: 0.03 for 3 %, NaN where it is not known")

    def _floats(self, column: str, values: FloatColumn) -> None:
        self._length(column, values)
        if values.dtype != np.float64:
            raise self._error(column, f"holds {values.dtype}, not float64", "Convert it with astype(float)")

    def _length(self, column: str, values: NDArray[Any]) -> None:
        shape = values.shape if isinstance(values, np.ndarray) else type(values).__name__
        if shape != (len(self.candles),):
            raise self._error(column, f"is {shape} for {len(self.candles)} candles", "Return a column with a row a candle")

    def _refuse(self, column: str, bad: BoolColumn, problem: str, remedy: str) -> None:
        if bad.any():
            at = int(self.candles.open_time[int(np.argmax(bad))])
            raise self._error(column, f"{problem} at the candle of {_text(at)}", remedy)

    def _error(self, column: str, problem: str, remedy: str) -> BadStrategy:
        return BadStrategy(f"{self.strategy}.{column}", problem, remedy)


def _refuse_mutation(name: str, candles: Candles, given: Candles) -> None:
    for column in COLUMNS:
        before, after = getattr(candles, column), getattr(given, column)
        if not np.array_equal(before, after, equal_nan=True):
            at = int(np.argmax((before != after) & ~(np.isnan(before) & np.isnan(after))))
            moment = _text(int(candles.open_time[at]))
            raise BadStrategy(name, f"changed its input's {column} at the candle of {moment}", "Work on a copy")
    if candles.reference is not None and given.reference is not None:
        _refuse_mutation(f"{name}, reference", candles.reference, given.reference)


def _copy(candles: Candles) -> Candles:
    """Columns of its own, so that a strategy can spoil no one else's."""
    reference = candles.reference
    columns = {name: getattr(candles, name).copy() for name in COLUMNS}
    return replace(candles, **columns, reference=None if reference is None else _copy(reference))


def _text(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).isoformat(sep=" ", timespec="seconds").removesuffix("+00:00") + " UTC"
