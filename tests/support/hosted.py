"""A replay exchange on a port in this process, in a thread of its own, so that a test may stand still and look inside."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from tests.support.instruments import BALANCES, INSTRUMENTS
from tradingbot.cli.clock import now_ms
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.exchange.orders import Side
from tradingbot.exchange.replay.faults import Faults
from tradingbot.exchange.replay.keys import ApiKey, KeyRing
from tradingbot.exchange.replay.limits import Limits, LimitSettings
from tradingbot.exchange.replay.opening import ReplaySettings, open_replay
from tradingbot.exchange.replay.server import serving
from tradingbot.exchange.replay.settings import ServeSettings
from tradingbot.exchange.replay.signature import HmacSecret
from tradingbot.exchange.replay.users import Users
from tradingbot.exchange.replay.world import World
from tradingbot.exchange.simulated.exchange import SimulatedExchange
from tradingbot.exchange.simulated.settings import SimulationSettings

KEY, SECRET = "simulation-key", "simulation-secret"
UNLIMITED = LimitSettings(weight=10**9, raw_requests=10**9, orders_10s=10**9, orders_day=10**9, connections=None)
_START = 86_400_000  # ms after the recording's first candle
Value = TypeVar("Value")


class _Defects(logging.Handler):
    """Keeps what a server logs of its own failures."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.kept: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(f"{record.getMessage()}: {record.exc_info[1]!r}" if record.exc_info else record.getMessage())


@dataclass
class Hosted:
    """An exchange that runs; `defects` are what it has logged of itself."""

    url: str
    world: World
    loop: asyncio.AbstractEventLoop
    began: Mapping[str, Decimal]
    _log: _Defects = field(repr=False)

    @property
    def defects(self) -> list[str]:
        """Failures that the server logged."""
        return self._log.kept

    @property
    def now(self) -> int:
        """The server's time."""
        return self.call(self.world.clock.now_ms)

    def call(self, what: Callable[[], Value]) -> Value:
        """Do something in the server's thread."""
        done: Future[Value] = Future()
        self.loop.call_soon_threadsafe(lambda: _fulfil(done, what))
        return done.result(timeout=30)

    def totals(self) -> Mapping[str, Decimal]:
        """What the account has of each asset, free and locked."""
        return self.call(lambda: {one.asset: one.total for one in self.world.exchange.balances() if one.total})

    def expected_totals(self) -> Mapping[str, Decimal]:
        """What it must have: what it began with and what its fills have made of that."""
        totals = dict(self.began)
        for instrument in INSTRUMENTS:
            for fill in self.call(lambda symbol=instrument.symbol: self.world.exchange.fills(symbol)):
                sign = 1 if fill.side is Side.BUY else -1
                moved = {instrument.base_asset: sign * fill.quantity, instrument.quote_asset: -sign * fill.value}
                for asset, change in (*moved.items(), (fill.commission_asset, -fill.commission)):
                    totals[asset] = totals.get(asset, Decimal(0)) + change
        return {asset: total for asset, total in totals.items() if total}


def _fulfil(done: "Future[Value]", what: Callable[[], Value]) -> None:
    try:
        done.set_result(what())
    except Exception as error:  # noqa: BLE001  (handed to the thread that asked)
        done.set_exception(error)


@dataclass(frozen=True, kw_only=True)
class Hosting:
    """How to serve; `replay` are further settings of the replay, `serve` of the server."""

    limits: LimitSettings = UNLIMITED
    replay: Mapping[str, Any] = field(default_factory=dict)
    serve: Mapping[str, Any] = field(default_factory=dict)


def build(store: Path, hosting: Hosting) -> World:
    """Three symbols from their second day on, and one account."""
    exchange = SimulatedExchange(INSTRUMENTS, BALANCES, SimulationSettings())
    settings = ReplaySettings(symbols=[one.symbol for one in INSTRUMENTS], **hosting.replay)
    replay = open_replay(ParquetStore(store), exchange, settings, now_ms)
    keys = KeyRing([ApiKey(name=KEY, verifiers=(HmacSecret(SECRET),))])
    users, limits = Users(), Limits(hosting.limits)

    return World(
        exchange=exchange,
        market=replay.market,
        clock=replay.clock,
        hub=replay.hub,
        feed=replay.feed,
        keys=keys,
        limits=limits,
        faults=Faults(hosting.serve.get("chaos")),
        users=users,
    )


@contextmanager
def hosted(store: Path, hosting: Hosting | None = None) -> Iterator[Hosted]:
    """Serve on any free port while the context lasts."""
    hosting = hosting or Hosting()
    started: Future[Hosted] = Future()
    thread = threading.Thread(target=lambda: asyncio.run(_serve(store, hosting, started)))
    thread.start()
    running = started.result(timeout=60)
    try:
        yield running
    finally:
        running.loop.call_soon_threadsafe(_STOPS[running.url].set)
        thread.join(timeout=30)
        assert not thread.is_alive()
