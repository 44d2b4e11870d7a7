"""What a case works with: a venue that is open, what it tells, and how its market is moved."""

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeVar, cast

from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.mailbox import Subscription
from tradingbot.exchange.events import OrderEvent, TopOfBook
from tradingbot.exchange.orders import Balance, NewOrder, OrderReport, OrderType, Side, TimeInForce
from tradingbot.exchange.port import MarketData, Venue
from tradingbot.exchange.replay.gate.faults import Fault
from tradingbot.exchange.streams import Stream, StreamKind

Event = TypeVar("Event")
Levels = Sequence[tuple[str, str]]

BTC = "BTCUSDT"
NOW = 1_790_000_000_000
PATIENCE = 20.0  # seconds
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


class Meddling(Protocol):
    """What only the replay exchange can be told."""

    async def fault(self, fault: Fault, match: str, *, times: int = 1, value: int | None = None) -> None:
        """Something goes wrong with the next requests or frames that match."""
        ...

    async def plan(self, match: str, *faults: Fault) -> None:
        """These happen to the next requests or frames that match, one to each."""
        ...

    async def has_struck(self) -> bool:
        """Whether everything planned has happened."""
        ...

    async def disconnect(self, which: str) -> None:
        """Cut connections: `streams`, `ws_api` or `all`."""
        ...

    async def advance(self, candles: int) -> None:
        """So many candles of the recorded market pass."""
        ...

    async def requests(self) -> int:
        """How many requests have come in, this one not counted."""
        ...

    def opened(
        self, credentials: Credentials, *, clock_offset: int = 0, url: str | None = None
    ) -> AbstractAsyncContextManager["Bench"]:
        """A further client of the same account, whose clock is off by so many ms."""
        ...


class Recorder:
    """Everything that a stream of events told, in order."""

    def __init__(self, events: AsyncIterator[Any]) -> None:
        self.seen: list[Any] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._read(events))

    async def _read(self, events: AsyncIterator[Any]) -> None:
        try:
            async with aclosing(cast("AsyncGenerator[Any]", events)):
                async for event in events:
                    self.seen.append(event)
                    self._news.set()
        finally:
            self._news.set()

    def of(self, kind: type[Event]) -> list[Event]:
        """Those of one kind."""
        return [event for event in self.seen if isinstance(event, kind)]

    def about(self, report: OrderReport) -> list[OrderEvent]:
        """What was told of an order."""
        return [event for event in self.of(OrderEvent) if event.report.order_id == report.order_id]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until it is; TimeoutError after twenty seconds, and what ended the events where they have ended."""
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._news.clear()
                if self._task.done():
                    await self._task
                    raise AssertionError(f"the events have ended after {self.seen}")
                await self._news.wait()

    async def ended(self) -> None:
        """Wait until there are no more; raises what ended them."""
        async with asyncio.timeout(PATIENCE):
            await self._task

    async def close(self) -> None:
        """Stop reading; raises what ended the reading before."""
        if not self._task.done():
            self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A venue that is open, with its events recorded; what it cannot be asked for is None."""

    name: str
    venue: Venue
    events: Recorder
    steering: Steering | None = None
    meddling: Meddling | None = None
    market: MarketData | None = None

    @property
    def steer(self) -> Steering:
        """What moves its market; only cases that need it ask."""
        assert self.steering is not None
        return self.steering

    @property
    def replay(self) -> Meddling:
        """What makes it misbehave."""
        assert self.meddling is not None
        return self.meddling

    @property
    def prices(self) -> MarketData:
        """Its public prices."""
        assert self.market is not None
        return self.market

    async def balance(self, asset: str) -> Balance:
        """What it has of an asset."""
        found = [one for one in await self.venue.balances() if one.asset == asset]
        return found[0] if found else Balance(asset, Decimal(0), Decimal(0))

    async def now(self, report: OrderReport) -> OrderReport:
        """An order as it stands."""
        return await self.venue.order(report.symbol, report.client_order_id)

    @asynccontextmanager
    async def listening(self, *streams: Stream) -> AsyncIterator[Recorder]:
        """Record streams, from when they have been subscribed to."""
        events = self.prices.stream(streams)
        recorder = Recorder(events)
        try:
            await has_started(events)
            yield recorder
        finally:
            await recorder.close()


async def has_started(events: AsyncIterator[Any]) -> None:
    """Wait until events can be heard: those that come over a socket have to be subscribed to first."""
    if isinstance(events, Subscription):
        async with asyncio.timeout(PATIENCE):
            await events.started()


def new_id() -> str:
    """A client id that no order has had."""
    return f"case-{uuid.uuid4().hex[:24]}"


def order(side: Side, kind: OrderType, quantity: str | None = None, **more: Any) -> NewOrder:
    """An order; numbers may be given as text."""
    numbers = {"price", "stop_price", "quote_quantity", "iceberg_quantity"}
    values = {name: Decimal(value) if name in numbers else value for name, value in more.items()}
    given: dict[str, Any] = {"symbol": BTC, "client_order_id": new_id(), **values}
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
