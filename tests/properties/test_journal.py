"""What is true of every journal, whatever happened."""

import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.support.journal import EQUITY, FILL, FILLED, INTENT, PARTIAL, REPORT, SESSION, STORY, told
from tradingbot.journal import bodies as b
from tradingbot.journal import rows as r
from tradingbot.journal.memory import MemoryJournal
from tradingbot.journal.orders import after_report, new_order
from tradingbot.journal.sql import SqlJournal
from tradingbot.journal.verify import verify

MONEY = st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=0, max_value=10**12)
REPORTS = (replace(REPORT, state="PENDING_NEW"), REPORT, PARTIAL, FILLED)


@given(st.lists(st.sampled_from(REPORTS), max_size=12))
def test_the_order_of_reports_does_not_matter(told_: Sequence[b.OrderReported]) -> None:
    """The row ends with the report that is furthest on, however often and in whatever order they came."""
    row = new_order(INTENT, 1, 0)
    for report in told_:
        row = after_report(row, report)

    furthest = max(told_, key=REPORTS.index, default=None)
    assert row.state == ("INTENT" if furthest is None else furthest.state)
    assert row.executed_value == (0 if furthest is None else furthest.executed_value)


@st.composite
def fills(draw: st.DrawFn) -> b.FillReported:
    """Of one of two orders, some with the same number."""
    asset = draw(st.sampled_from(["BNB", "USDT"]))
    return replace(
        FILL,
        client_order_id=draw(st.sampled_from(["e1", "x1", "foreign"])),
        side=draw(st.sampled_from(["BUY", "SELL"])),
        trade_id=draw(st.integers(1, 6)),
        price=draw(MONEY),
        quantity=draw(MONEY),
        commission=draw(MONEY),
        commission_asset=asset,
    )


@given(st.lists(fills(), max_size=12))
def test_a_trade_is_the_sum_of_its_fills(happened: Sequence[b.FillReported]) -> None:
    """To the last unit, each fill once."""
    journal = MemoryJournal()
    journal.append(told(SESSION, INTENT, replace(INTENT, client_order_id="x1"), *happened))

    told_once = journal.rows(r.FillRow)
    assert len({row.trade_id for row in told_once}) == len(told_once)
    for trade in journal.rows(r.TradeRow):
        bought = sum(Fraction(row.price) * Fraction(row.quantity) for row in told_once if row.side == "BUY")
        sold = sum(Fraction(row.quantity) for row in told_once if row.side == "SELL")
        assert (Fraction(trade.bought_value), Fraction(trade.sold)) == (bought, sold)
        assert {asset: Fraction(paid) for asset, paid in trade.commissions.items()} == _paid(told_once)


def _paid(told_once: Sequence[r.FillRow]) -> dict[str, Fraction]:
    assets = {row.commission_asset for row in told_once}
    return {
        asset: sum((Fraction(row.commission) for row in told_once if row.commission_asset == asset), Fraction(0))
        for asset in assets
    }


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(STORY[1:16]), max_size=30),
    st.lists(st.integers(1, 8), min_size=1, max_size=10),
    st.data(),
)
def test_any_change_is_found(happened: Sequence[b.Body], cuts: Sequence[int], data: st.DataObject) -> None:
    """Whatever happened, in whatever batches, the journal is whole and equals the one in memory.

    Any entry that loses or changes a character is named, and no other.
    """
    memory = MemoryJournal()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "main.journal"
        journal = SqlJournal.open(path)
        for batch in _batches([SESSION, *_possible(happened)], cuts):
            assert journal.append(told(*batch)) == memory.append(told(*batch))
        assert verify(journal).faults == []
        for kind in r.READ_MODELS.values():
            assert journal.rows(kind) == memory.rows(kind)

        number = data.draw(st.integers(1, memory.head().number))
        text = list(memory.entries())[number - 1].text
        place = data.draw(st.integers(0, len(text) - 1))
        changed = text[:place] + data.draw(st.sampled_from(["", "~"])) + text[place + 1 :]
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE journal_entries SET body = ? WHERE number = ?", (changed, number))
        assert [fault.entry for fault in verify(journal).faults] == [number]
        journal.close()


def _possible(happened: Sequence[b.Body]) -> Sequence[b.Body]:
    """Without what cannot have happened: an order intended twice, protection before a fill."""
    kept: list[b.Body] = []
    trial = MemoryJournal()
    trial.append(told(SESSION))
    for body in happened:
        if isinstance(body, b.Intent) and body in kept:
            continue
        if isinstance(body, b.ProtectionPlaced) and not trial.rows(r.TradeRow):
            continue
        trial.append(told(body))
        kept.append(body)
    return kept or [EQUITY]


def _batches(bodies: Sequence[b.Body], cuts: Sequence[int]) -> Sequence[Sequence[b.Body]]:
    """One after the other, as long as the cuts say, over and over."""
    batches, start, turn = [], 0, 0
    while start < len(bodies):
        batches.append(bodies[start : start + cuts[turn % len(cuts)]])
        start, turn = start + cuts[turn % len(cuts)], turn + 1
    return batches
