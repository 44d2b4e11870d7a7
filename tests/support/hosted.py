"""A replay exchange in a thread of its own, so that a test may stand still, throw bytes at it, and look inside."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tests.support import recording
from tests.support.instruments import BALANCES, INSTRUMENTS
from tradingbot.cli.clock import now_ms
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.orders import Side
from tradingbot.exchange.replay.gate.keys import ApiKey
from tradingbot.exchange.replay.gate.limits import LimitSettings
from tradingbot.exchange.replay.gate.signature import HmacSecret
from tradingbot.exchange.replay.playing.opening import ReplaySettings
from tradingbot.exchange.replay.settings import ServeSettings
from tradingbot.exchange.replay.transport.server import Running, serving
from tradingbot.exchange.replay.world import Account, World, open_world
from tradingbot.exchange.simulated.exchange import SimulatedExchange

TRADER = Credentials("simulation-key", "simulation-secret")
KEYS = (ApiKey(name=TRADER.api_key, verifiers=(HmacSecret(TRADER.secret),)),)
UNLIMITED = LimitSettings(weight=10**9, raw_requests=10**9, orders_10s=10**9, orders_day=10**9, connections=None)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """How to serve; `serve` and `replay` are settings that differ from a market at real time without limits."""

    serve: Mapping[str, Any] = field(default_factory=dict)
    replay: Mapping[str, Any] = field(default_factory=dict)


class _Defects(logging.Handler):
    """Keeps what a server logs of its own failures."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.kept.append(self.format(record))


@dataclass(frozen=True, slots=True)
class Hosted:
    """An exchange that runs; `defects` are the failures that it logged of itself."""

    running: Running
    loop: asyncio.AbstractEventLoop
    defects: list[str]

    @property
    def url(self) -> str:
        """Its address."""
        return self.running.url

    @property
    def exchange(self) -> SimulatedExchange:
        """Its books; to be touched within `call` only."""
        return self.running.world.exchange

    @property
    def now(self) -> int:
        """The server's time."""
        return self.call(self.running.world.clock.now_ms)

    def call(self, what: Callable[[], Value]) -> Value:
        """Do something in the server's thread."""
        done: Future[Value] = Future()
        self.loop.call_soon_threadsafe(_fulfil, done, what)
        return done.result(timeout=30)

    def totals(self) -> Mapping[str, Decimal]:
        """What the account has of each asset, free and locked."""
        return self.call(lambda: {one.asset: one.total for one in self.exchange.balances() if one.total})

    def earned(self) -> Mapping[str, Decimal]:
        """What it must have: what it began with, and what its fills have made of that."""
        totals = dict(BALANCES)
        for one in INSTRUMENTS:
            for fill in self.call(partial(self.exchange.fills, one.symbol)):
                sign = 1 if fill.side is Side.BUY else -1
                changes = ((one.base_asset, sign * fill.quantity), (one.quote_asset, -sign * fill.value))
                for asset, change in (*changes, (fill.commission_asset, -fill.commission)):
                    totals[asset] = totals.get(asset, Decimal(0)) + change
        return {asset: total for asset, total in totals.items() if total}


def build(store: Path, hosting: Hosting) -> tuple[ServeSettings, World]:
    """Three symbols from their second day on, and one account."""
    settings = ServeSettings(**{"keys": KEYS, "port": 0, "limits": UNLIMITED, **hosting.serve})
    start = recording.FIRST_OPEN + DAY_MS
    symbols = [one.symbol for one in INSTRUMENTS]
    replay = ReplaySettings(**{"symbols": symbols, "start": start, "wall_clock": True, **hosting.replay})
    account = Account(balances=BALANCES, exchange_info=store / recording.INFO)
    return settings, open_world(ParquetStore(store), replay, account, settings, now_ms)


@contextmanager
def hosted(store: Path, hosting: Hosting | None = None) -> Iterator[Hosted]:
    """Serve on any free port while the context lasts."""
    started: Future[tuple[Hosted, asyncio.Event]] = Future()
    defects = _Defects()
    logging.getLogger().addHandler(defects)
    thread = threading.Thread(target=_run, args=(store, hosting or Hosting(), defects, started))
    thread.start()
    try:
        running, stop = started.result(timeout=60)
        try:
            yield running
        finally:
            running.loop.call_soon_threadsafe(stop.set)
    finally:
        thread.join(timeout=30)
        logging.getLogger().removeHandler(defects)
    assert not thread.is_alive()


def _run(store: Path, hosting: Hosting, defects: _Defects, started: "Future[tuple[Hosted, asyncio.Event]]") -> None:
    async def serve() -> None:
        settings, world = build(store, hosting)
        async with serving(settings, world) as running:
            stop = asyncio.Event()
            started.set_result((Hosted(running, asyncio.get_running_loop(), defects.kept), stop))
            await stop.wait()

    try:
        asyncio.run(serve())
    except BaseException as error:  # noqa: BLE001  (handed to the thread that waits for the start)
        if not started.done():
            started.set_exception(error)
        else:
            defects.kept.append(repr(error))


def _fulfil(done: "Future[Value]", what: Callable[[], Value]) -> None:
    try:
        done.set_result(what())
    except Exception as error:  # noqa: BLE001  (handed to the thread that asked)
        done.set_exception(error)
