"""Binance's public prices: candles over REST, streams over one maintained connection."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import starmap
from random import Random
from struct import Struct

import aiohttp
import numpy as np

from tradingbot.domain.candles import Candles, FloatColumn, IntColumn
from tradingbot.domain.errors import InputError, OutOfRange
from tradingbot.domain.provenance import DataProvenance
from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.binance.market.book import LocalBook
from tradingbot.exchange.binance.market.candle_series import CandleSeries
from tradingbot.exchange.binance.market.feed import Feed, Follower
from tradingbot.exchange.binance.market.follow import Books, Events, Tickers, Tops, Trades
from tradingbot.exchange.binance.market.public_rest import KlineRow, PublicRest, RestSettings
from tradingbot.exchange.binance.market.repair import Repair, RepairSettings
from tradingbot.exchange.binance.wire.budget import Budget
from tradingbot.exchange.binance.wire.connection import ConnectionSettings, Socket
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.binance.wire.mailbox import Subscription
from tradingbot.exchange.binance.wire.maintained import Maintained
from tradingbot.exchange.binance.wire.outages import Outages
from tradingbot.exchange.binance.wire.provenance import Provenance
from tradingbot.exchange.binance.wire.transport import Transport
from tradingbot.exchange.errors import ProtocolBroken
from tradingbot.exchange.events import MarketEvent
from tradingbot.exchange.streams import Stream, StreamKind

MAX_STREAMS = 1024  # of one connection

_SUFFIXES = {
    StreamKind.TRADE: "trade",
    StreamKind.TOP_OF_BOOK: "bookTicker",
    StreamKind.BOOK: "depth@100ms",
    StreamKind.TICKER: "ticker",
}

# How a KlineRow lies in memory; of its last field, which is unused and may be anything, only whether it is something.
_LAYOUT = Struct("q 5d q d q 2d ? 7x")
_COLUMNS = ("open_time", "open", "high", "low", "close", "volume", "quote_volume")
_ROW = np.dtype(
    {
        "names": _COLUMNS,
        "formats": ["i8"] + 6 * ["f8"],
        "offsets": [8 * at for at in (0, 1, 2, 3, 4, 5, 7)],
        "itemsize": _LAYOUT.size,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketDataSettings:
    """`capacity` is how many events a slow reader may be behind before it is told of a loss."""

    capacity: int = 100_000
    connection: ConnectionSettings = field(default_factory=ConnectionSettings)
    rest: RestSettings = field(default_factory=RestSettings)
    repair: RepairSettings = field(default_factory=RepairSettings)


class BinanceMarketData:
    """Implements `port.MarketData`. `clock` tells ms UTC; `budget` is that of all who ask from the same address.

    `skipped` counts the frames and fields of streams that are not known, by name.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        clock: Callable[[], int],
        *,
        budget: Budget | None = None,
        settings: MarketDataSettings | None = None,
        rng: Random | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._clock = clock
        self._budget = budget or Budget(clock)
        self._settings = settings or MarketDataSettings()
        self._rng = rng or Random()  # noqa: S311  (spreads reconnects; no secret)
        self._attempts = self._settings.connection.attempts_pace()
        self._provenance = Provenance(endpoints, self._settings.rest.timeout)
        self.skipped: Counter[str] = Counter()
        self._books: dict[str, LocalBook] = {}

    @property
    def data(self) -> DataProvenance:
        """Whose prices these are; that those of a replay are synthetic is known before the first of them is told."""
        return self._provenance.data

    async def candles(self, symbol: str, timeframe: Timeframe, start: int, end: int) -> Candles:
        """The closed candles that open in [start, end), ms UTC, oldest first; raises UnknownSymbol."""
        await self._provenance.learn()
        async with self._rest() as rest:
            now = await rest.server_time()  # asked first, so that what closed before it will not change any more
            async with aclosing(rest.klines(symbol, timeframe, start, end)) as found:
                pages = [columns(rows) async for rows in found]
        return _joined(symbol, timeframe, pages, now)

    def stream(self, streams: Sequence[Stream]) -> Subscription[MarketEvent]:
        """Events of these streams from now on, reconnecting by itself. Raises OutOfRange for more than 1,024 streams.

        A reader that is behind gets the newest of forming candles, tops and tickers. Closed candles and trades wait for
        it, up to the settings' capacity; beyond that it is told by StreamLost, and closed candles are asked for again.
        Close it with `aclose`, or leave the iteration.
        """
        wanted = {name_of(stream): stream for stream in streams}
        if not 1 <= len(wanted) <= MAX_STREAMS:
            raise OutOfRange("streams", f"{len(wanted):,} were asked for", f"Ask for 1 to {MAX_STREAMS:,}")
        return Subscription(partial(self._feed, wanted), self._settings.capacity)

    def book(self, symbol: str) -> LocalBook:
        """The local book that BOOK streams of the symbol keep; look at it between two events."""
        return self._books.setdefault(symbol, LocalBook(symbol))

    @asynccontextmanager
    async def _rest(self) -> AsyncIterator[PublicRest]:
        transport = Transport(self._settings.rest.timeout)
        try:
            yield PublicRest(
                url=self._endpoints.rest,
                transport=transport,
                clock=self._clock,
                budget=self._budget,
                rng=self._rng,
                settings=self._settings.rest,
            )
        finally:
            await transport.close()

    async def _feed(self, streams: Mapping[str, Stream], events: Events) -> None:
        settings = self._settings
        async with aiohttp.ClientSession() as session, self._rest() as rest, asyncio.TaskGroup() as tasks:
            outages = Outages(events, self._clock)
            repair = Repair(rest, events, outages, tasks.create_task, settings.repair)
            followers = {name: self._follower(stream, events, repair, outages) for name, stream in streams.items()}
            connect = partial(self._connect, session)
            feed = Feed(followers, events, outages, self.skipped)
            await Maintained(connect, feed, settings.connection, self._clock, self._rng).run()

    async def _connect(self, session: aiohttp.ClientSession) -> Socket:
        await self._attempts.wait()
        await self._provenance.learn()
        return await Socket.open(session, f"{self._endpoints.streams}/stream", self._settings.connection, self._clock)

    def _follower(self, stream: Stream, events: Events, repair: Repair, outages: Outages) -> Follower:
        match stream.kind:
            case StreamKind.CANDLE:
                assert stream.timeframe is not None
                return CandleSeries(stream.symbol, stream.timeframe, events, repair.candles)
            case StreamKind.TRADE:
                return Trades(events, outages)
            case StreamKind.TOP_OF_BOOK:
                return Tops(events, self._clock)
            case StreamKind.BOOK:
                return Books(self.book(stream.symbol), events, self._clock, repair.book)
            case StreamKind.TICKER:
                return Tickers(events)


