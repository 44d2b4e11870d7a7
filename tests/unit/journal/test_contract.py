"""What every journal does, whatever keeps it."""

import hashlib
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from tests.support.journal import CANDLE, EQUITY, FILL, INTENT, KINDS, SESSION, START, STORY, decision, told
from tradingbot.domain.errors import BadFile, InvariantBroken
from tradingbot.journal import bodies as b
from tradingbot.journal import rows as r
from tradingbot.journal.entry import NOTHING, Draft
from tradingbot.journal.memory import MemoryJournal
from tradingbot.journal.port import Journal


def test_the_story_has_every_kind() -> None:
    """So that what is true of it is true of all."""
    assert {type(body) for body in STORY} == set(KINDS)


def test_it_begins_empty(journal: Journal) -> None:
    """No entry, no row, and nothing appended is nothing."""
    assert not journal.append([])
    assert (list(journal.entries()), journal.head()) == ([], NOTHING)
    assert [kind for kind in r.READ_MODELS.values() if journal.rows(kind)] == []


def test_what_is_appended_is_read_back(journal: Journal) -> None:
    """Every kind, bit for bit, in order, with the moments that were handed in."""
    written = journal.append(told(*STORY))

    read = list(journal.entries())
    assert read == list(written)
    assert [(one.number, one.time, one.body) for one in read] == [
        (number, START + 1_000 * (number - 1), body) for number, body in enumerate(STORY, start=1)
    ]
    assert journal.head() == read[-1].head


def test_the_chain_is_the_one_of_the_docs(journal: Journal) -> None:
    """SHA-256 of previous hash, number, time and body, a line each."""
    for draft in told(*STORY):
        journal.append([draft])

    previous = "0" * 64
    for one in journal.entries():
        said = "\n".join((previous, str(one.number), str(one.time), one.text))
        assert (one.previous, one.hash) == (previous, hashlib.sha256(said.encode()).hexdigest())
        previous = one.hash


def test_batches_make_no_difference(journal: Journal) -> None:
    """One by one, all at once, or in another kind of journal: the same entries and the same rows."""
    other = MemoryJournal()
    other.append(told(*STORY))

    for draft in told(*STORY):
        journal.append([draft])

    assert list(journal.entries()) == list(other.entries())
    for kind in r.READ_MODELS.values():
        assert [str(row) for row in journal.rows(kind)] == [str(row) for row in other.rows(kind)]
        assert journal.rows(kind)


@pytest.mark.parametrize(
    ("first", "last", "numbers"), [(1, 2, [1, 2]), (26, None, [26, 27]), (9, 9, [9]), (30, 40, [])]
)
def test_entries_are_chosen_by_number(journal: Journal, first: int, last: int | None, numbers: list[int]) -> None:
    """Both ends included."""
    journal.append(told(*STORY))

    assert [one.number for one in journal.entries(first, last)] == numbers


def test_rows_are_chosen_by_what_changed_them(journal: Journal) -> None:
    """A reader that has seen the journal up to a number asks for what came after."""
    journal.append(told(*STORY))

    assert [row.client_order_id for row in journal.rows(r.OrderRow)] == ["e1", "x1", "x3", "e2"]
    assert [row.client_order_id for row in journal.rows(r.OrderRow, since=13)] == ["x3", "e2"]


@pytest.mark.parametrize(
    "wrong",
    [
        INTENT,
        SESSION,
        replace(EQUITY, equity=Decimal("NaN")),
        replace(EQUITY, equity=Decimal("Infinity")),
        replace(CANDLE, close=float("nan")),
        replace(CANDLE, close=float("inf")),
        replace(CANDLE, trades=2**63),
        replace(INTENT, client_order_id="e9", quantity=1.5),
        decision(reason="half a pair \ud800"),
        b.ProtectionPlaced(trade="t9", client_id="l1", stop=Decimal(1)),
        b.ProtectionLost(trade="t9", reason="?"),
        b.TradeClosed(trade="t9", reason="?", dust=Decimal(0)),
        b.LatchReleased(latch="drawdown", by="anna", reason="?"),
        b.SessionEnded(session="s9", reason="?"),
    ],
    ids=lambda body: f"{type(body).__name__}",
)
def test_what_cannot_be_is_refused_whole(journal: Journal, wrong: Any) -> None:
    """The good entry before it in the batch is not kept either, and the next append goes on as if nothing had been."""
    journal.append(told(*STORY[:6]))
    before = (journal.head(), list(journal.entries()), [journal.rows(kind) for kind in r.READ_MODELS.values()])

    with pytest.raises(InvariantBroken):
        journal.append(told(EQUITY, wrong))

    assert before == (journal.head(), list(journal.entries()), [journal.rows(kind) for kind in r.READ_MODELS.values()])
    assert journal.append(told(EQUITY))[0].number == 7


