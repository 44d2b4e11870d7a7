"""The port to a journal: written by one session, read by anybody."""

from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from tradingbot.journal.entry import Draft, Entry, Head
from tradingbot.journal.rows import Row

R = TypeVar("R", bound=Row)


class Readable(Protocol):
    """A journal to read. All methods raise StoreBusy, StorageFull and BadFile, as `journal.trouble` says."""

    def head(self) -> Head:
        """The newest entry's number and hash."""
        ...

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        """Entries by number, both ends included, in order; those there are when the iteration begins."""
        ...

    def rows(self, kind: type[R], *, since: int = 0) -> Sequence[R]:
        """The rows of a read model that entries after number `since` changed, in the order of these entries."""
        ...

    def close(self) -> None:
        """Give everything back; safe to call twice."""
        ...


class Journal(Readable, Protocol):
    """A journal to write. One thread at a time."""

    def append(self, drafts: Sequence[Draft]) -> Sequence[Entry]:
        """Number, chain and store these, and what they change, all or none; returns when they are stored.

        Raises InvariantBroken for what cannot be, StoreBusy, StorageFull and BadFile; after any of these nothing was
        stored, and the same call may be made again. Only where a database server dies during the commit it may have
        been: then the next call raises StoreBusy, and the journal is to be opened again and read.
        """
        ...
