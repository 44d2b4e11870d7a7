"""The venues under test, opened: in this process, over the replay exchange's sockets, and on the testnet."""

import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support import recording
from tests.support.bench import ASKS, BIDS, BTC, NOW, Bench, Levels, Recorder, Steering, has_started
from tests.support.cases import REPLAY, SIMULATED, TESTNET, Case
from tests.support.instruments import BALANCES, INSTRUMENTS
from tradingbot.cli.clock import now_ms
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.exchange.binance.account.venue import BinanceVenue
from tradingbot.exchange.binance.market.market_data import BinanceMarketData
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.port import Venue
from tradingbot.exchange.replay.gate.faults import Fault
from tradingbot.exchange.replay.gate.keys import ApiKey
from tradingbot.exchange.replay.gate.signature import Ed25519Key, HmacSecret
from tradingbot.exchange.replay.playing.opening import ReplaySettings
from tradingbot.exchange.replay.settings import ServeSettings
from tradingbot.exchange.replay.transport.server import serving
from tradingbot.exchange.replay.world import Account, open_world
from tradingbot.exchange.simulated.exchange import SimulatedExchange
from tradingbot.exchange.simulated.venue import SimulatedVenue

TESTNET_KEY, TESTNET_SECRET = "TRADINGBOT_TESTNET_KEY", "TRADINGBOT_TESTNET_SECRET"
_SECRET = HmacSecret("secret")
_PRIVATE = Ed25519PrivateKey.generate()
_PEM = _PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

TRADER, READER, WITHDRAWER, EXPIRED, FOREIGN, UNKNOWN = (
    Credentials(name, "secret") for name in ("trader", "reader", "withdrawer", "expired", "foreign", "unknown")
)
ED25519 = Credentials("modern", _PEM)
KEYS = (
    ApiKey(name="trader", verifiers=(_SECRET,)),
    ApiKey(name="reader", verifiers=(_SECRET,), can_trade=False),
    ApiKey(name="withdrawer", verifiers=(_SECRET,), can_withdraw=True),
    ApiKey(name="expired", verifiers=(_SECRET,), expired=True),
    ApiKey(name="foreign", verifiers=(_SECRET,), addresses=("192.0.2.1",)),
    ApiKey(name="modern", verifiers=(Ed25519Key(_PRIVATE.public_key()),)),
)
"""What the replay exchange of the cases knows; `UNKNOWN` is not among them."""


def changed(row: Instrument, changes: Mapping[str, Any]) -> Instrument:
    """The instrument with other values: a key that names a filter replaces that filter's values."""
    kept = tuple({**one, **changes.get(str(one["filterType"]), {})} for one in row.filters)
    named = {str(one["filterType"]) for one in row.filters}
    added = tuple(
        {"filterType": name, **values} for name, values in changes.items() if name.isupper() and name not in named
    )
    rest = {name: value for name, value in changes.items() if not name.isupper()}
    return msgspec.structs.replace(row, filters=(*kept, *added), **rest)


@dataclass
class InProcess:
    """Steers a simulated exchange by its own methods, a second an event."""

    exchange: SimulatedExchange
    now: int = NOW

    def clock(self) -> int:
        """The moment, ms UTC."""
        return self.now

    async def trade(self, price: str, quantity: str = "1000", symbol: str = BTC) -> None:
        """A public trade."""
        self.now += 1_000
        self.exchange.trade(symbol, Decimal(price), Decimal(quantity), self.now)

    async def book(self, bids: Levels, asks: Levels, symbol: str = BTC) -> None:
        """The best levels."""
        self.now += 1_000
        self.exchange.book(symbol, _levels(bids), _levels(asks), self.now)

    async def transfer(self, asset: str, change: str) -> None:
        """From or to outside."""
        self.exchange.transfer(asset, Decimal(change), self.now)

    async def change(self, symbol: str, changes: Mapping[str, Any]) -> None:
        """All instruments anew, one of them changed."""
        rows = [changed(row, changes) if row.symbol == symbol else row for row in INSTRUMENTS]
        self.exchange.set_instruments(rows)


def _levels(levels: Levels) -> list[tuple[Decimal, Decimal]]:
    return [(Decimal(price), Decimal(quantity)) for price, quantity in levels]


@asynccontextmanager
async def simulated(case: Case, _store: Path) -> AsyncIterator[Bench]:
    """The simulated venue in this process."""
    exchange = SimulatedExchange(INSTRUMENTS, BALANCES, case.costs)
    steering = InProcess(exchange)
    venue = SimulatedVenue(exchange, steering.clock, "replay")
    async with running(SIMULATED, venue, steering) as bench:
        yield bench


@asynccontextmanager
async def running(name: str, venue: Venue, steering: Steering | None = None, **more: Any) -> AsyncIterator[Bench]:
    """Open the venue, record its events, set the scene where that can be done."""
    await venue.open()
    try:
        events = venue.events()
        recorder = Recorder(events)
        try:
            await has_started(events)
            if steering is not None:
                await set_scene(steering)
            yield Bench(name=name, venue=venue, events=recorder, steering=steering, **more)
        finally:
            await recorder.close()
    finally:
        await venue.close()


