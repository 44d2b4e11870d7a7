"""The account's events over the WebSocket API: subscribed to, kept up, told in order."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import Random

import aiohttp
import msgspec

from tradingbot.exchange.binance.account.account_events import AccountEvents
from tradingbot.exchange.binance.account.account_frames import KNOWN, Envelope, Shutdown, StreamTerminated, decode
from tradingbot.exchange.binance.market.frames import UNREADABLE
from tradingbot.exchange.binance.wire.budget import Budget
from tradingbot.exchange.binance.wire.connection import ConnectionSettings, Socket
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.binance.wire.mailbox import Mailbox, Subscription
from tradingbot.exchange.binance.wire.maintained import Maintained
from tradingbot.exchange.binance.wire.outages import Outages
from tradingbot.exchange.binance.wire.refusals import remedied
from tradingbot.exchange.binance.wire.skipped import skip
from tradingbot.exchange.errors import (
    ClockOff,
    ExchangeError,
    KeyRefused,
    ProtocolBroken,
    RateLimited,
    Retry,
    Unavailable,
    typed,
)
from tradingbot.exchange.events import AccountEvent

CONNECT_WEIGHT = 2
ANSWER_TIMEOUT = 10.0  # s


class _NamedEvent(msgspec.Struct):
    e: str


class _Named(msgspec.Struct):
    event: _NamedEvent


_decode_name = msgspec.json.Decoder(_Named).decode


async def _nothing() -> None:
    """Nothing to set."""


def _unheeded(_error: Exception) -> None:
    """Nobody else asks from this address."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The exchange's time, ms UTC; what sets it anew; what is to know of a limit that the stream has met."""

    clock: Callable[[], int]
    resync: Callable[[], Awaitable[object]]
    heed: Callable[[Exception], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserStreamSettings:
    """`capacity` is how many events a slow reader may be behind before it is told of a loss.

    It is told of one, too, where subscribing takes longer than `patience` (seconds): orders do not wait longer.
    """

    capacity: int = 100_000
    patience: float = 2.0
    connection: ConnectionSettings = field(default_factory=ConnectionSettings)


def user_events(
    endpoints: Endpoints,
    credentials: Credentials,
    clock: Callable[[], int],
    *,
    budget: Budget | None = None,
    resync: Callable[[], Awaitable[object]] = _nothing,
    settings: UserStreamSettings | None = None,
    rng: Random | None = None,
    skipped: Counter[str] | None = None,
) -> Subscription[AccountEvent]:
    """What happens to the account from the call on; `started()` of the answer waits until it is subscribed.

    `clock` is the exchange's time, ms UTC; `resync` sets it anew when the exchange says that it is off; `skipped`
    counts events that are not known, or that nobody could read, by name. Goes on by itself after a lost connection,
    between StreamLost and StreamResumed. The reader meets what no reconnecting mends, as KeyRefused. Close it with
    `aclose`, or leave the iteration.
    """
    used = settings or UserStreamSettings()
    counted: Counter[str] = Counter() if skipped is None else skipped
    spread = rng or Random()  # noqa: S311  (spreads reconnects; no secret)
    heed = _unheeded if budget is None else budget.heed

    async def feed(events: Mailbox[AccountEvent]) -> None:
        async with aiohttp.ClientSession() as session:
            attempts = used.connection.attempts_pace()

            async def connect() -> Socket:
                await attempts.wait()
                if budget is not None:
                    await budget.spend(CONNECT_WEIGHT, urgent=True)
                try:
                    return await Socket.open(session, endpoints.ws_api, used.connection, clock)
                except RateLimited as error:
                    heed(error)
                    raise

            handler = UserFeed(credentials, Surroundings(clock, resync, heed), events, counted)
            late = asyncio.get_running_loop().call_later(used.patience, handler.late, used.patience)
            try:
                await Maintained(connect, handler, used.connection, clock, spread).run()
            finally:
                late.cancel()

    return Subscription(feed, used.capacity)


class UserFeed:
    """The handler of a maintained connection to the WebSocket API."""

    def __init__(
        self,
        credentials: Credentials,
        around: Surroundings,
        events: Mailbox[AccountEvent],
        skipped: Counter[str],
    ) -> None:
        self._credentials = credentials
        self._around = around
        self._events = events
        self._outages = Outages(events, around.clock)
        self._account = AccountEvents(events)
        self._has_begun = False
        self._is_lost = False
        self._skipped = skipped

    async def opened(self, socket: Socket) -> None:
        """Subscribe; raises KeyRefused, ClockOff (after setting the clock), Unavailable and what else is answered."""
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                if self._credentials.is_ed25519:
                    await _ask(socket, 1, "session.logon", self._signed())
                    await _ask(socket, 2, "userDataStream.subscribe", {})
                else:
                    await _ask(socket, 1, "userDataStream.subscribe.signature", self._signed())
        except TimeoutError as error:
            raise Unavailable("subscribing to the account was not answered") from error
        except ClockOff:
            await self._around.resync()
            raise
        except RateLimited as error:
            self._around.heed(error)
            raise

    def frame(self, frame: str) -> bool:
        """Hand an event over; raises ProtocolBroken, Unavailable when the subscription ended, KeyRefused."""
        try:
            envelope = decode(frame)
        except UNREADABLE as error:
            self._unreadable(frame, error)
            return False
        if envelope.error is not None:
            raise _unasked(_typed(envelope))
        if envelope.event is None:
            skip(self._skipped, "a frame without an event")
        elif isinstance(envelope.event, Shutdown):
            return True
        elif isinstance(envelope.event, StreamTerminated):
            raise Unavailable("the exchange ended the subscription")
        else:
            self._account.take(envelope.event)
        return False

    async def lost(self, reason: str) -> None:
        """Tell the reader; returns when it has room again."""
        self._lose(reason)
        await self._events.room()

    def late(self, patience: float) -> None:
        """Tell the reader, if the first subscription has still not come about."""
        if not self._has_begun:
            self._lose(f"subscribing to the account takes longer than {patience:g} s")

    def resumed(self) -> None:
        """Tell the reader."""
        self._has_begun = True
        if self._is_lost:
            self._outages.end()
        self._is_lost = False
        self._events.start()

    def _lose(self, reason: str) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._outages.begin(reason)
        self._events.settle()

    def _unreadable(self, frame: str, error: Exception) -> None:
        """An event we do not know is skipped; one we should know may have said something, so that is a loss."""
        try:
            name = _decode_name(frame).event.e
        except UNREADABLE:
            raise ProtocolBroken(f"a frame that nobody can read: {error}") from error
        skip(self._skipped, name)
        if name in KNOWN:
            self._outages.once(f"{name}: {error}")

    def _signed(self) -> Mapping[str, str | int]:
        params: dict[str, str | int] = {"apiKey": self._credentials.api_key, "timestamp": self._around.clock()}
        payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
        return params | {"signature": self._credentials.sign(payload)}


async def _ask(socket: Socket, number: int, method: str, params: Mapping[str, str | int]) -> None:
    """Send a request and wait for its answer; events that come before are put back. Raises what it is refused with."""
    await socket.send({"id": number, "method": method, "params": params})
    kept = []
    while True:
        frame = await socket.receive()
        try:
            envelope = decode(frame)
        except UNREADABLE as error:
            raise ProtocolBroken(f"{method}: an answer that nobody can read: {error}") from error
        if envelope.error is not None:
            raise _typed(envelope)
        if envelope.id == number:
            break
        kept.append(frame)
    for one in kept:
        socket.unread(one)


def _typed(envelope: Envelope) -> ExchangeError:
    error = envelope.error
    assert error is not None
    retry_at = error.data.retry_after if error.data else None
    return remedied(typed(error.code, error.msg, status=envelope.status, changes=False, retry_at=retry_at))


def _unasked(error: ExchangeError) -> ExchangeError:
    """Nothing was asked since subscribing, so what is refused is no request of ours: only a bad key ends the stream."""
    if error.retry is not Retry.NEVER or isinstance(error, KeyRefused):
        return error
    return Unavailable(f"the exchange refused what was not asked: {error}")
