"""What a database says, as errors that name the journal and the remedy.

StoreBusy for a lock, StorageFull for a full disk, BadFile for everything else: a file that is read-only, damaged, or no
database, a server that cannot be reached.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError

from tradingbot.domain.errors import BadFile, InputError, StorageFull, StoreBusy

_FULL = (sqlite3.SQLITE_FULL, "53100", errno.ENOSPC, errno.EDQUOT)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, "55P03", "40001", "40P01")
_READ_ONLY = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, "25006", "42501", errno.EACCES, errno.EROFS)
_FOREIGN = (sqlite3.SQLITE_NOTADB,)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, "XX001", "XX002")


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn errors of the database into ours; `name` is the journal's, as people know it."""
    try:
        yield
    except DBAPIError as error:
        raise _typed(name, error.orig or error) from error
    except sqlite3.Error as error:
        raise _typed(name, error) from error
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise BadFile("journal", f"{name} needs a driver: {error}", "Install it, as psycopg for PostgreSQL") from error
    except OSError as error:
        raise _typed(name, error) from error
    except SQLAlchemyError as error:
        raise BadFile("journal", f"{name} cannot be used: {error}", "Give a file, or a database URL") from error


def _typed(name: str, error: BaseException) -> InputError:
    code = _code(error)
    if code in _FULL:
        return StorageFull("journal", f"the disk is full while writing {name}", "Free some space; nothing is lost")
    if code in _BUSY:
        return StoreBusy("journal", f"{name} is locked by another program", "Let it finish, and try again")
    if code in _READ_ONLY:
        return BadFile("journal", f"{name} may only be read", "Give this user the right to write it")
    if code in _FOREIGN:
        return BadFile("journal", f"{name} is no database", "Give the file of a journal, or a path where none is")
    if code in _DAMAGED:
        return BadFile("journal", f"{name} is damaged: {error}", "Restore it from a copy; keep the damaged file")
    return BadFile("journal", f"{name} cannot be used: {error}", "Check that it is there, may be used, and is whole")


def _code(error: BaseException) -> int | str | None:
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without what extends it
    return error.errno if isinstance(error, OSError) else getattr(error, "sqlstate", None)
