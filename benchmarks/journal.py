"""How fast the journal takes entries, one at a time and in batches, and how fast it is verified.

    python -m benchmarks.journal [FOLDER]

The folder (default a temporary one) decides which disk is measured.
"""

import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

from tradingbot.journal.bodies import Body, ClosedCandle, Intent, SessionStarted
from tradingbot.journal.entry import Draft
from tradingbot.journal.sql import SqlJournal
from tradingbot.journal.verify import verify

SINGLE, BATCH = 300, 5_000
SESSION = SessionStarted(
    session="bench", account="bench", data="synthetic", execution="simulated", config_hash="0", version="0"
)


def intent(number: int) -> Body:
    """An order that waits for the disk."""
    return Intent(
        client_order_id=f"o{number}",
        trade="t",
        lane="bench",
        symbol="BTCUSDT",
        side="BUY",
        type="LIMIT",
        purpose="entry",
        quantity=Decimal("0.00100000"),
        price=Decimal("60000.00"),
    )


def candle(number: int) -> Body:
    """A candle that does not."""
    return ClosedCandle(
        symbol="BTCUSDT",
        timeframe="1m",
        open_time=number * 60_000,
        open=60_000.1,
        high=60_100.2,
        low=59_900.3,
        close=60_050.4,
        volume=12.5,
        quote_volume=750_000.5,
        trades=321,
        taker_buy_base=6.25,
        taker_buy_quote=375_000.25,
    )


def measured(journal: SqlJournal, make: Callable[[int], Body]) -> str:
    """Median and 99th percentile of one at a time, and the rate of a batch."""
    took = sorted(_took(journal, [Draft(number, make(number))]) for number in range(SINGLE))
    batch = _took(journal, [Draft(number, make(SINGLE + number)) for number in range(BATCH)])
    middle, rare = took[SINGLE // 2] * 1e3, took[SINGLE * 99 // 100] * 1e3
    return f"{middle:.2f} ms a time (p99 {rare:.2f}), {BATCH / batch:,.0f} entries/s in a batch of {BATCH:,}"


def _took(journal: SqlJournal, drafts: Sequence[Draft]) -> float:
    start = time.perf_counter()
    journal.append(drafts)
    return time.perf_counter() - start


def main(folder: Path) -> None:
    """Print it."""
    print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {folder}")
    journal = SqlJournal.open(folder / "bench.journal")
    journal.append([Draft(0, SESSION)])
    print("intents:", measured(journal, intent))
    print("candles:", measured(journal, candle))
    start = time.perf_counter()
    verdict = verify(journal)
    print(f"verify: {verdict.entries / (time.perf_counter() - start):,.0f} entries/s, {len(verdict.faults)} faults")
    journal.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as temporary:
        main(Path(temporary))
