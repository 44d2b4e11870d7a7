"""What the streams have missed, asked for over REST until it is there."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any

from tradingbot.exchange.binance.market.candle_series import CandleSeries
from tradingbot.exchange.binance.market.follow import Books, Events
from tradingbot.exchange.binance.market.public_rest import PublicRest
from tradingbot.exchange.binance.wire.outages import Outages
from tradingbot.exchange.errors import ExchangeError, ProtocolBroken, Retry


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairSettings:
    """`book_levels` of each side in a snapshot, at most 5,000; pauses between questions that fail, s."""

    book_levels: int = 5000
    first_pause: float = 0.5
    longest_pause: float = 30.0


class Repair:
    """Runs its questions as tasks of the group that `spawn` belongs to; they raise what no repeating can mend."""

    def __init__(
        self,
        rest: PublicRest,
        events: Events,
        outages: Outages,
        spawn: Callable[[Coroutine[Any, Any, None]], object],
        settings: RepairSettings,
    ) -> None:
        self._rest = rest
        self._events = events
        self._outages = outages
        self._spawn = spawn
        self._settings = settings

    def candles(self, series: CandleSeries, start: int, end: int) -> None:
        """Find the closed candles of a series that open in [start, end)."""
        self._spawn(self._until_done(f"{series.symbol} {series.timeframe}", partial(self._fill, series, start, end)))

    def book(self, books: Books) -> None:
        """Find a snapshot that a book can start from."""
        self._spawn(self._until_done(f"{books.book.symbol} book", partial(self._load, books)))

    async def _fill(self, series: CandleSeries, start: int, end: int) -> bool:
        async with aclosing(self._rest.klines(series.symbol, series.timeframe, start, end)) as pages:
            async for rows in pages:
                await self._events.room()
                series.fill(rows)
        series.filled(end)
        return True

    async def _load(self, books: Books) -> bool:
        return books.snapshot(await self._rest.depth(books.book.symbol, self._settings.book_levels))

    async def _until_done(self, what: str, question: Callable[[], Awaitable[bool]]) -> None:
        pause = self._settings.first_pause
        failed = False
        while True:
            try:
                if await question():
                    break
            except ExchangeError as error:
                if error.retry is Retry.NEVER and not isinstance(error, ProtocolBroken):
                    raise
                if not failed:
                    failed = True
                    self._outages.begin(f"{what}: {error}")
            await asyncio.sleep(pause)
            pause = min(2.0 * pause, self._settings.longest_pause)
        if failed:
            self._outages.end()
