"""What a run writes: closed trades, days, latches and refusals, as records."""

from typing import NamedTuple

import numpy as np

from tradingbot.domain.candles import IntColumn
from tradingbot.domain.state import Records, records
from tradingbot.risk.refusals import REFUSAL_NAMES

TRADE = np.dtype(
    [
        *((name, "i8") for name in ("lane", "entry_index", "exit_index", "reason")),
        *((name, "f8") for name in ("quantity", "entry_price", "exit_price", "notional", "fees", "slippage", "pnl")),
        *((name, "f8") for name in ("stop_distance", "target_distance", "mae", "mfe", "gap_loss", "equity_at_entry")),
        ("big_win", "?"),
    ],
    align=True,
)

DAY = np.dtype(
    [
        ("time", "i8"),
        *((name, "f8") for name in ("equity", "low", "cash", "exposure", "turnover", "fees", "slippage")),
    ],
    align=True,
)

LATCH = np.dtype([("time", "i8"), ("reason", "i8"), ("equity", "f8")], align=True)


class Output(NamedTuple):
    """Room for everything a run can write; `used` counts trades, days and latches written."""

    trades: Records
    days: Records
    latches: Records
    refusals: IntColumn  # (lanes, rules)
    used: IntColumn


TRADES = 0
DAYS = 1
LATCHES = 2


def new_output(entries: int, days: int, lanes: int) -> Output:
    """Room for one trade an entry event, one row a day, and at most one latch of each kind a day."""
    return Output(
        records(max(entries, 1), TRADE),
        records(days, DAY),
        records(days + 2, LATCH),
        np.zeros((lanes, len(REFUSAL_NAMES)), np.int64),
        np.zeros(3, np.int64),
    )
