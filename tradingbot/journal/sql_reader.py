"""Reading a journal in a database, also while a session writes it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Engine, select

from tradingbot.domain.errors import BadFile
from tradingbot.journal import database
from tradingbot.journal.entry import NOTHING, Entry, Head, read
from tradingbot.journal.rows import Row
from tradingbot.journal.tables import ENTRIES, HEAD, TABLES
from tradingbot.journal.trouble import told

R = TypeVar("R", bound=Row)
PAGE = 1_000
WAIT = 5.0


class Stored(msgspec.Struct, frozen=True, gc=False):
    """An entry as the table has it, unread."""

    number: int
    time: int
    kind: str
    body: str
    previous: str
    hash: str


class Snapshot:
    """A journal as it is at one moment, whatever is written meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def head(self) -> Head:
        """Where the journal says that it ends."""
        found = self._connection.execute(select(HEAD.c.number, HEAD.c.hash)).first()
        return NOTHING if found is None else Head(*found)

    def stored(self, first: int, *, most: int = PAGE) -> Sequence[Stored]:
        """At most so many entries from a number on, in order."""
        ask = select(ENTRIES).where(ENTRIES.c.number >= first).order_by(ENTRIES.c.number).limit(most)
        return [Stored(*row) for row in self._connection.execute(ask)]

    def rows(self, kind: type[R], *, since: int = 0, until: int | None = None) -> Sequence[R]:
        """The rows that entries in (since, until] changed, in the order of these entries."""
        table = TABLES[kind]
        ask = select(table).where(table.c.entry > since).order_by(table.c.entry)
        if until is not None:
            ask = ask.where(table.c.entry <= until)
        return [kind(**row) for row in self._connection.execute(ask).mappings()]


class SqlReader:
    """The port `Readable` on a database; changes nothing in it."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.name = name
        self._engine = engine

    @classmethod
    def open(cls, where: Path | str, *, wait: float = WAIT) -> "SqlReader":
        """The journal at a path or database URL; waits at most `wait` seconds for a lock.

        Raises BadFile where there is none, or none of our schema; StoreBusy.
        """
        url, name = database.address(where)
        if database.is_missing(url):
            raise BadFile("journal", f"{name} is not there", "Name the file of a journal")
        with told(name):
            reader = cls(database.connect(url, wait=wait), name)
            try:
                with reader._engine.connect() as connection:
                    database.recognise(connection, name, new=False)
            except BaseException:
                reader.close()
                raise
        return reader

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The journal at one moment."""
        with told(self.name), self._engine.connect() as connection:
            if connection.dialect.name != "sqlite":  # whose transactions are so by themselves
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield Snapshot(connection)

    def head(self) -> Head:
        """The newest entry's number and hash."""
        with self.snapshot() as now:
            return now.head()

    def entries(self, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        """Entries by number, both ends included, a page at a time; raises BadFile for one that cannot be read."""
        end = self.head().number if last is None else min(last, self.head().number)
        first = max(first, 1)
        while first <= end:
            with self.snapshot() as now:
                page = now.stored(first, most=min(PAGE, end - first + 1))
            if not page:
                return
            yield from (self._read(one) for one in page if one.number <= end)
            first = page[-1].number + 1

    def _read(self, one: Stored) -> Entry:
        try:
            body = read(one.body)
        except msgspec.MsgspecError as error:
            problem = f"entry {one.number} of {self.name} cannot be read: {error}"
            raise BadFile("journal", problem, "Run 'tradingbot journal verify'") from error
        return Entry(one.number, one.time, body, one.body, one.previous, one.hash)

    def rows(self, kind: type[R], *, since: int = 0) -> Sequence[R]:
        """The rows of a read model that entries after `since` changed, in the order of these entries."""
        with self.snapshot() as now:
            return now.rows(kind, since=since)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
