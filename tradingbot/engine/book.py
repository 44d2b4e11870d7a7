"""Everything a run changes: the account, its lanes, last prices, and what is remembered for decisions."""

from typing import NamedTuple

import numpy as np

from tradingbot.domain.candles import FloatColumn, IntColumn
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import STYLE_NAMES, SYMBOL, Account, Lane, Records, new_account, records
from tradingbot.risk.allocator import REMEMBERED, STYLE, StyleRecord
from tradingbot.risk.big_win import RECENT


class Book(NamedTuple):
    """Mutable state of the core."""

    account: Records  # ACCOUNT, one row
    lanes: Records  # LANE
    symbols: Records  # SYMBOL
    styles: StyleRecord
    expected: FloatColumn  # the latest expected values of entries, a ring
    order: IntColumn  # scratch: candidates of one decision, lanes held


def new_book(cash: float, lanes: Records, symbols: int) -> Book:
    """A book that holds only cash."""
    styles = len(STYLE_NAMES)
    record = StyleRecord(records(styles, STYLE), np.zeros((styles, REMEMBERED)))
    scratch = np.zeros(max(len(lanes), 1), np.int64)
    return Book(new_account(cash), lanes, records(symbols, SYMBOL), record, np.zeros(RECENT), scratch)


@compiled
def active(lane: Lane) -> bool:
    """Whether the lane has a position or an entry order."""
    return lane.quantity > 0.0 or lane.entry_value > 0.0


@compiled
def mark(account: Account, value: float) -> None:
    """Set equity from the value of all holdings, and follow its extremes."""
    account.exposure = value
    account.equity = account.cash + value
    if account.equity > account.peak:
        account.peak = account.equity
    if account.equity < account.day_low:
        account.day_low = account.equity
    fall = 1.0 - account.equity / account.peak
    if fall > account.max_drawdown:
        account.max_drawdown = fall


@compiled
def begin_day(account: Account) -> None:
    """00:00 UTC: counts and the daily latch start anew."""
    account.day_open_equity = account.equity
    account.day_low = account.equity
    account.day_realised = 0.0
    account.entries_today = 0
    account.day_blocked = False


@compiled
def cancel_entry(account: Account, lane: Lane) -> None:
    """Take back what is left of an entry order."""
    if lane.entry_value > 0.0:
        account.reserved -= lane.entry_value
        lane.entry_value = 0.0
        if lane.quantity <= 0.0:
            account.positions -= 1
