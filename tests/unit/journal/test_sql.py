"""A journal in a file, and everything that can be wrong with a file."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tests.support.journal import CANDLE, EQUITY, INTENT, SESSION, STORY, decision, told
from tradingbot.domain.errors import BadFile, StorageFull, StoreBusy
from tradingbot.journal import database
from tradingbot.journal import rows as r
from tradingbot.journal.lock import taken
from tradingbot.journal.sql import SqlJournal
from tradingbot.journal.sql_reader import SqlReader
from tradingbot.journal.tables import METADATA
from tradingbot.journal.verify import verify


@contextmanager
def beside(file: str | Path, *statements: str) -> Iterator[sqlite3.Connection]:
    """Another program with the file open, after it ran these statements."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
        yield connection


def scalar(file: str | Path, question: str) -> object:
    """What plain SQL answers."""
    with beside(file) as connection:
        return connection.execute(question).fetchone()[0]


def test_a_journal_outlives_its_session(tmp_path: Path) -> None:
    """Closed and opened again it has all it had, and goes on from there."""
    path = tmp_path / "deep" / "main.journal"
    first = SqlJournal.open(path)
    written = first.append(told(*STORY))
    first.close()

    second = SqlJournal.open(path)

    assert second.head() == written[-1].head
    assert second.append(told(EQUITY))[0].previous == written[-1].hash
    assert verify(second).faults == []
    second.close()


def test_the_migrations_make_the_tables(sqlite: SqlJournal) -> None:
    """What they leave is what the code reads and writes, column by column."""
    with sqlite._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": database.VERSION_TABLE})

        assert compare_metadata(context, METADATA) == []


def test_a_second_session_is_refused(sqlite: SqlJournal) -> None:
    """While the first has the journal; afterwards it may have it."""
    with pytest.raises(StoreBusy, match="another session writes"):
        SqlJournal.open(sqlite.name)

    sqlite.close()
    SqlJournal.open(sqlite.name).close()


def test_a_session_that_could_not_begin_leaves_no_lock(tmp_path: Path) -> None:
    """The same path may be tried again at once."""
    path = tmp_path / "main.journal"
    path.write_text("no database, but long enough to be looked at " * 5)
    for _ in range(2):
        with pytest.raises(BadFile, match="is no database"):
            SqlJournal.open(path)

    path.unlink()
    SqlJournal.open(path).close()


def test_a_writer_that_came_past_the_lock_is_found(sqlite: SqlJournal) -> None:
    """Nothing is appended to an end that is not ours any more."""
    sqlite.append(told(SESSION))
    with beside(sqlite.name, "UPDATE journal_head SET number = 2"):
        pass

    with pytest.raises(StoreBusy, match="no longer ends at entry 1"):
        sqlite.append(told(EQUITY))

    assert scalar(sqlite.name, "SELECT count(*) FROM journal_entries") == 1


def test_a_locked_database_is_waited_for_and_named(sqlite: SqlJournal) -> None:
    """Nothing is stored, and the same append works once the lock is gone."""
    sqlite.append(told(SESSION))
    with beside(sqlite.name, "BEGIN IMMEDIATE"), pytest.raises(StoreBusy, match="is locked by another program"):
        sqlite.append(told(INTENT))

    assert sqlite.append(told(INTENT))[0].number == 2
    assert verify(sqlite).faults == []


def test_a_full_disk_is_named(tmp_path: Path) -> None:
    """Nothing half-written remains, and with room again the journal goes on."""
    path = tmp_path / "main.journal"
    engine = database.connect(database.address(path)[0], wait=0.05)
    journal = SqlJournal(engine, str(path), taken(engine, str(path)))
    journal.append(told(SESSION))
    writing = journal._writing
    pages = writing.exec_driver_sql("PRAGMA page_count").scalar_one()
    writing.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")
    writing.rollback()

    with pytest.raises(StorageFull, match="Free some space"):
        journal.append(told(*[EQUITY] * 500))
    assert (journal.head().number, journal.rows(r.EquityRow)) == (1, [])

    writing.exec_driver_sql("PRAGMA max_page_count = 100000")
    writing.rollback()
    assert journal.append(told(*[EQUITY] * 500))[-1].number == 501
    assert verify(journal).faults == []
    journal.close()


def test_a_read_only_file_is_named(sqlite: SqlJournal) -> None:
    """As SQLite meets it."""
    sqlite.append(told(SESSION))
    sqlite.close()

    frozen = SqlJournal.open(f"sqlite:///file:{sqlite.name}?mode=ro&uri=true")
    with pytest.raises(BadFile, match="may only be read"):
        frozen.append(told(EQUITY))

    assert frozen.head().number == 1
    frozen.close()


