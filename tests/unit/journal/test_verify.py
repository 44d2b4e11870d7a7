"""What `verify` finds, and how it names it. The changes are made behind the journal's back, with plain SQL."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.journal import EQUITY, SESSION, STORY, decision, told
from tradingbot.journal.entry import digest
from tradingbot.journal.sql import SqlJournal
from tradingbot.journal.sql_reader import SqlReader
from tradingbot.journal.verify import MOST_FAULTS, Verdict, verify

ENTRIES = len(STORY)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A journal with the story in it."""
    path = tmp_path / "main.journal"
    journal = SqlJournal.open(path)
    journal.append(told(*STORY))
    journal.close()
    return path


def verdict(file: Path) -> Verdict:
    """Of the journal in the file."""
    journal = SqlReader.open(file)
    try:
        return verify(journal)
    finally:
        journal.close()


def after(file: Path, *statements: str) -> Sequence[str]:
    """The problems found once somebody has run these statements on the file."""
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return [fault.problem for fault in verdict(file).faults]


def test_a_whole_journal_is_whole(file: Path) -> None:
    """No fault, and the end that somebody may note down."""
    found = verdict(file)

    assert (found.faults, found.entries, found.head.number) == ([], ENTRIES, ENTRIES)


def test_an_empty_journal_is_whole(sqlite: SqlJournal) -> None:
    """There is nothing wrong with nothing."""
    assert (verify(sqlite).faults, verify(sqlite).entries) == ([], 0)


@pytest.mark.parametrize("number", [1, 9, ENTRIES])
@pytest.mark.parametrize("column", ["body = replace(body, '1', '2') || ' '", "time = time + 1", "hash = previous"])
def test_a_changed_entry_is_named(file: Path, number: int, column: str) -> None:
    """Wherever it is and whatever of it was changed."""
    found = after(file, f"UPDATE journal_entries SET {column} WHERE number = {number}")

    assert f"entry {number} was changed" in found


def test_only_the_changed_entry_is_named(file: Path) -> None:
    """Not all that follow it."""
    assert after(file, "UPDATE journal_entries SET body = body || ' ' WHERE number = 9") == ["entry 9 was changed"]


def test_an_entry_listed_as_another_kind_is_named(file: Path) -> None:
    """The column that is asked by must say what the body says."""
    assert after(file, "UPDATE journal_entries SET kind = 'candle' WHERE number = 9") == [
        "entry 9 is listed as 'candle', which it is not or cannot be read as"
    ]


def test_an_entry_replaced_with_a_right_hash_is_named(file: Path) -> None:
    """Its successor was written after another."""
    body = '{"kind":"error","where":"x","error":"y","message":"z"}'
    with closing(sqlite3.connect(file)) as connection:
        previous, time = connection.execute("SELECT previous, time FROM journal_entries WHERE number = 9").fetchone()
    new = f"body = '{body}', kind = 'error', hash = '{digest(previous, 9, time, body)}'"

    assert after(file, f"UPDATE journal_entries SET {new} WHERE number = 9") == [
        "entry 9 is not the one that entry 10 was written after"
    ]


def test_missing_entries_are_named(file: Path) -> None:
    """One, several, and the first."""
    found = after(file, "DELETE FROM journal_entries WHERE number IN (1, 7, 8, 12)")

    assert found == ["entry 1 is missing", "entries 7 to 8 are missing", "entry 12 is missing"]


def test_a_truncated_journal_is_named(file: Path) -> None:
    """By what it should end with."""
    found = after(file, f"DELETE FROM journal_entries WHERE number > {ENTRIES - 3}")

    assert found == [f"entries {ENTRIES - 2} to {ENTRIES} are missing at the end"]


def test_a_journal_cut_off_with_its_end_is_named(file: Path) -> None:
    """The read models still have what the entries no longer say."""
    found = after(
        file,
        "DELETE FROM journal_entries WHERE number > 15",
        "UPDATE journal_head SET number = 15, hash = (SELECT hash FROM journal_entries WHERE number = 15)",
    )

    assert "equity has a row that no entry made: (16,)" in found
    assert "latches has a row that no entry made: ('daily loss', '')" in found


def test_swapped_entries_are_named(file: Path) -> None:
    """With the places that they were written in."""
    found = after(
        file,
        "UPDATE journal_entries SET number = -1 WHERE number = 5",
        "UPDATE journal_entries SET number = 5 WHERE number = 9",
        "UPDATE journal_entries SET number = 9 WHERE number = -1",
    )

    assert found == [
        "entry 5 is out of its place: it was written as entry 9",
        "entry 9 is out of its place: it was written as entry 5",
    ]


def test_an_added_entry_is_named(file: Path) -> None:
    """Behind the end, or before the beginning."""
    copy = (
        "INSERT INTO journal_entries SELECT {}, time, kind, body, previous, hash FROM journal_entries WHERE number = 9"
    )

    assert after(file, copy.format(ENTRIES + 1)) == [
        f"entry {ENTRIES + 1} was added behind the end, which is {ENTRIES}"
    ]
    assert "entry 0 is out of its place: it was written as entry 9" in after(file, copy.format(0))


def test_a_changed_end_is_named(file: Path) -> None:
    """The hash that the journal ends with."""
    assert after(file, "UPDATE journal_head SET hash = 'x'") == [
        f"entry {ENTRIES} is not the one that the journal ends with"
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            "UPDATE orders SET state = 'NEW' WHERE client_order_id = 'e1'",
            "orders ('e1',) differs from the entries in state (NEW, not FILLED)",
        ),
        (
            "UPDATE equity SET equity = '10000.1'",
            "equity (16,) differs from the entries in equity (10000.1, not 10000.10)",
        ),
        ("DELETE FROM fills WHERE trade_id = 102", "fills lacks ('BTCUSDT', 102), which entry 11 made"),
        ("DELETE FROM refusals", "refusals lacks (4,), which entry 4 made"),
        ("DELETE FROM account", "account lacks (1,), which entry 1 made"),
        (
            "UPDATE trades SET sold_value = '1000000'",
            "trades ('t1',) differs from the entries in sold_value (1000000, not 176.4099701)",
        ),
        (
            "INSERT INTO refusals VALUES (99, 1, 1, 'lane', 'BTCUSDT', 'rule')",
            "refusals has a row that no entry made: (99,)",
        ),
        (
            "INSERT INTO refusals VALUES (0, 1, 1, 'lane', 'BTCUSDT', 'rule')",
            "refusals has a row that no entry made: (0,)",
        ),
        (
            "INSERT INTO latches VALUES (2, 1, 'x', '', 'y', NULL, NULL, NULL)",
            "latches has a row that no entry made: ('x', '')",
        ),
    ],
)
def test_a_changed_table_is_named(file: Path, change: str, problem: str) -> None:
    """The row, the field, what it says and what the entries say, digit for digit."""
    assert after(file, change) == [problem]


def test_pages_make_no_difference(sqlite: SqlJournal) -> None:
    """A journal of several pages is whole, and a row missing on the second is named."""
    sqlite.append(told(SESSION, *[decision(candle_time=number) for number in range(2_500)]))
    assert verify(sqlite).faults == []

    assert after(Path(sqlite.name), "DELETE FROM decisions WHERE entry = 1700") == [
        "decisions lacks (1700,), which entry 1700 made"
    ]


def test_the_search_ends(sqlite: SqlJournal) -> None:
    """After so many faults that nobody reads more."""
    sqlite.append(told(SESSION, *[EQUITY] * 100))

    assert len(after(Path(sqlite.name), "UPDATE journal_entries SET time = 0")) == MOST_FAULTS
