"""The replay exchange and what speaks to it, over loopback: round trips, orders a second, stream clients, full speed.

`python -m benchmarks.exchange` prints the page; `--write` writes it into EXCHANGE.md.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks import workloads
from benchmarks.environments import HERE
from benchmarks.exchange_requests import ORDERS, REQUESTS, Rates, Trips, orders_a_second, round_trips
from benchmarks.exchange_streams import CLIENTS, Lag, lag, listen
from benchmarks.portfolio import SYMBOLS
from benchmarks.report import table
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.schema import SCHEMA, SourceInfo
from tradingbot.domain.timeframe import Timeframe

MONTH = 31 * 24 * 60
MONTH_GOAL_S = 60.0
LAG_GOAL_MS = 1_000.0  # a frame that is older than that has been overtaken by the next of its kind
PATIENCE_S = 900.0


def store(folder: Path) -> ParquetStore:
    """A month of 1m candles of ten symbols: real prices under made-up names, as in the default portfolio."""
    kept = ParquetStore(folder)
    times = workloads.START_MS + workloads.MINUTE_MS * np.arange(MONTH, dtype=np.int64)
    for symbol, window in zip(SYMBOLS, workloads.WINDOWS, strict=True):
        rows = [column[:MONTH] for column in workloads.read(workloads.market_folder(), window)]
        columns: dict[str, Any] = dict.fromkeys(SCHEMA)
        columns |= {"open_time": times, **dict(zip(("open", "high", "low", "close", "volume"), rows, strict=True))}
        content = b"".join(column.tobytes() for column in rows)
        source = SourceInfo("import", str(window), hashlib.sha256(content).hexdigest(), workloads.START_MS)
        kept.write(symbol, Timeframe.M1, pl.DataFrame(columns, schema=dict(SCHEMA)), source)
    return kept


@contextlib.contextmanager
def served(folder: Path, speed: float) -> Iterator[str]:
    """The address of a paused exchange in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.exchange_server", str(folder), str(speed)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=HERE.parent, **pipes) as process:  # type: ignore[call-overload]
        try:
            yield process.stdout.readline().strip()
        finally:
            process.communicate()


def steer(url: str, route: str) -> Any:
    """Follow an admin route."""
    with urllib.request.urlopen(f"{url}/replay/{route}", data=None if route == "status" else b"{}") as answer:
        return json.load(answer)


@dataclass(frozen=True)
class Month:
    """Seconds from the first candle of the month to the last."""

    listeners: str
    seconds: float


def month(folder: Path, streams: Sequence[str]) -> float:
    """Seconds that a month takes at full speed, with one client on these streams."""

    async def run(url: str) -> float:
        listener = asyncio.create_task(listen(url, 1, streams)) if streams else None
        await asyncio.sleep(1.0)
        started = time.perf_counter()
        steer(url, "resume")
        while (await asyncio.to_thread(steer, url, "status"))["market"] != "ended":
            if time.perf_counter() - started > PATIENCE_S:
                raise RuntimeError(f"the month was not over after {PATIENCE_S:.0f} s")
            await asyncio.sleep(0.25)
        spent = time.perf_counter() - started
        if listener is not None:
            listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listener
        return spent

    with served(folder, 0.0) as url:
        return asyncio.run(run(url))


def months(folder: Path) -> Sequence[Month]:
    """With nobody there, and with one client of each kind of load."""
    klines = [f"{symbol.lower()}@kline_1m" for symbol in SYMBOLS]
    trades = [f"{symbol.lower()}@trade" for symbol in SYMBOLS]
    return [
        Month("nobody", month(folder, ())),
        Month("one client, ten streams of klines", month(folder, klines)),
        Month("one client, ten streams of trades", month(folder, trades)),
    ]


def page(trips: Sequence[Trips], rates: Sequence[Rates], lag: Lag, found: Sequence[Month]) -> str:
    """The whole page."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("aiohttp", "ccxt", "msgspec"))
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    head = (
        "Written by `python -m benchmarks.exchange --write`. Server and clients are two processes on the same machine, "
        "so they share its cores. Ten symbols, a month of real 1m candles under made-up names. "
        f"{machine}; {versions}."
    )
    return (
        "\n\n".join(
            [
                "# The replay exchange over loopback",
                head,
                _trips(trips),
                _rates(rates),
                _lag(lag),
                _months(found),
            ]
        )
        + "\n"
    )


def _trips(trips: Sequence[Trips]) -> str:
    reference = trips[0].us
    rows = [(one.who, f"{one.us:,.0f}", f"{one.us / reference:.2f}x", f"{one.spread:.2f}") for one in trips]
    text = (
        f"## One request after the other\n\nMedian of rounds of {REQUESTS} requests on one kept connection, all "
        "contenders in turn within each; the signed ones ask for the open orders of a symbol, of which there are three."
    )
    return f"{text}\n\n{table(('', 'us a request', 'against a bare ping', 'spread'), rows)}"


def _rates(rates: Sequence[Rates]) -> str:
    rows = [(one.what, f"{one.a_second:,.0f}", f"{rates[0].a_second / one.a_second:.2f}x") for one in rates]
    text = (
        f"## As many as it takes\n\n{ORDERS:,} pings, or signed orders (LIMIT, IOC, away from the market: accepted and "
        "expired); eight requests in flight. REST: eight kept connections. WebSocket API: one socket."
    )
    return f"{text}\n\n{table(('', 'a second', 'against REST pings'), rows)}"


def _lag(lag: Lag) -> str:
    verdict = "met" if lag.p99_ms <= LAG_GOAL_MS and lag.is_complete else "**missed**"
    return (
        f"## Stream clients at real time\n\n{lag.clients} clients, each with {lag.streams} streams of ten symbols "
        f"(trades, best bid and ask, klines), for {lag.seconds:.0f} s: {lag.frames:,} frames. Lag of a trade, from its "
        "moment in the market to its receipt, the receiving process's own queue included: "
        f"p50 {lag.p50_ms:.0f} ms, p99 {lag.p99_ms:.0f} ms, largest {lag.worst_ms:.0f} ms. Every client "
        f"{'received all' if lag.is_complete else '**did not receive all**'} trades. Goal: {CLIENTS} clients without "
        f"falling behind: {verdict}."
    )


def _months(found: Sequence[Month]) -> str:
    candles = MONTH * len(SYMBOLS)
    rows = [
        (
            one.listeners,
            f"{one.seconds:.1f}",
            f"{candles / one.seconds:,.0f}",
            "met" if one.seconds <= MONTH_GOAL_S else "**missed**",
        )
        for one in found
    ]
    text = f"## A month at full speed\n\n{candles:,} candles. Goal: under {MONTH_GOAL_S:.0f} s."
    return f"{text}\n\n{table(('listening', 'seconds', 'candles a second', 'goal'), rows)}"


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(prog="benchmarks.exchange", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of requests (default 7)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the stream clients listen (default 60)")
    parser.add_argument("--write", action="store_true", help="into EXCHANGE.md")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="exchange-") as temporary:
        folder = Path(temporary)
        store(folder)
        with served(folder, 1.0) as url:
            trips = asyncio.run(round_trips(url, options.rounds))
            rates = asyncio.run(orders_a_second(url))
        with served(folder, 1.0) as url:
            steer(url, "resume")
            heard = asyncio.run(lag(url, options.seconds))
        found = page(trips, rates, heard, months(folder))
    print(found)
    if options.write:
        (HERE / "EXCHANGE.md").write_text(found)


if __name__ == "__main__":
    main()