def name_of(stream: Stream) -> str:
    """The exchange's name of a stream; raises InputError for a candle stream without a timeframe."""
    if stream.kind is not StreamKind.CANDLE:
        return f"{stream.symbol.lower()}@{_SUFFIXES[stream.kind]}"
    if stream.timeframe is None:
        raise InputError("timeframe", f"the candle stream of {stream.symbol} has none", "Name one, as 1m")
    return f"{stream.symbol.lower()}@kline_{stream.timeframe}"


def columns(rows: Sequence[KlineRow]) -> Sequence[FloatColumn | IntColumn]:
    """Open time, open, high, low, close, volume and quote volume; raises ProtocolBroken for what cannot be."""
    table = np.frombuffer(b"".join(starmap(_LAYOUT.pack, rows)), _ROW)
    time, *values = (table[name] for name in _COLUMNS)
    opened, high, low, closed = values[:4]
    possible = (low <= opened) & (opened <= high) & (low <= closed) & (closed <= high)
    if not possible.all() or (np.diff(time) <= 0).any():
        raise ProtocolBroken(f"candles that cannot be, or out of order, among those from {time[0]} on")
    return time, *values


def _joined(symbol: str, timeframe: Timeframe, pages: Sequence[Sequence[FloatColumn | IntColumn]], now: int) -> Candles:
    """The candles that have closed by `now`."""
    time, *values = (np.concatenate(column) for column in zip(*(pages or [columns([])]), strict=True))
    count = int(np.searchsorted(time, now - timeframe.ms, side="right"))
    opened, high, low, closed, volume, quote_volume = (column[:count] for column in values)
    return Candles(symbol, timeframe, time[:count], opened, high, low, closed, volume, quote_volume)
