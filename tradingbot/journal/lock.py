"""One writer a journal: a lock that the operating system or the server takes back when its holder dies."""

from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, func, select

from tradingbot.domain.errors import StoreBusy

_NUMBER = 8_217_453_309_112  # of the advisory lock, the same for all of ours in one database


class WriterLock(Protocol):
    """A lock that is held from its making until it is released."""

    def release(self) -> None:
        """Let another write; safe to call twice."""
        ...


def taken(engine: Engine, name: str) -> WriterLock:
    """The writer's lock of the journal in this database; raises StoreBusy where another session holds it."""
    if engine.dialect.name == "sqlite":
        path = (engine.url.database or "").removeprefix("file:")
        return _FileLock(Path(f"{path}.lock"), name)
    return _ServerLock(engine, name)


def _held(name: str) -> StoreBusy:
    return StoreBusy("journal", f"another session writes {name}", "End it first, or give this one another journal")


class _FileLock:
    def __init__(self, path: Path, name: str) -> None:
        self._lock = FileLock(path, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise _held(name) from error

    def release(self) -> None:
        self._lock.release(force=True)


class _ServerLock:
    """PostgreSQL's advisory lock, on a connection of its own that does nothing else."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._connection: Connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not self._connection.scalar(select(func.pg_try_advisory_lock(_NUMBER))):
            self._connection.close()
            raise _held(name)

    def release(self) -> None:
        if not self._connection.closed:
            self._connection.detach()  # so that closing ends the server's session, and with it the lock
            self._connection.close()
