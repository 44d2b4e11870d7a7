"""Signed requests over REST: ccxt knows the endpoints and signs, the rest is decided here.

What changes nothing is asked again, a bounded number of times; what may have changed something never is, except when
the exchange refused its timestamp, for then nothing was executed.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from random import Random
from typing import Any, TypeVar

import msgspec

from tradingbot.exchange.binance.wire.answers import TimeAnswer
from tradingbot.exchange.binance.wire.budget import ORDERS_PATIENCE_MS, Budget
from tradingbot.exchange.binance.wire.clock import Reading, ServerClock
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.binance.wire.refusals import refused, unanswered, unreadable
from tradingbot.exchange.binance.wire.transport import HttpAnswer, NoAnswer, NotConnected, TooLarge, Transport
from tradingbot.exchange.errors import ClockOff, ExchangeError, Overloaded, RateLimited, Unavailable

T = TypeVar("T")

QUESTIONS_AT_ONCE, URGENT_AT_ONCE = 6, 16  # apart, so that an order never waits behind questions
RECV_WINDOW_MS = 5_000  # Binance's default: an order that arrives later than that is not executed


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSettings:
    """Seconds. A question is asked at most `attempts` times; the pause between them doubles.

    `timeout` is longer than the ten seconds after which Binance itself gives up and says so. `settle` is how long an
    order whose outcome is unknown may still come about: as long as the exchange takes its timestamp, and a second in
    which it tells its own memory. `patience` is how long what is urgent waits for a slot, and for a clock to be set.
    """

    timeout: float = 15.0
    connect_timeout: float = 5.0
    attempts: int = 4
    first_pause: float = 0.25
    settle: float = RECV_WINDOW_MS / 1000 + 1.0
    patience: float = ORDERS_PATIENCE_MS / 1000


@dataclass(frozen=True, slots=True)
class Call:
    """An endpoint by ccxt's name for it, in our words, and what it costs. `changes`: it may change something.

    What is `urgent` passes questions that wait, and would rather fail than wait itself.
    """

    name: str
    words: str
    weight: int
    changes: bool = False
    urgent: bool = False


TIME = Call("publicGetTime", "Asking for the time", 1, urgent=True)  # an order whose timestamp was refused waits for it


@dataclass(slots=True)
class Rest:
    """Requests in the name of one key. Errors are those of `exchange.errors`, and show neither key nor signature.

    `rng` spreads the pauses before asking again.
    """

    endpoints: Endpoints
    credentials: Credentials
    clock: ServerClock
    budget: Budget
    rng: Random
    settings: CallSettings = CallSettings()
    _transport: Transport | None = field(default=None, init=False)
    _closed: int = field(default=0, init=False)  # how often
    _ccxt: Any = field(default=None, init=False, repr=False)
    _question_slots: asyncio.Semaphore = field(
        default_factory=partial(asyncio.Semaphore, QUESTIONS_AT_ONCE), init=False
    )
    _urgent_slots: asyncio.Semaphore = field(default_factory=partial(asyncio.Semaphore, URGENT_AT_ONCE), init=False)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def open(self) -> None:
        """Load ccxt, which takes seconds, beside the loop; nothing is sent. Raises Unavailable if closed meanwhile."""
        closed = self._closed
        ccxt = await asyncio.to_thread(import_module, "ccxt.async_support")
        if self._closed != closed:
            raise Unavailable("Closed before it was open")
        if self._transport is not None:
            return
        options = {"apiKey": self.credentials.api_key, "secret": self.credentials.secret, "enableRateLimit": False}
        self._ccxt = ccxt.binance(options)
        public = f"{self.endpoints.rest}/api/v3"
        self._ccxt.urls["api"] = {"public": public, "private": public, "sapi": f"{self.endpoints.rest}/sapi/v1"}
        self._ccxt.options["recvWindow"] = RECV_WINDOW_MS
        self._ccxt.nonce = self.clock.time
        self._ccxt.fetch = self._fetch
        self._transport = Transport(self.settings.timeout, self.settings.connect_timeout)

    @property
    def is_open(self) -> bool:
        """Whether anything can be asked."""
        return self._transport is not None

    async def close(self) -> None:
        """End every connection; safe to call twice."""
        self._closed += 1
        transport, self._transport, self._ccxt = self._transport, None, None
        if transport is not None:
            await transport.close()

    async def ask(self, call: Call, answer: type[T], params: Mapping[str, Any] | None = None, *, orders: int = 0) -> T:
        """The answer, decoded; `orders` is how many new orders are asked for."""
        body = await self._answered(call, dict(params or {}), orders)
        try:
            return msgspec.json.decode(body, type=answer)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise unreadable(call.words, str(error), changes=call.changes) from None

    async def synchronise(self) -> Reading:
        """Read the exchange's clock anew; raises ClockOff where ours cannot be used."""
        async with self._reading:
            return await self.clock.synchronise(self.server_time)

    async def server_time(self) -> int:
        """The exchange's clock, ms UTC."""
        return (await self.ask(TIME, TimeAnswer)).server_time

    async def _answered(self, call: Call, params: Mapping[str, Any], orders: int) -> bytes:
        if self.clock.is_stale and not call.changes and call is not TIME:
            await self._renew_clock()
        attempt, has_reset_clock = 1, False
        while True:
            reading = self.clock.reading
            try:
                return await self._once(call, params, orders)
            except ClockOff as error:
                if has_reset_clock or call is TIME:
                    raise
                has_reset_clock = True
                await self._reset_clock(reading, error, self._patience(call))
            except (Unavailable, Overloaded, RateLimited) as error:
                held_back = isinstance(error, RateLimited) and error.status is None
                if call.changes or held_back or attempt == self.settings.attempts:
                    raise
                await asyncio.sleep(self.settings.first_pause * 2 ** (attempt - 1) * self.rng.uniform(0.5, 1.5))
                attempt += 1

    async def _once(self, call: Call, params: Mapping[str, Any], orders: int) -> bytes:
        async with self._slot(call):
            await self.budget.spend(call.weight, orders=orders, urgent=call.urgent)  # last: a ban may have come
            asked_at = self.budget.now()
            answer = await self._sent(call, params)
        self.budget.saw(answer.headers, asked_at)
        if answer.status == 200:
            return answer.body
        raise self._refusal(call, answer)

    @asynccontextmanager
    async def _slot(self, call: Call) -> AsyncIterator[None]:
        """One of those that may be asked at once; raises Unavailable where an order would come too late."""
        slots = self._urgent_slots if call.urgent else self._question_slots
        try:
            async with asyncio.timeout(self._patience(call)):
                await slots.acquire()
        except TimeoutError:
            busy = f"{URGENT_AT_ONCE} other orders and cancels have not been answered yet"
            raise Unavailable(f"{call.words}: not sent, as {busy}") from None
        try:
            yield
        finally:
            slots.release()

    def _patience(self, call: Call) -> float | None:
        return self.settings.patience if call.urgent else None

    async def _sent(self, call: Call, params: Mapping[str, Any]) -> HttpAnswer:
        if self._ccxt is None:
            raise Unavailable(f"{call.words}: not open, or closed already")
        try:
            answer: HttpAnswer = await getattr(self._ccxt, call.name)(dict(params))
        except NotConnected as error:
            raise Unavailable(f"{call.words}: {error}") from None
        except TooLarge as error:
            raise unreadable(call.words, str(error), changes=call.changes) from None
        except NoAnswer as error:
            raise unanswered(call.words, str(error), changes=call.changes) from None
        return answer

    def _refusal(self, call: Call, answer: HttpAnswer) -> ExchangeError:
        error = refused(call.words, answer, changes=call.changes, now=self.clock.time())
        self.budget.heed(error)
        return error

    async def _renew_clock(self) -> None:
        """Read the clock anew; whoever asks meanwhile goes by what was read before."""
        if self._reading.locked() and self.clock.reading is not None:
            return
        async with self._reading:
            if self.clock.is_stale:
                await self.clock.synchronise(self.server_time)

    async def _reset_clock(self, refused_by: Reading | None, error: ClockOff, patience: float | None) -> None:
        """Read the clock anew, once for all whose timestamps were refused together; raises ClockOff if that is slow."""
        try:
            async with asyncio.timeout(patience), self._reading:
                if self.clock.reading is refused_by:
                    await self.clock.synchronise(self.server_time)
        except TimeoutError:
            raise error from None

    async def _fetch(
        self, url: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: str | None = None
    ) -> HttpAnswer:
        """What ccxt calls once it has signed."""
        if self._transport is None:
            raise NotConnected("closed already")
        return await self._transport.send(method, url, headers or {}, body)