@pytest.mark.parametrize("moment", [2**63, 1.5, None])
def test_moments_are_whole_numbers(journal: Journal, moment: Any) -> None:
    """Of milliseconds."""
    with pytest.raises(InvariantBroken):
        journal.append([Draft(moment, SESSION)])


def test_a_session_comes_first(journal: Journal) -> None:
    """Without it nobody would know whose numbers these are."""
    with pytest.raises(InvariantBroken, match="before any session"):
        journal.append(told(EQUITY))


@pytest.mark.parametrize("change", [{"account": "other"}, {"data": "testnet"}, {"execution": "real"}])
def test_one_journal_is_of_one_provenance(journal: Journal, change: dict[str, str]) -> None:
    """So that simulated money is never added to real money."""
    journal.append(told(SESSION))

    with pytest.raises(BadFile, match="a journal of its own"):
        journal.append(told(replace(SESSION, session="s2", **change)))

    assert journal.append(told(replace(SESSION, session="s2")))[0].number == 2


def test_a_fill_told_twice_is_one_fill(journal: Journal) -> None:
    """Both are entries; the rows have it once."""
    journal.append(told(SESSION, INTENT, FILL, FILL, replace(FILL, traded_at=START + 31)))

    assert (journal.head().number, len(journal.rows(r.FillRow))) == (5, 1)
    assert journal.rows(r.TradeRow)[0].bought == FILL.quantity


def test_orders_of_somebody_else_change_no_row(journal: Journal) -> None:
    """What the exchange says of them is an entry and nothing more."""
    journal.append(told(SESSION, FILL, b.OrderAbsent(client_order_id="e1")))

    assert (journal.rows(r.FillRow), journal.rows(r.OrderRow), journal.rows(r.TradeRow)) == ([], [], [])


def test_a_trade_is_what_its_fills_were(journal: Journal) -> None:
    """Exact sums, commissions by asset, and what could not be sold."""
    journal.append(told(*STORY))

    (trade,) = journal.rows(r.TradeRow)
    assert (trade.bought, trade.bought_value) == (Decimal("0.003"), Decimal("180.0003"))
    assert (trade.sold, trade.sold_value) == (Decimal("0.00299"), Decimal("176.4099701"))
    assert trade.commissions == {"BTC": Decimal("0.000003"), "USDT": Decimal("0.05")}
    assert (trade.closed_at, trade.reason, trade.dust) == (START + 21_000, "daily_loss", Decimal("0.000007"))


def test_protection_is_known_while_it_lasts(journal: Journal) -> None:
    """From its placing to its loss."""
    journal.append(told(*STORY[:15]))
    assert [(row.protected_by, row.stop) for row in journal.rows(r.TradeRow)] == [("l1", Decimal(59000))]

    journal.append(told(b.ProtectionLost(trade="t1", reason="expired")))
    assert [(row.protected_by, row.stop) for row in journal.rows(r.TradeRow)] == [(None, None)]


def test_a_latch_keeps_its_first_reason_until_it_is_released(journal: Journal) -> None:
    """Set twice it holds since the first time; released it may be set anew; symbols have latches of their own."""
    set_ = b.LatchSet(latch="stale data", symbol="BTCUSDT", reason="first")
    journal.append(told(SESSION, set_, replace(set_, reason="second"), replace(set_, symbol="ETHUSDT")))
    assert [(one.symbol, one.reason, one.set_at) for one in journal.rows(r.LatchRow)] == [
        ("BTCUSDT", "first", START + 1_000),
        ("ETHUSDT", "first", START + 3_000),
    ]

    journal.append(told(b.LatchReleased(latch="stale data", symbol="BTCUSDT", by="rule", reason="fresh")))
    assert [one.symbol for one in journal.rows(r.LatchRow) if one.released_at is None] == ["ETHUSDT"]

    journal.append(told(replace(set_, reason="third")))
    assert [one.reason for one in journal.rows(r.LatchRow) if one.released_at is None] == ["first", "third"]
