"""One WebSocket connection, open: pings answered, silence noticed, requests paced. Limits: web-socket-streams.md."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import aiohttp
import msgspec

from tradingbot.exchange.errors import ExchangeError, ProtocolBroken, Unavailable, typed

MAX_FRAME_BYTES = 16 * 2**20  # the largest documented one, 5,000 + 5,000 levels, has about 0.4 million


class Pace:
    """Lets through at most `count` a `window` of seconds; further ones wait."""

    def __init__(self, count: int, window: float) -> None:
        self._window = window
        self._passed: deque[float] = deque(maxlen=count)

    async def wait(self) -> None:
        """Return when one more may pass, and count it."""
        now = asyncio.get_running_loop().time()
        is_full = len(self._passed) == self._passed.maxlen
        turn = max(now, self._passed[0] + self._window) if is_full else now
        self._passed.append(turn)  # before waiting, so that others queue behind it
        await asyncio.sleep(turn - now)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """Seconds, unless said otherwise. The exchange pings every 20 s and ends a connection after 24 h.

    `overlap` is how long an old connection is still read when its successor is open. Of the five messages a second that
    the exchange takes, one is left for a pong.
    """

    connect_timeout: float = 10.0
    silence: float = 60.0
    life: float = 23.5 * 3600.0
    overlap: float = 2.0
    first_pause: float = 0.5
    longest_pause: float = 60.0
    requests_per_second: int = 4
    attempts: int = 300
    attempts_window: float = 300.0
    max_frame_bytes: int = MAX_FRAME_BYTES

    def attempts_pace(self) -> Pace:
        """For the attempts to connect of one address."""
        return Pace(self.attempts, self.attempts_window)


class Socket:
    """An open connection. Errors are `Unavailable` where it was lost, `ProtocolBroken` for frames nobody can read."""

    def __init__(self, websocket: aiohttp.ClientWebSocketResponse, settings: ConnectionSettings) -> None:
        self._websocket = websocket
        self._settings = settings
        self._pace = Pace(settings.requests_per_second, 1.0)
        self._unread: deque[str] = deque()
        self.opened_at = asyncio.get_running_loop().time()

    @classmethod
    async def open(
        cls, session: aiohttp.ClientSession, url: str, settings: ConnectionSettings, clock: Callable[[], int]
    ) -> Self:
        """Connect; raises Unavailable, or RateLimited where the exchange asks to wait."""
        try:
            async with asyncio.timeout(settings.connect_timeout):
                websocket = await session.ws_connect(url, autoping=False, max_msg_size=settings.max_frame_bytes)
        except aiohttp.WSServerHandshakeError as error:
            raise _refused(error, clock()) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unavailable(f"no connection to {url}: {str(error) or type(error).__name__}") from error
        return cls(websocket, settings)

    async def receive(self) -> str:
        """The next text frame."""
        if self._unread:
            return self._unread.popleft()
        while True:
            message = await self._message()
            if message.type is aiohttp.WSMsgType.TEXT:
                return str(message.data)
            if message.type is aiohttp.WSMsgType.PING:
                await self._pong(message.data)
            elif message.type is not aiohttp.WSMsgType.PONG:
                raise self._broken(message)

    def unread(self, frame: str) -> None:
        """Put a frame behind those that `receive` gives first."""
        self._unread.append(frame)

    async def send(self, request: object) -> None:
        """Send a request as JSON, as soon as the limit of requests allows."""
        await self._pace.wait()
        try:
            await self._websocket.send_str(msgspec.json.encode(request).decode())
        except (ConnectionError, aiohttp.ClientError) as error:
            raise Unavailable(f"the connection was lost: {error}") from error

    async def close(self) -> None:
        """End the connection without waiting long for the other side."""
        try:
            async with asyncio.timeout(1.0):
                await self._websocket.close()
        except TimeoutError:
            pass

    async def _message(self) -> aiohttp.WSMessage:
        try:
            async with asyncio.timeout(self._settings.silence):
                return await self._websocket.receive()
        except TimeoutError as error:
            raise Unavailable(f"nothing was heard for {self._settings.silence:g} s") from error

    async def _pong(self, payload: bytes) -> None:
        try:
            await self._websocket.pong(payload)
        except (ConnectionError, aiohttp.ClientError) as error:
            raise Unavailable(f"the connection was lost: {error}") from error

    def _broken(self, message: aiohttp.WSMessage) -> ExchangeError:
        if message.type is aiohttp.WSMsgType.BINARY:
            return ProtocolBroken("a binary frame")
        if isinstance(message.data, aiohttp.WebSocketError):
            return ProtocolBroken(f"an unreadable frame: {message.data}")
        code = self._websocket.close_code
        return Unavailable(f"the exchange ended the connection{f' ({code})' if code else ''}")


def _refused(error: aiohttp.WSServerHandshakeError, now: int) -> ExchangeError:
    message = f"the exchange refused the connection: HTTP {error.status}"
    wait = error.headers.get("Retry-After", "") if error.headers is not None else ""
    retry_at = now + 1000 * int(wait) if wait.isdecimal() else None
    if error.status in (418, 429):
        return typed(None, message, status=error.status, changes=False, retry_at=retry_at)
    return Unavailable(message, status=error.status)
