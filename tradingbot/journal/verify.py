"""Is a journal whole? The chain is walked, then the read models are reckoned again from the entries and compared.

What this cannot see: somebody who may write the file and reckons every hash after his change again. Keep the head's
hash elsewhere (`tradingbot journal verify` prints it) and such a change shows too.
"""

from collections.abc import Iterator, Sequence

import msgspec

from tradingbot.domain.errors import TradingBotError
from tradingbot.journal.entry import NOTHING, Entry, Head, digest, kind_of, read
from tradingbot.journal.fold import apply
from tradingbot.journal.memory import MemoryRows
from tradingbot.journal.rows import READ_MODELS, Row
from tradingbot.journal.sql_reader import Snapshot, SqlReader, Stored

MOST_FAULTS = 20
"""After so many the search ends: more would not help anybody."""


class Fault(msgspec.Struct, frozen=True):
    """Something that is not as it was written; `entry` is the number, where one entry is meant."""

    entry: int | None
    problem: str


class Verdict(msgspec.Struct, frozen=True):
    """What was found in a journal that ends at `head`."""

    head: Head
    entries: int
    faults: Sequence[Fault]


class _Enough(Exception):
    """As many faults as are wanted."""


class _Findings:
    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, entry: int | None, problem: str) -> None:
        self.faults.append(Fault(entry, problem))
        if len(self.faults) == MOST_FAULTS:
            raise _Enough


def verify(journal: SqlReader) -> Verdict:
    """Everything there is to find, at one moment, also while a session writes; raises StoreBusy and BadFile."""
    found, walked = _Findings(), 0
    with journal.snapshot() as now:
        head = now.head()
        try:
            walked = _walk(now, head, found)
            if not found.faults:
                _compare(now, found)
        except _Enough:
            pass
    return Verdict(head, walked, found.faults)


def _pages(now: Snapshot) -> Iterator[Sequence[Stored]]:
    first = -(2**63)
    while page := now.stored(first):
        yield page
        first = page[-1].number + 1


def _walk(now: Snapshot, head: Head, found: _Findings) -> int:
    """Every entry against the one before it, and the last against the head; how many there are.

    What follows a faulty entry is not held against it: it would be named for the fault of another.
    """
    last, walked, sound = NOTHING, 0, True
    for page in _pages(now):
        for one in page:
            known = len(found.faults)
            _check(one, last if sound else Head(last.number, one.previous), head, found)
            last, walked, sound = Head(one.number, one.hash), walked + 1, len(found.faults) == known
    if last.number < head.number:
        found.add(last.number + 1, f"{_span(last.number + 1, head.number)} missing at the end")
    elif sound and last != head:
        found.add(last.number, f"entry {last.number} is not the one that the journal ends with")
    return walked


def _check(one: Stored, last: Head, head: Head, found: _Findings) -> None:
    number = one.number
    if number > head.number:
        found.add(number, f"entry {number} was added behind the end, which is {head.number}")
        return
    if number > last.number + 1:
        found.add(last.number + 1, f"{_span(last.number + 1, number - 1)} missing")
    if one.hash != digest(one.previous, number, one.time, one.body):
        place = _place(one, head)
        problem = "was changed" if place is None else f"is out of its place: it was written as entry {place}"
        found.add(number, f"entry {number} {problem}")
    elif number <= last.number + 1 and one.previous != last.hash:
        found.add(number, f"entry {last.number} is not the one that entry {number} was written after")
    elif _kind(one) != one.kind:
        found.add(number, f"entry {number} is listed as '{one.kind}', which it is not or cannot be read as")


def _span(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"


def _place(one: Stored, head: Head) -> int | None:
    """The number under which the entry would be unchanged."""
    numbers = range(1, head.number + 1)
    return next((n for n in numbers if one.hash == digest(one.previous, n, one.time, one.body)), None)


def _kind(one: Stored) -> str | None:
    try:
        return kind_of(read(one.body))
    except msgspec.MsgspecError:
        return None


def _compare(now: Snapshot, found: _Findings) -> None:
    """Rows that an entry makes once are compared page by page, those that change at the end."""
    made = MemoryRows()
    done = 0
    for page in _pages(now):
        for one in page:
            try:
                apply(made, Entry(one.number, one.time, read(one.body), one.body, one.previous, one.hash))
            except TradingBotError as error:
                found.add(one.number, f"entry {one.number} cannot have happened: {error}")
        for kind in _kinds(once=True):
            _differences(now.rows(kind, since=done, until=page[-1].number), made, kind, found)
            made.tables[kind].clear()
        done = page[-1].number
    for kind in _kinds(once=False):
        _differences(now.rows(kind, since=-(2**63)), made, kind, found)
    for kind in _kinds(once=True):
        for row in (*now.rows(kind, since=-(2**63), until=0), *now.rows(kind, since=done)):
            found.add(None, f"{_name(kind)} has a row that no entry made: {row.key}")


def _kinds(*, once: bool) -> Sequence[type[Row]]:
    return [kind for kind in READ_MODELS.values() if (kind.KEY == Row.KEY) is once]


def _name(kind: type[Row]) -> str:
    return next(name for name, known in READ_MODELS.items() if known is kind)


def _differences(stored: Sequence[Row], made: MemoryRows, kind: type[Row], found: _Findings) -> None:
    wanted, name = made.tables[kind], _name(kind)
    held = {row.key: row for row in stored}
    for key in held.keys() - wanted.keys():
        found.add(None, f"{name} has a row that no entry made: {key}")
    for key, row in wanted.items():
        if key not in held:
            found.add(row.entry, f"{name} lacks {key}, which entry {row.entry} made")
        elif differing := _fields(row, held[key]):
            found.add(row.entry, f"{name} {key} differs from the entries in {differing}")


def _fields(wanted: Row, held: Row) -> str:
    """The fields that differ, digit for digit: 1.0 is not 1.00."""
    pairs = ((name, getattr(wanted, name), getattr(held, name)) for name in wanted.__struct_fields__)
    return ", ".join(f"{name} ({stored}, not {value})" for name, value, stored in pairs if str(value) != str(stored))
