"""A journal in a database: SQLite in WAL mode, or PostgreSQL by its URL.

What moves money is on the disk when `append` returns (SQLite's synchronous FULL). Batches of nothing but candles,
decisions, refusals and equity marks skip that wait: a power cut may take the last of them, a crash of the program not.
"""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, update

from tradingbot.domain.errors import StoreBusy
from tradingbot.journal import database
from tradingbot.journal.bodies import AFTER_POWER_LOSS_DISPENSABLE
from tradingbot.journal.entry import NOTHING, Draft, Entry, Head, chained
from tradingbot.journal.fold import apply
from tradingbot.journal.lock import WriterLock, taken
from tradingbot.journal.sql_reader import WAIT, Snapshot, SqlReader
from tradingbot.journal.sql_rows import SqlRows
from tradingbot.journal.tables import ENTRIES, HEAD
from tradingbot.journal.trouble import told


class SqlJournal(SqlReader):
    """The port `Journal` on a database, which it alone writes while it is open."""

    def __init__(self, engine: Engine, name: str, lock: WriterLock) -> None:
        super().__init__(engine, name)
        self._lock = lock
        with told(name):
            database.prepare(engine, name)
            self._writing = engine.connect()
            self._head = Snapshot(self._writing).head()
            self._writing.rollback()

    @classmethod
    def open(cls, where: Path | str, *, wait: float = WAIT) -> "SqlJournal":
        """The journal at a path or database URL, made where there is none; waits at most `wait` seconds for a lock.

        Raises StoreBusy where another session has it, BadFile for a foreign, read-only or newer one, StorageFull.
        """
        url, name = database.address(where)
        lock: WriterLock | None = None
        with told(name):
            engine = database.connect(url, wait=wait)
            try:
                lock = taken(engine, name)
                return cls(engine, name, lock)
            except BaseException:
                if lock is not None:
                    lock.release()
                engine.dispose()
                raise

    def append(self, drafts: Sequence[Draft]) -> Sequence[Entry]:
        """All or none, stored with what they change; raises as the port says."""
        entries = chained(self._head, drafts)
        if not entries:
            return ()
        with told(self.name):
            self._wait_for_disk(not all(isinstance(one.body, AFTER_POWER_LOSS_DISPENSABLE) for one in entries))
            with self._writing.begin():
                _move_head(self._writing, self._head, entries[-1].head, self.name)
                _insert(self._writing, entries)
        self._head = entries[-1].head
        return entries

    def _wait_for_disk(self, needed: bool) -> None:  # noqa: FBT001  (private, one caller)
        """Whether the next commit waits for the disk; PostgreSQL's always does."""
        driver = self._writing.connection.driver_connection
        if self._writing.dialect.name == "sqlite" and driver is not None:
            driver.execute(f"PRAGMA synchronous = {'FULL' if needed else 'NORMAL'}")

    def close(self) -> None:
        """Close every connection, and let another write."""
        self._writing.close()
        super().close()
        self._lock.release()


def _move_head(connection: Connection, held: Head, new: Head, name: str) -> None:
    """Fails where somebody else has moved it: a lock can be lost, on a network share or by hand."""
    if held == NOTHING:
        connection.execute(insert(HEAD), {"one": 1, "number": new.number, "hash": new.hash})
        return
    same = (HEAD.c.number == held.number) & (HEAD.c.hash == held.hash)
    moved = connection.execute(update(HEAD).where(same).values(number=new.number, hash=new.hash))
    if moved.rowcount != 1:
        problem = f"{name} no longer ends at entry {held.number}: something else wrote it"
        raise StoreBusy("journal", problem, "Find what it was, then open the journal again and read it")


def _insert(connection: Connection, entries: Sequence[Entry]) -> None:
    connection.execute(
        insert(ENTRIES),
        [
            {
                "number": one.number,
                "time": one.time,
                "kind": one.kind,
                "body": one.text,
                "previous": one.previous,
                "hash": one.hash,
            }
            for one in entries
        ],
    )
    rows = SqlRows(connection)
    for one in entries:
        apply(rows, one)
    rows.flush()