async def set_scene(steering: Steering) -> None:
    """BTC last at 50,000 with a book of two levels a side; BNB at 500."""
    await steering.trade("500", symbol="BNBUSDT")
    await steering.book((("499.90", "100"),), (("500.10", "100"),), symbol="BNBUSDT")
    await steering.trade("50000")
    await steering.book(BIDS, ASKS)


@dataclass
class OverAdmin:
    """Steers and spoils a replay exchange by its admin routes, as a person would; opens further clients of it."""

    url: str
    session: aiohttp.ClientSession

    async def post(self, route: str, **body: Any) -> Any:
        """Follow a route that must succeed."""
        async with self.session.post(f"{self.url}/replay/{route}", json=body) as answer:
            told = await answer.json()
            assert answer.status == 200, told
            return told

    async def status(self) -> Any:
        """Where the replay stands."""
        async with self.session.get(f"{self.url}/replay/status") as answer:
            return await answer.json()

    async def trade(self, price: str, quantity: str = "1000", symbol: str = BTC) -> None:
        """A public trade."""
        await self.post("trade", symbol=symbol, price=price, quantity=quantity)

    async def book(self, bids: Levels, asks: Levels, symbol: str = BTC) -> None:
        """The whole book."""
        await self.post("book", symbol=symbol, bids=list(bids), asks=list(asks))

    async def transfer(self, asset: str, change: str) -> None:
        """From or to outside."""
        await self.post("transfer", asset=asset, change=change)

    async def change(self, symbol: str, changes: Mapping[str, Any]) -> None:
        """Other rules from now on."""
        await self.post("instruments", symbol=symbol, changes=dict(changes))

    async def fault(self, fault: Fault, match: str, *, times: int = 1, value: int | None = None) -> None:
        """Plan this fault, and nothing else."""
        rule = {"fault": fault.value, "match": match, "times": times, "value": value}
        await self.post("faults", plan=[rule])

    async def plan(self, match: str, *faults: Fault) -> None:
        """These happen to the next that match, one to each."""
        await self.post("faults", plan=[{"fault": fault.value, "match": match} for fault in faults])

    async def has_struck(self) -> bool:
        """Whether everything planned has happened."""
        return not (await self.status())["faults"]["plan"]

    async def disconnect(self, which: str) -> None:
        """Cut connections."""
        assert (await self.post("disconnect", which=which))["connections"] > 0

    async def advance(self, candles: int) -> None:
        """So many candles pass, a tenth of a second between them."""
        for _ in range(candles):
            assert (await self.post("advance", candles=1))["candles"] == 1
            await asyncio.sleep(0.1)

    async def requests(self) -> int:
        """How many requests have come in."""
        return int((await self.status())["requests"])

    @asynccontextmanager
    async def opened(
        self, credentials: Credentials, *, clock_offset: int = 0, url: str | None = None
    ) -> AsyncIterator[Bench]:
        """A client of the account, whose clock is off by so many ms."""
        endpoints = Endpoints.replay(url or self.url)
        venue = BinanceVenue(endpoints, credentials, lambda: now_ms() + clock_offset)
        prices = BinanceMarketData(endpoints, now_ms)
        async with running(REPLAY, venue, meddling=self, market=prices) as bench:
            yield bench


@asynccontextmanager
async def replay(case: Case, store: Path) -> AsyncIterator[Bench]:
    """The Binance adapter against the replay exchange over real sockets; its market stands still until it is moved."""
    settings = ServeSettings(keys=KEYS, port=0)
    replayed = ReplaySettings(
        symbols=[one.symbol for one in INSTRUMENTS],
        start=recording.FIRST_OPEN + DAY_MS,
        wall_clock=True,
        paused=True,
        costs=case.costs,
    )
    account = Account(balances=BALANCES, exchange_info=store / recording.INFO)
    world = open_world(ParquetStore(store), replayed, account, settings, now_ms)
    async with serving(settings, world) as running_there, aiohttp.ClientSession() as session:
        admin = OverAdmin(running_there.url, session)
        await set_scene(admin)
        async with admin.opened(TRADER) as bench:
            yield dataclasses.replace(bench, steering=admin)


@asynccontextmanager
async def testnet(_case: Case, _store: Path) -> AsyncIterator[Bench]:
    """The Binance adapter against Binance's test network; skipped without the keys of an account there."""
    key, secret = os.environ.get(TESTNET_KEY), os.environ.get(TESTNET_SECRET)
    if not key or not secret:
        pytest.skip(f"no testnet keys: set {TESTNET_KEY} and {TESTNET_SECRET}")
    venue = BinanceVenue(Endpoints.testnet(), Credentials(key, secret), now_ms)
    async with running(TESTNET, venue, market=BinanceMarketData(Endpoints.testnet(), now_ms)) as bench:
        yield bench


VENUES = {SIMULATED: simulated, REPLAY: replay, TESTNET: testnet}
