"""`tradingbot journal` as a person uses it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.command import refused, tradingbot
from tests.support.journal import EQUITY, STORY, told
from tradingbot.journal.rows import READ_MODELS
from tradingbot.journal.sql import SqlJournal


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A journal with the story in it, in the current folder's folder of runs."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "runs" / "main.journal"
    journal = SqlJournal.open(path)
    journal.append(told(*STORY))
    journal.close()
    return path


def change(file: Path) -> None:
    """Behind the journal's back."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE journal_entries SET time = time + 1 WHERE number = 9")


def test_verify_says_that_a_journal_is_whole(file: Path) -> None:
    """By its name or as all of the runs, with the end that may be noted down."""
    ended = tradingbot("journal", "verify", file)
    assert (ended.code, ended.out.startswith(f"{file}: whole; 27 entries, the last is 27 ")) == (0, True)

    (found,) = tradingbot("journal", "verify", "--json").document
    assert (found["faults"], found["head"]["number"]) == ([], 27)
    assert found["head"]["hash"] in ended.out


def test_verify_names_the_entry_and_ends_with_1(file: Path) -> None:
    """In words and in JSON."""
    change(file)

    ended = tradingbot("journal", "verify", "--runs", file.parent)
    assert (ended.code, "entry 9 was changed" in ended.out, "1 faults" in ended.out) == (1, True, True)

    told_ = tradingbot("journal", "verify", file, "--json")
    assert (told_.code, told_.document[0]["faults"]) == (1, [{"entry": 9, "problem": "entry 9 was changed"}])


def test_show_shows_the_newest_entries(file: Path) -> None:
    """With whose they are, and nothing cut off."""
    ended = tradingbot("journal", "show", "--last", 2)

    assert ended.code == 0
    assert "ENTRIES - account main, data live, execution simulated" in ended.out
    assert "2023-11-14T22:13:46.000" in ended.out
    assert "reason=stopped by a person" in ended.out
    assert "2 of 27 entries; the journal ends at entry 27." in ended.out


@pytest.mark.parametrize("what", READ_MODELS)
def test_show_shows_every_table(file: Path, what: str) -> None:
    """For people and as JSON, with provenance; money keeps its digits."""
    document = tradingbot("journal", "show", "--what", what, "--json").document

    assert (document["account"], document["data"], document["execution"]) == ("main", "live", "simulated")
    assert (document["what"], len(document["rows"]) > 0) == (what, True)
    assert (
        f"{len(document['rows'])} of {len(document['rows'])} {what}"
        in tradingbot("journal", "show", "--what", what).out
    )


def test_show_keeps_the_digits_of_money(file: Path) -> None:
    """As they were written."""
    assert tradingbot("journal", "show", "--what", "equity", "--json").document["rows"][0]["equity"] == "10000.10"
    assert "sold_value=176.4099701 commissions=BTC:0.00000300,USDT:0.05" in " ".join(
        tradingbot("journal", "show", "--what", "trades").out.split()
    )


def test_show_chooses_by_number(file: Path) -> None:
    """Entries, and the rows that they changed."""
    document = tradingbot("journal", "show", "--from", 3, "--to", 4, "--json").document
    assert [(one["number"], one["kind"]) for one in document["rows"]] == [(3, "candle"), (4, "refusal")]

    orders = tradingbot("journal", "show", "--what", "orders", "--from", 13, "--to", 20, "--json").document["rows"]
    assert [one["client_order_id"] for one in orders] == ["x1", "x3"]


def test_what_cannot_be_shown_is_named(file: Path) -> None:
    """A table that is not there, a journal that is not there, several that could be meant, none at all."""
    assert "there is no 'nonsense'. Choose one of entries, account" in refused("journal", "show", "--what", "nonsense")
    assert "is not there" in refused("journal", "show", "elsewhere.journal")
    assert "there is no *.journal in" in refused("journal", "verify", "--runs", file.parent / "none")
    SqlJournal.open(file.with_name("second.journal")).close()
    assert "there are 2" in refused("journal", "show")


def test_a_journal_may_be_read_while_a_session_writes_it(file: Path) -> None:
    """Neither is in the other's way."""
    session = SqlJournal.open(file)
    session.append(told(EQUITY))

    assert "whole; 28 entries" in tradingbot("journal", "verify", file).out
    assert session.append(told(EQUITY))[0].number == 29
    session.close()
