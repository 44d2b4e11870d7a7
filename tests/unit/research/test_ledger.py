"""The ledger of trials under several writers, and what is said of one that cannot be used."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from tradingbot.domain.errors import BadFile, InputError, StorageFull, StoreBusy
from tradingbot.research.ledger import Ledger, Trial, refusal


def record(path: Path, number: int) -> None:
    """One trial of its own."""
    Ledger(path).record([Trial(f"{number}", "data", "code", "test", ["BTCUSDT"], 0, 10, 1, 0.1, {})])


def record_all(ledgers: list[Path], number: int, together: Barrier) -> None:
    """One trial in each of them, at the same moment as the other processes."""
    for path in ledgers:
        together.wait(timeout=60.0)
        record(path, number)


def test_many_processes_may_begin_a_ledger_at_once(tmp_path: Path) -> None:
    """None is turned away while another makes the file: all trials are counted."""
    ledgers = [tmp_path / f"{number}.sqlite" for number in range(60)]
    spawn = get_context("spawn")
    together = spawn.Barrier(4)
    processes = [spawn.Process(target=record_all, args=(ledgers, number, together)) for number in range(4)]
    for one in processes:
        one.start()
    for one in processes:
        one.join(timeout=120.0)

    assert [one.exitcode for one in processes] == [0] * 4
    assert [Ledger(path).trials(["BTCUSDT"], 0, 10).count for path in ledgers] == [4] * 60


def test_a_record_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """The trials of one call are counted together or not at all."""
    path = tmp_path / "ledger.sqlite"
    record(path, 1)
    good = Trial("2", "data", "code", "test", ["BTCUSDT"], 0, 10, 1, 0.1, {})
    bad = Trial("3", "data", "code", "test", ["BTCUSDT"], 0, 10**30, 1, 0.1, {})

    with pytest.raises(OverflowError):
        Ledger(path).record([good, bad])

    assert Ledger(path).trials(["BTCUSDT"], 0, 10).count == 1


@pytest.fixture
def small(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A database that may grow no further."""
    with closing(sqlite3.connect(tmp_path / "small.sqlite", timeout=0.0, isolation_level=None)) as db:
        db.execute("CREATE TABLE t (value TEXT)")
        db.execute("PRAGMA max_page_count = 2")
        yield db


def error_of(db: sqlite3.Connection, statement: str) -> sqlite3.Error:
    """What SQLite says to it."""
    with pytest.raises(sqlite3.Error) as caught:
        db.execute(statement)
    return caught.value


def test_a_full_disk_is_said(small: sqlite3.Connection) -> None:
    """With the file and what to do."""
    error = refusal(Path("ledger.sqlite"), error_of(small, "INSERT INTO t VALUES (zeroblob(100000))"))

    assert isinstance(error, StorageFull)
    assert "the disk is full while writing ledger.sqlite" in str(error)


def test_a_ledger_in_use_is_said(small: sqlite3.Connection, tmp_path: Path) -> None:
    """When another process keeps it longer than we wait."""
    with closing(sqlite3.connect(tmp_path / "small.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        error = refusal(Path("ledger.sqlite"), error_of(small, "BEGIN IMMEDIATE"))

    assert isinstance(error, StoreBusy)


def test_a_foreign_file_is_said(tmp_path: Path) -> None:
    """Not a database, or one that is damaged or has other tables."""
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"something else" * 50)
    with pytest.raises(BadFile, match="not a whole ledger"):
        record(path, 1)

    path.unlink()
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE trials (other TEXT)")
    with pytest.raises(InputError, match="cannot be used"):
        record(path, 1)
