"""A journal in memory, for simulations and tests: the same entries, chain and read models, and nothing on a disk."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from tradingbot.journal.entry import NOTHING, Draft, Entry, Head, chained
from tradingbot.journal.fold import apply
from tradingbot.journal.rows import Row

R = TypeVar("R", bound=Row)
Key = tuple[str | int, ...]


class MemoryRows:
    """Rows in dictionaries, over others that stay as they are."""

    def __init__(self, below: "MemoryRows | None" = None) -> None:
        self.tables: defaultdict[type[Row], dict[Key, Row]] = defaultdict(dict)
        self._below = below

    def find(self, kind: type[R], *key: str | int) -> R | None:
        """The row with this key."""
        found = self.tables[kind].get(key)
        if isinstance(found, kind):
            return found
        return self._below.find(kind, *key) if self._below else None

    def put(self, row: Row) -> None:
        """Add or replace."""
        self.tables[type(row)][row.key] = row

    def take(self, others: "MemoryRows") -> None:
        """Put all rows of the others."""
        for kind, rows in others.tables.items():
            self.tables[kind].update(rows)


class MemoryJournal:
    """The port `Journal` without a database."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._rows = MemoryRows()

    def head(self) -> Head:
        """The newest entry's number and hash."""
        return self._entries[-1].head if self._entries else NOTHING

    def append(self, drafts: Sequence[Draft]) -> Sequence[Entry]:
        """All or none; raises InvariantBroken and BadFile."""
        entries = chained(self.head(), drafts)
        changed = MemoryRows(self._rows)
        for entry in entries:
            apply(changed, entry)
        self._entries += entries
        self._rows.take(changed)
        return entries

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        """Entries by number, both ends included."""
        return iter(self._entries[max(first, 1) - 1 : last])

    def rows(self, kind: type[R], *, since: int = 0) -> Sequence[R]:
        """The rows of a read model that entries after `since` changed, in the order of these entries."""
        rows = [row for row in self._rows.tables[kind].values() if isinstance(row, kind) and row.entry > since]
        return sorted(rows, key=lambda row: row.entry)

    def close(self) -> None:
        """Nothing to give back."""
