"""A connection that is kept: opened again when it is lost, replaced before the exchange ends it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import Protocol

from tradingbot.exchange.binance.wire.connection import ConnectionSettings, Socket
from tradingbot.exchange.binance.wire.mailbox import Full
from tradingbot.exchange.errors import ExchangeError, ProtocolBroken, RateLimited, Retry, Unavailable


class Handler(Protocol):
    """What is done with a connection."""

    async def opened(self, socket: Socket) -> None:
        """Subscribe on a new connection; frames that are no answer are put back with `socket.unread`."""
        ...

    def frame(self, frame: str) -> bool:
        """Take a frame, at once; True where the exchange says that it is about to end the connection."""
        ...

    async def lost(self, reason: str) -> None:
        """Frames may be missing from here on. Returns when new ones can be taken."""
        ...

    def resumed(self) -> None:
        """Frames follow: the first ones, or the first after a loss."""
        ...


class Maintained:
    """Keeps one connection for a handler, until it is cancelled.

    Reconnects after pauses that double from `first_pause` to `longest_pause`, each shortened at random by up to half.
    Raises what no reconnecting can mend, as a refused key.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Socket]],
        handler: Handler,
        settings: ConnectionSettings,
        clock: Callable[[], int],
        rng: Random,
    ) -> None:
        self._connect = connect
        self._handler = handler
        self._settings = settings
        self._clock = clock
        self._rng = rng
        self._failures = 0
        self._is_lost = False

    async def run(self) -> None:
        """Connect, read, and begin again."""
        while True:
            try:
                await self._serve(await self._open())
            except ExchangeError as error:
                pause = self._pause_after(error)
                if not self._is_lost:
                    self._is_lost = True
                    await self._handler.lost(str(error))
                await asyncio.sleep(pause)

    async def _open(self) -> Socket:
        socket = await self._connect()
        try:
            await self._handler.opened(socket)
        except BaseException:
            await socket.close()
            raise
        return socket

    async def _serve(self, socket: Socket) -> None:
        """Read the connection and those that follow it; ends with what ended the last one."""
        self._is_lost = False
        self._handler.resumed()
        try:
            until = self._end_of_life(socket)
            while True:
                await self._read(socket, until)
                try:
                    successor = await self._open()
                except ExchangeError as error:
                    until = self._now() + self._pause_after(error)
                else:
                    old, socket = socket, successor
                    until = self._end_of_life(socket)
                    await self._leave(old)
        finally:
            if self._now() - socket.opened_at > self._settings.longest_pause:
                self._failures = 0
            await socket.close()

    async def _read(self, socket: Socket, until: float) -> None:
        """Hand over frames until that moment, or until the exchange says that it will end the connection."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                while not self._handler.frame(await socket.receive()):
                    pass

    async def _leave(self, old: Socket) -> None:
        """Read what was still on its way on a connection that has a successor, and close it."""
        try:
            await self._read(old, self._now() + self._settings.overlap)
        except Full:
            raise
        except Unavailable:
            pass  # it ended by itself
        finally:
            await old.close()

    def _pause_after(self, error: ExchangeError) -> float:
        """Seconds until the next attempt; raises the error where none can help."""
        if error.retry is Retry.NEVER and not isinstance(error, ProtocolBroken):
            raise error
        full = min(self._settings.longest_pause, self._settings.first_pause * 2.0 ** min(self._failures, 30))
        self._failures += 1
        asked = error.retry_at if isinstance(error, RateLimited) else None
        return max(full * self._rng.uniform(0.5, 1.0), 0.0 if asked is None else (asked - self._clock()) / 1000.0)

    def _end_of_life(self, socket: Socket) -> float:
        return socket.opened_at + self._settings.life

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