@pytest.mark.parametrize("opened", [SqlJournal.open, SqlReader.open])
def test_a_file_of_another_program_is_left_alone(tmp_path: Path, opened: type) -> None:
    """It is refused, and not a byte of it changes."""
    path = tmp_path / "other.db"
    with beside(path, "CREATE TABLE studies (id INTEGER)"):
        pass
    before = path.read_bytes()

    with pytest.raises(BadFile, match="holds no journal"):
        opened(path)

    assert path.read_bytes() == before


@pytest.mark.parametrize("opened", [SqlJournal.open, SqlReader.open])
def test_a_newer_schema_is_named(sqlite: SqlJournal, opened: type) -> None:
    """And the remedy is to update."""
    sqlite.close()
    with beside(sqlite.name, "UPDATE journal_version SET version_num = '9999'"):
        pass

    with pytest.raises(BadFile, match=r"schema 9999, which is newer than this program\. Update tradingbot"):
        opened(sqlite.name)


def test_a_damaged_file_is_named(sqlite: SqlJournal) -> None:
    """Pages overwritten with garbage are no journal, and say so."""
    sqlite.append(told(SESSION, *[EQUITY] * 500))
    sqlite.close()
    size = Path(sqlite.name).stat().st_size
    with Path(sqlite.name).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))

    with pytest.raises(BadFile, match="is damaged"):
        SqlReader.open(sqlite.name)


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("sqlite://", "is memory, which forgets"),
        ("sqlite:///:memory:", "is memory, which forgets"),
        ("://", "is no database URL"),
        ("nothing://host/name", "needs a driver"),
        ("/dev/null/main.journal", "cannot be used"),
    ],
)
def test_what_is_no_place_for_a_journal_is_named(where: str, problem: str) -> None:
    """With what to give instead."""
    with pytest.raises(BadFile, match=problem):
        SqlJournal.open(where)


def test_a_password_is_never_named() -> None:
    """In no message about a database URL."""
    with pytest.raises(BadFile) as refused:
        SqlReader.open("nothing://anna:secret@host/name")

    assert "secret" not in str(refused.value)
    assert "anna" in str(refused.value)


@pytest.mark.parametrize("scheme", ["", "sqlite:///", "sqlite:///file:"])
def test_reading_makes_no_file(tmp_path: Path, scheme: str) -> None:
    """A journal that is not there is not made by looking for it."""
    with pytest.raises(BadFile, match="is not there"):
        SqlReader.open(f"{scheme}{tmp_path}/main.journal")

    assert list(tmp_path.iterdir()) == []


def test_money_is_on_the_disk_before_the_work_goes_on(sqlite: SqlJournal) -> None:
    """Only batches of what can be had again do not wait for it."""
    waits = []
    for bodies in ([SESSION], [CANDLE, EQUITY], [decision()], [CANDLE, INTENT]):
        sqlite.append(told(*bodies))
        waits.append(sqlite._writing.exec_driver_sql("PRAGMA synchronous").scalar_one())
        sqlite._writing.rollback()

    normal, full = 1, 2
    assert waits == [full, normal, normal, full]
    assert scalar(sqlite.name, "PRAGMA journal_mode") == "wal"


def test_readers_neither_wait_nor_see_halves(sqlite: SqlJournal) -> None:
    """A reader in the middle of its work sees the journal as it was, while the session writes on."""
    sqlite.append(told(SESSION))
    reader = SqlReader.open(sqlite.name, wait=0.05)

    with reader.snapshot() as now:
        before = now.head()
        sqlite.append(told(*[EQUITY] * 10))
        assert (now.head(), len(now.stored(1))) == (before, 1)

    assert reader.head().number == 11
    assert [row.entry for row in reader.rows(r.EquityRow, since=9)] == [10, 11]
    reader.close()


def test_a_thread_may_write(sqlite: SqlJournal) -> None:
    """As a session does that keeps its loop free."""
    thread = threading.Thread(target=lambda: sqlite.append(told(*STORY)))
    thread.start()
    thread.join()

    assert verify(sqlite).faults == []


def test_an_unreadable_entry_is_named(sqlite: SqlJournal) -> None:
    """Reading stops there and says what to do."""
    sqlite.append(told(SESSION, EQUITY))
    with beside(sqlite.name, "UPDATE journal_entries SET body = '{}' WHERE number = 2"):
        pass

    with pytest.raises(BadFile, match=r"entry 2 of .* cannot be read.*tradingbot journal verify"):
        list(sqlite.entries())
