"""Causality: what a function of candles says about a candle must not depend on later candles, nor on early history.

Each check runs the function on the whole history and on a changed copy, and names every disagreement. They see a
function from candles to named columns, so the same checks serve features, strategies and whatever else is added.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradingbot.domain.candles import COLUMNS, BoolColumn, Candles, FloatColumn, IntColumn
from tradingbot.domain.timeframe import DAY_MS

Columns = Mapping[str, NDArray[Any]]
Function = Callable[[Candles], Columns]

TOLERANCE = 1e-9
"""Relative to the value or, where that is near zero, to the column's median magnitude."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement: the check that failed, the column, the candle, and the value with and without the change."""

    check: str
    column: str
    index: int
    time: int  # ms UTC, open of the candle
    whole: float  # value from the whole, unchanged history
    changed: float

    def __str__(self) -> str:
        moment = datetime.fromtimestamp(self.time / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")
        return f"{self.check}: {self.column} at candle {self.index} ({moment}) is {self.whole}, then {self.changed}"


def check_all(function: Function, candles: Candles, warmup: int, random: np.random.Generator) -> Sequence[Finding]:
    """Every check, at up to 24 random candles; ends after the first one that finds anything."""
    cuts = choose_cuts(function(_copy(candles)), warmup, 24, random)
    return (
        no_mutation(function, candles)
        or truncated_future(function, candles, cuts)
        or altered_future(function, candles, cuts[::4])
        or shortened_warmup(function, candles, warmup, cuts)
        or shifted_calendar(function, candles)
    )


def choose_cuts(columns: Columns, warmup: int, count: int, random: np.random.Generator) -> Sequence[int]:
    """Up to `count` candles at which to cut, in order.

    A third lies where a boolean column is true, for signals are rare; a third anywhere past the warm-up; and a third
    inside it, where a value filled in from the future would be.
    """
    size = min((len(column) for column in columns.values()), default=0)
    inside, past = np.split(np.arange(size), [min(max(warmup - 1, 0), size)])
    flags = [column[past] for column in columns.values() if column.dtype == np.bool_]
    events = past[np.any(flags, axis=0)] if flags else past
    pools = (events, past, inside)
    chosen = [random.choice(pool, min(count // 3, len(pool)), replace=False) for pool in pools]
    return sorted({int(cut) for part in chosen for cut in part})


def no_mutation(function: Function, candles: Candles) -> Sequence[Finding]:
    """The function leaves its input as it was, and says the same when asked again."""
    given = _copy(candles)
    first = function(given)
    changed = _changed_inputs(candles, given)
    return changed or _compare("repeated_call", first, function(_copy(candles)), candles.open_time)


def truncated_future(function: Function, candles: Candles, cuts: Sequence[int]) -> Sequence[Finding]:
    """What was said up to each cut stays the same when the candles after it do not exist."""
    whole = function(_copy(candles))
    for cut in cuts:
        part = function(_copy(candles[: cut + 1]))
        if found := _compare("truncated_future", whole, part, candles.open_time):
            return found
    return []


def altered_future(function: Function, candles: Candles, cuts: Sequence[int]) -> Sequence[Finding]:
    """What was said up to each cut stays the same when all later prices and volumes are four times as large.

    This finds what a truncation cannot: scaling by a maximum that happens to lie early in the history.
    """
    whole = function(_copy(candles))
    for cut in cuts:
        part = {
            name: column[: cut + 1] for name, column in function(_risen(candles, int(candles.close_time[cut]))).items()
        }
        if found := _compare("altered_future", whole, part, candles.open_time):
            return found
    return []


def shortened_warmup(function: Function, candles: Candles, warmup: int, cuts: Sequence[int]) -> Sequence[Finding]:
    """What is said at each cut past the warm-up is the same from the last `warmup` candles alone."""
    whole = function(_copy(candles))
    found: list[Finding] = []
    for cut in (cut for cut in cuts if cut >= warmup - 1):
        newest = function(_copy(_last(candles[: cut + 1], warmup)))
        part = {name: column[-1:] for name, column in newest.items()}
        found += _compare("shortened_warmup", whole, part, candles.open_time, cut)
    return found


def shifted_calendar(function: Function, candles: Candles) -> Sequence[Finding]:
    """A placebo: the same candles 364 days earlier, weekdays kept, give the same; remembered dates do not."""
    whole = function(_copy(candles))
    return _compare("shifted_calendar", whole, function(_moved(candles, -364 * DAY_MS)), candles.open_time)


def _compare(check: str, whole: Columns, part: Columns, times: IntColumn, first: int = 0) -> Sequence[Finding]:
    """The first disagreement of each column; row 0 of `part` belongs to candle `first`."""
    found = []
    for name, column in whole.items():
        expected, got = _floats(column), _floats(part[name])
        wrong = np.flatnonzero(_differs(expected[first : first + len(got)], got, _magnitude(expected)))
        if len(wrong):
            row = int(wrong[0])
            at = row + first
            found.append(Finding(check, name, at, int(times[at]), float(expected[at]), float(got[row])))
    return found


def _differs(expected: FloatColumn, got: FloatColumn, scale: float) -> BoolColumn:
    with np.errstate(invalid="ignore"):
        near = np.abs(expected - got) <= TOLERANCE * np.maximum(np.abs(expected), scale)
    both_unknown = np.isnan(expected) & np.isnan(got)
    differs: BoolColumn = ~(near | both_unknown | (expected == got))
    return differs


def _magnitude(values: FloatColumn) -> float:
    known = np.abs(values[np.isfinite(values)])
    return float(np.median(known)) if len(known) else 0.0


def _floats(column: NDArray[Any]) -> FloatColumn:
    return np.asarray(column, np.float64)


def _copy(candles: Candles) -> Candles:
    """Columns of its own, so that a function that writes into them spoils nothing but this copy."""
    reference = candles.reference
    columns = {name: getattr(candles, name).copy() for name in COLUMNS}
    return replace(candles, **columns, reference=None if reference is None else _copy(reference))


def _changed_inputs(candles: Candles, given: Candles, prefix: str = "") -> Sequence[Finding]:
    own, seen = ({prefix + name: getattr(each, name) for name in COLUMNS} for each in (candles, given))
    found = _compare("no_mutation", own, seen, candles.open_time)
    if candles.reference is None or given.reference is None:
        return found
    return [*found, *_changed_inputs(candles.reference, given.reference, "reference.")]


def _last(candles: Candles, count: int) -> Candles:
    """The last candles, and as much of the reference, with the value that was in force at their start."""
    part = candles[max(len(candles) - count, 0) :]
    reference = part.reference
    if reference is None:
        return part
    in_force = int(np.searchsorted(reference.close_time, part.close_time[0], side="right")) - 1
    return part.with_reference(reference[max(min(in_force, len(reference) - count), 0) :])


def _risen(candles: Candles, end: int) -> Candles:
    """The candles with everything closed after `end` four times as large, the reference too."""
    later = np.where(candles.close_time > end, 4.0, 1.0)
    columns = {name: getattr(candles, name) * later for name in COLUMNS if name != "open_time"}
    reference = candles.reference
    risen = None if reference is None else _risen(reference, end)
    return replace(candles, **columns, open_time=candles.open_time.copy(), reference=risen)


def _moved(candles: Candles, ms: int) -> Candles:
    reference = candles.reference
    moved = replace(_copy(candles), open_time=candles.open_time + ms)
    return moved.with_reference(None if reference is None else _moved(reference, ms))
