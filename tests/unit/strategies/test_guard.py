"""Whatever breaks the contract of a strategy is refused, and the error says where."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from tests.support.generated import gappy, walk
from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.errors import BadStrategy
from tradingbot.domain.timeframe import Timeframe
from tradingbot.strategies.guard import evaluate

CANDLES = walk(20)
NEVER = np.zeros(20, np.bool_)
ALWAYS = np.ones(20, np.bool_)
SILENT = Signals(enter=NEVER, exit=NEVER)


@dataclass(frozen=True)
class Scripted:
    """Answers as it is told to."""

    answer: Callable[[Candles], Any]
    warmup: int = 1
    timeframe: Timeframe = field(default=Timeframe.H1)

    def signals(self, candles: Candles) -> Signals:
        """The answer."""
        answer: Signals = self.answer(candles)
        return answer


def column(at: int, value: float, count: int = 20) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.full(count, 0.5)
    values[at] = value
    return values


def refusal(answer: Callable[[Candles], Any], candles: Candles = CANDLES, warmup: int = 1) -> str:
    with pytest.raises(BadStrategy) as error:
        evaluate(Scripted(answer, warmup), candles)
    return str(error.value)


def returned(**columns: Any) -> str:
    return refusal(lambda _: replace(SILENT, **columns))


def test_signals_pass_unchanged_after_the_warm_up() -> None:
    """Entries and exits before the warm-up's last candle are blanked, nothing else is touched."""
    strength = column(3, 2.0)
    signals = evaluate(Scripted(lambda _: Signals(ALWAYS, ALWAYS, strength), warmup=5), CANDLES)

    assert signals.enter.tolist() == [False] * 4 + [True] * 16
    assert signals.exit.tolist() == [False] * 4 + [True] * 16
    assert signals.strength is strength


def test_a_strategy_that_raises_is_named_with_its_line() -> None:
    """The error names strategy, exception, file and line."""
    assert refusal(lambda _: 1 / 0).startswith(
        "scripted: raised ZeroDivisionError: division by zero (test_guard.py, line "
    )


def test_a_strategy_that_ends_the_program_is_refused() -> None:
    """A sys.exit(0) inside a strategy would pass for success."""

    def leave(_: Candles) -> Signals:
        raise SystemExit(0)

    assert refusal(leave).startswith("scripted: raised SystemExit: 0")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"enter": NEVER[:19]}, "scripted.enter: it is (19,) for 20 candles"),
        ({"exit": np.zeros((20, 1), np.bool_)}, "scripted.exit: it is (20, 1) for 20 candles"),
        ({"exit": [False] * 20}, "scripted.exit: it is list for 20 candles"),
        ({"enter": None}, "scripted.enter: it is NoneType for 20 candles"),
        ({"strength": np.zeros(3)}, "scripted.strength: it is (3,) for 20 candles"),
    ],
)
def test_another_length_is_refused(columns: dict[str, Any], message: str) -> None:
    """Every column has one row a candle."""
    assert returned(**columns).startswith(message)


@pytest.mark.parametrize("column_", [column(3, np.nan), column(3, np.nan).astype(object)])
def test_nan_in_a_boolean_column_is_refused(column_: Any) -> None:
    """Floats and objects with NaN name the first candle that is not known."""
    assert returned(enter=column_).startswith("scripted.enter: NaN at the candle of 2020-01-01 08:00 UTC")


@pytest.mark.parametrize("kind", [np.float64, np.int64, object])
def test_other_types_than_booleans_are_refused(kind: type) -> None:
    """Numbers are no decisions, even if they are all 0 or 1."""
    assert f"it holds {np.dtype(kind)}, not booleans" in returned(exit=NEVER.astype(kind))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_entry_without_a_strength_is_refused(value: float) -> None:
    """Strength is finite where an entry is; elsewhere and in the warm-up it need not be."""
    enter = np.arange(20) == 7
    found = returned(enter=enter, strength=column(7, value))

    assert found.startswith("scripted.strength: an entry without a finite number at the candle of 2020-01-01 12:00 UTC")
    evaluate(Scripted(lambda _: Signals(enter, NEVER, column(8, value))), CANDLES)
    evaluate(Scripted(lambda _: Signals(enter, NEVER, column(7, value)), warmup=9), CANDLES)


@pytest.mark.parametrize(
    ("name", "value"),
    [("weight", 1.01), ("weight", -0.1), ("probability", 2.0), ("probability", np.inf), ("target", 0.0)],
)
def test_a_fraction_out_of_range_is_refused(name: str, value: float) -> None:
    """Weights and probabilities lie within 0 and 1, targets above 0; NaN means not known."""
    assert returned(**{name: column(7, value)}).startswith(
        f"scripted.{name}: out of range at the candle of 2020-01-01 12:00 UTC"
    )
    unknown: dict[str, Any] = {name: column(7, np.nan)}
    evaluate(Scripted(lambda _: replace(SILENT, **unknown)), CANDLES)


def test_numbers_of_another_type_are_refused() -> None:
    """The core works on float64 alone."""
    assert "scripted.weight: it holds float32, not float64" in returned(weight=np.zeros(20, np.float32))


def test_something_else_than_signals_is_refused() -> None:
    """A bare array is no answer."""
    assert refusal(lambda _: NEVER).startswith("scripted: signals returned ndarray")


@pytest.mark.parametrize("warmup", [0, -3, 2.5, None])
def test_a_warm_up_that_is_no_number_of_candles_is_refused(warmup: Any) -> None:
    """The warm-up is a whole number of 1 or more."""
    assert refusal(lambda _: SILENT, warmup=warmup).startswith("scripted.warmup: ")


def spoil(candles: Candles) -> None:
    close = candles.close.base
    assert isinstance(close, np.ndarray)
    close[4] = np.nan


def test_a_changed_input_is_refused_and_the_candles_stay() -> None:
    """A strategy that lifts the write protection is named, and has spoiled only its own copy."""

    def cheat(candles: Candles) -> Signals:
        spoil(candles)
        return SILENT

    assert refusal(cheat).startswith("scripted: it changed its input's close at the candle of 2020-01-01 09:00 UTC")
    assert np.isfinite(CANDLES.close).all()


def test_a_changed_reference_is_refused() -> None:
    """The leading symbol's candles are the input as well."""
    candles = gappy(30)

    def cheat(given: Candles) -> Signals:
        assert given.reference is not None
        spoil(given.reference)
        never = np.zeros(len(given), np.bool_)
        return Signals(never, never)

    assert refusal(cheat, candles).startswith("scripted, reference: it changed its input's close")


def test_writing_into_a_column_fails_at_once() -> None:
    """Columns are read-only, so plain assignment is an error of the strategy."""

    def assign(candles: Candles) -> Signals:
        candles.close[0] = 1.0
        return SILENT

    assert refusal(assign).startswith("scripted: raised ValueError: assignment destination is read-only")


def test_no_candles_are_no_error() -> None:
    """An empty history has empty signals."""
    empty = Signals(NEVER[:0], NEVER[:0])

    assert len(evaluate(Scripted(lambda _: empty), CANDLES[:0]).enter) == 0
