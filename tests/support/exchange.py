"""A venue under test, and how its market is moved: in process, over the replay exchange's sockets, or not at all."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar

import msgspec

from tests.support.cases import SIMULATED, Case
from tests.support.instruments import BALANCES, INSTRUMENTS
from tradingbot.exchange.events import AccountEvent, OrderEvent, TopOfBook
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import Balance, NewOrder, OrderReport, OrderType, Side, TimeInForce
from tradingbot.exchange.port import MarketData, Venue
from tradingbot.exchange.simulated.exchange import SimulatedExchange
from tradingbot.exchange.simulated.settings import SimulationSettings
from tradingbot.exchange.simulated.venue import SimulatedVenue
from tradingbot.exchange.streams import Stream, StreamKind

Event = TypeVar("Event")
Levels = Sequence[tuple[str, str]]

BTC = "BTCUSDT"
NOW = 1_790_000_000_000
PATIENCE = 10.0
BIDS: Levels = (("49990", "2"), ("49980", "3"))
ASKS: Levels = (("50010", "2"), ("50020", "3"))


class Steering(Protocol):
    """What moves the market and the account of a venue under test."""

    async def trade(self, price: str, quantity: str = "1000", symbol: str = BTC) -> None:
        """Somebody else trades."""
        ...

    async def book(self, bids: Levels, asks: Levels, symbol: str = BTC) -> None:
        """The book is this from now on."""
        ...

    async def transfer(self, asset: str, change: str) -> None:
        """A deposit or withdrawal."""
        ...

    async def change(self, symbol: str, changes: Mapping[str, Any]) -> None:
        """Filters by their type, or `status`, change while running."""
        ...


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


class Recorder:
    """Everything that the events of a venue told, in order."""

    def __init__(self, venue: Venue) -> None:
        self.seen: list[AccountEvent] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._read(venue))

    async def _read(self, venue: Venue) -> None:
        async for event in venue.events():
            self.seen.append(event)
            self._news.set()

    def of(self, kind: type[Event]) -> list[Event]:
        """Those of one kind."""
        return [event for event in self.seen if isinstance(event, kind)]

    def about(self, report: OrderReport) -> list[OrderEvent]:
        """What was told of an order."""
        return [event for event in self.of(OrderEvent) if event.report.order_id == report.order_id]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until it is; TimeoutError after ten seconds."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def close(self) -> None:
        """Stop reading; raises what ended the reading before."""
        if not self._task.done():
            self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A venue that is open, with its events recorded; `market` is None where there is no market data beside it."""

    name: str
    venue: Venue
    events: Recorder
    steering: Steering | None = None
    market: MarketData | None = None

    @property
    def steer(self) -> Steering:
        """What moves its market; only cases that need it ask."""
        assert self.steering is not None
        return self.steering

    async def balance(self, asset: str) -> Balance:
        """What it has of an asset."""
        found = [one for one in await self.venue.balances() if one.asset == asset]
        return found[0] if found else Balance(asset, Decimal(0), Decimal(0))

    async def now(self, report: OrderReport) -> OrderReport:
        """An order as it stands."""
        return await self.venue.order(report.symbol, report.client_order_id)


def new_id() -> str:
    """A client id that no order has had."""
    return f"case-{uuid.uuid4().hex[:24]}"


def order(side: Side, kind: OrderType, quantity: str | None = None, **more: Any) -> NewOrder:
    """An order; numbers may be given as text."""
    numbers = {"price", "stop_price", "quote_quantity", "iceberg_quantity"}
    values = {name: Decimal(value) if name in numbers else value for name, value in more.items()}
    given = {"symbol": BTC, "client_order_id": new_id(), **values}
    return NewOrder(side=side, type=kind, quantity=None if quantity is None else Decimal(quantity), **given)


def market(side: Side, quantity: str | None = None, **more: Any) -> NewOrder:
    """A market order."""
    return order(side, OrderType.MARKET, quantity, **more)


def limit(side: Side, quantity: str, price: str, **more: Any) -> NewOrder:
    """A limit order, good till cancelled unless said otherwise."""
    return order(side, OrderType.LIMIT, quantity, price=price, **{"time_in_force": TimeInForce.GTC, **more})


async def move(bench: Bench, price: int) -> None:
    """The market goes there: the book first, ten to either side, then a trade."""
    await bench.steer.book(((str(price - 10), "20"),), ((str(price + 10), "20"),))
    await bench.steer.trade(str(price))


async def quiet_price(bench: Bench, side: Side) -> str:
    """A whole price of BTC at which an order of that side rests and passes the filters: a tenth from the market."""
    last = 50_000.0 if bench.steering else await last_price(bench)
    return str(int(last * (0.9 if side is Side.BUY else 1.1)))


async def last_price(bench: Bench) -> float:
    """What BTC was traded at last, by the exchange's own stream."""
    assert bench.market is not None
    async with asyncio.timeout(PATIENCE):
        async for event in bench.market.stream([Stream(BTC, StreamKind.TOP_OF_BOOK)]):
            if isinstance(event, TopOfBook):
                return event.bid
    raise AssertionError("the stream ended")


@asynccontextmanager
async def simulated(case: Case) -> AsyncIterator[Bench]:
    """The simulated venue in this process."""
    settings = SimulationSettings(costs=case.costs)
    exchange = SimulatedExchange(INSTRUMENTS, BALANCES, settings)
    steering = InProcess(exchange)
    venue = SimulatedVenue(exchange, steering.clock, "replay")
    async with running(SIMULATED, venue, steering) as bench:
        yield bench


@asynccontextmanager
async def running(name: str, venue: Venue, steering: Steering | None, market: MarketData | None = None) -> AsyncIterator[Bench]:
    """Open the venue, record its events, set the scene where that can be done."""
    await venue.open()
    recorder = Recorder(venue)
    try:
        if steering is not None:
            await set_scene(steering)
        yield Bench(name=name, venue=venue, events=recorder, steering=steering, market=market)
    finally:
        await venue.close()
        await recorder.close()


async def set_scene(steering: Steering) -> None:
    """BTC last at 50,000 with a book of two levels a side; BNB at 500."""
    await steering.trade("500", symbol="BNBUSDT")
    await steering.book((("499.90", "100"),), (("500.10", "100"),), symbol="BNBUSDT")
    await steering.trade("50000")
    await steering.book(BIDS, ASKS)


VENUES = {SIMULATED: simulated}
