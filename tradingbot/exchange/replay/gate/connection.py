"""One WebSocket of a client: pings, limits and life as Binance's, a bounded queue out, and what goes wrong on purpose.

Source: web-socket-streams.md "General WSS information" of Binance's spot API; the intervals are settings.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from struct import pack
from typing import NamedTuple

from aiohttp import WSMessage, WSMsgType, web

from tradingbot.exchange.replay.gate.faults import ConnectionFaults, Fault

POLICY, GOING_AWAY, UNSUPPORTED = 1008, 1001, 1003
_PINGS_REMEMBERED = 16
_FRAMES_A_WRITE = 256
_BOOK_STREAMS = ("@depth", "@bookTicker")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSettings:
    """Seconds, messages and bytes. `messages_per_second` None is without limit; `queue` is in frames.

    A connection whose queue is full is cut: its reader is too slow.
    """

    ping_every: float = 20.0
    pong_within: float = 60.0
    life: float = 24 * 3600.0
    shutdown_notice: float = 600.0
    messages_per_second: int | None = 5
    queue: int = 5_000
    largest_message: int = 65_536
    close_within: float = 2.0


class _Outgoing(NamedTuple):
    frame: bytes
    delay: float


class Connection:
    """An open WebSocket. `send` and `put` never wait; `run` ends when the connection has."""

    def __init__(
        self,
        socket: web.WebSocketResponse,
        request: web.Request,
        settings: ConnectionSettings,
        faults: ConnectionFaults,
        clock: Callable[[], int],
    ) -> None:
        """`socket` is the request's, prepared and without compression."""
        self._socket = socket
        self._transport = request.transport
        self._drain = request.writer.drain
        self._settings = settings
        self._faults = faults
        self._clock = clock
        self._queue: deque[_Outgoing] = deque()
        self._filled = asyncio.Event()
        self._pings: deque[bytes] = deque(maxlen=_PINGS_REMEMBERED)
        self._unanswered: float | None = None
        self._received: deque[float] = deque()
        self.is_open = True
        self.combined = False
        self.microseconds = False

    @property
    def backlog(self) -> int:
        """Frames that wait to be sent."""
        return len(self._queue)

    def send(self, frame: bytes, delay: float = 0.0) -> None:
        """Send after what waits already; cuts the connection where too much does."""
        if not self.is_open:
            return
        if len(self._queue) >= self._settings.queue:
            self.cut()
            return
        self._queue.append(_Outgoing(frame, delay))
        self._filled.set()

    def put(self, stream: str, frame: bytes) -> None:
        """Send a frame of a stream, unless something is to go wrong with it."""
        spell = self._faults.of_frame(stream)
        fault = None if spell is None else spell.fault
        if fault is Fault.LOST or (fault is Fault.STALE_BOOK and any(one in stream for one in _BOOK_STREAMS)):
            return
        if fault is Fault.DISCONNECT:
            self.cut()
            return
        delay = spell.value / 1000 if spell is not None and fault is Fault.SLOW else 0.0
        for one in self._faults.reorder(frame, hold=fault is Fault.OUT_OF_ORDER):
            self.send(one, delay)
        if fault is Fault.DUPLICATED:
            self.send(frame)

    def cut(self) -> None:
        """End it at once, without a goodbye."""
        self.is_open = False
        self._queue.clear()
        if self._transport is not None:
            self._transport.abort()

    async def close(self, code: int, reason: str) -> None:
        """End it with a code and words; cut it where the client does not take them."""
        self.is_open = False
        try:
            async with asyncio.timeout(2 * self._settings.close_within):
                await self._socket.close(code=code, message=reason.encode())
        except TimeoutError:
            self.cut()

    async def run(self, answer: Callable[[str], Awaitable[None]], shutdown: Callable[[int], bytes]) -> None:
        """Answer each message until the connection ends; `shutdown` words the notice before its life does."""
        async with asyncio.TaskGroup() as group:
            helpers = [group.create_task(one) for one in (self._write(), self._ping(), self._expire(shutdown))]
            try:
                await self._read(answer)
            finally:
                self.is_open = False
                for helper in helpers:
                    helper.cancel()

    async def _read(self, answer: Callable[[str], Awaitable[None]]) -> None:
        while True:
            message = await self._socket.receive()
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return
            if self._is_flooding():
                await self.close(POLICY, "Too many requests")
                return
            await self._take(message, answer)

    async def _take(self, message: WSMessage, answer: Callable[[str], Awaitable[None]]) -> None:
        if message.type is WSMsgType.PING:
            await self._socket.pong(message.data)
        elif message.type is WSMsgType.PONG:
            self._pong(bytes(message.data))
        elif message.type is WSMsgType.TEXT:
            await answer(message.data)
        else:
            await self.close(UNSUPPORTED, "Text only")

    def _is_flooding(self) -> bool:
        most = self._settings.messages_per_second
        if most is None:
            return False
        now = asyncio.get_running_loop().time()
        self._received.append(now)
        while now - self._received[0] >= 1.0:
            self._received.popleft()
        return len(self._received) > most

    def _pong(self, payload: bytes) -> None:
        if payload in self._pings:  # any other was not asked for, and proves nothing
            self._pings.clear()
            self._unanswered = None

    async def _write(self) -> None:
        try:
            while True:
                await self._filled.wait()
                self._filled.clear()
                while self._queue:
                    await self._write_some(self._queue.popleft())
        except OSError:  # the client went away; the reader learns it too
            self.is_open = False

    async def _write_some(self, outgoing: _Outgoing) -> None:
        """Write a frame, and with it those behind it: for most of them the write is the greater part of the work."""
        if outgoing.delay:
            await asyncio.sleep(outgoing.delay)
        frames = [text_frame(outgoing.frame)]
        while self._queue and not self._queue[0].delay and len(frames) < _FRAMES_A_WRITE:
            frames.append(text_frame(self._queue.popleft().frame))
        if self._transport is None or self._transport.is_closing() or self._socket.closed:
            raise ConnectionResetError
        self._transport.write(b"".join(frames))
        await self._drain()

    async def _ping(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._settings.ping_every)
            if self._unanswered is not None and loop.time() - self._unanswered >= self._settings.pong_within:
                self.cut()
                return
            payload = str(self._clock()).encode()
            self._pings.append(payload)
            self._unanswered = loop.time() if self._unanswered is None else self._unanswered
            try:
                async with asyncio.timeout(self._settings.pong_within):
                    await self._socket.ping(payload)
            except TimeoutError:  # nothing is read on the other side, not even this
                self.cut()
                return
            except OSError:
                return

    async def _expire(self, shutdown: Callable[[int], bytes]) -> None:
        notice = min(self._settings.shutdown_notice, self._settings.life)
        await asyncio.sleep(self._settings.life - notice)
        self.send(shutdown(self._clock()))
        await asyncio.sleep(notice)
        await self.close(GOING_AWAY, "Connection is 24 hours old")


def text_frame(text: bytes) -> bytes:
    """A whole WebSocket message as a server sends it: RFC 6455, section 5.2, neither masked nor compressed."""
    size = len(text)
    if size < 126:
        return pack("!BB", 0x81, size) + text
    return (pack("!BBH", 0x81, 126, size) if size < 2**16 else pack("!BBQ", 0x81, 127, size)) + text
