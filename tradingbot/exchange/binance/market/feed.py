"""The public streams of one connection: subscribed to, decoded, each handed to the one that follows it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from tradingbot.exchange.binance.market.follow import Events
from tradingbot.exchange.binance.market.frames import (
    SHUTDOWN,
    UNREADABLE,
    Combined,
    decoder_of,
    frame_of,
    stream_of,
    unknown_fields,
)
from tradingbot.exchange.binance.wire.connection import Socket
from tradingbot.exchange.binance.wire.outages import Outages
from tradingbot.exchange.binance.wire.skipped import skip
from tradingbot.exchange.errors import BadRequest, ProtocolBroken, Unavailable

NAMES_A_REQUEST = 200
ANSWER_TIMEOUT = 10.0  # s


class _Problem(msgspec.Struct):
    code: int | None = None
    msg: str | None = None


class _Answer(_Problem):
    id: int | str | None = None
    error: _Problem | None = None


_decode_answer = msgspec.json.Decoder(_Answer).decode


class Follower(Protocol):
    """What is known of one stream."""

    @property
    def take(self) -> Callable[[Any], None]:
        """Takes a decoded frame of the stream's kind."""
        ...

    def lost(self) -> None:
        """Frames are missing."""
        ...


class Feed:
    """The handler of a maintained connection of market data.

    `skipped` counts the frames and fields that are not known, by the name of the stream and of the field.
    """

    def __init__(
        self, followers: Mapping[str, Follower], events: Events, outages: Outages, skipped: Counter[str]
    ) -> None:
        self._followers = followers
        self._events = events
        self._outages = outages
        self._names = {_frame(name): name for name in followers}
        self._decode = decoder_of(self._names)
        self._takers: dict[type[Combined], Callable[[Any], None]] = {}  # of the streams that have told something
        self._is_lost = False
        self._skipped = skipped

    async def opened(self, socket: Socket) -> None:
        """Subscribe to everything; raises Unavailable where the exchange does not confirm."""
        names = list(self._followers)
        chunks = [names[at : at + NAMES_A_REQUEST] for at in range(0, len(names), NAMES_A_REQUEST)]
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT + len(chunks)):
                for number, chunk in enumerate(chunks, start=1):
                    await socket.send({"method": "SUBSCRIBE", "params": chunk, "id": number})
                    await _confirmed(socket, number)
        except TimeoutError as error:
            raise Unavailable("subscribing was not confirmed") from error
        self.subscribed()

    def subscribed(self) -> None:
        """Frames of a new connection follow."""
        self._takers.clear()

    def frame(self, frame: str) -> bool:
        """Decode and hand over; raises ProtocolBroken."""
        try:
            found = self._decode(frame)
        except UNREADABLE as error:
            return self._other(frame, error)
        try:
            take = self._takers[type(found)]
        except KeyError:
            take = self._first(type(found), frame)
        take(found.data)
        return False

    async def lost(self, reason: str) -> None:
        """Tell the reader and the followers; returns when the reader has room again."""
        self._is_lost = True
        self._outages.begin(reason)
        for follower in self._followers.values():
            follower.lost()
        await self._events.room()

    def resumed(self) -> None:
        """Tell the reader."""
        if self._is_lost:
            self._outages.end()
        self._is_lost = False
        self._events.start()

    def _other(self, frame: str, error: Exception) -> bool:
        """A frame of none of the streams is skipped; one of theirs that does not decode is broken."""
        name = stream_of(frame)
        if name in self._followers:
            raise ProtocolBroken(f"{frame[:40]}...: {error}") from error
        if name == SHUTDOWN:
            return True
        skip(self._skipped, name or "a frame of no stream")
        return False

    def _first(self, kind: type[Combined], frame: str) -> Callable[[Any], None]:
        """What takes the frames of a stream; the first on a connection shows whether the exchange has new fields."""
        name = self._names[kind]
        for field in unknown_fields(name, frame):
            skip(self._skipped, f"{name}.{field}")
        take = self._takers[kind] = self._followers[name].take
        return take


def _frame(name: str) -> type[Combined]:
    kind = frame_of(name)
    assert kind is not None
    return kind


async def _confirmed(socket: Socket, number: int) -> None:
    """Wait for the answer to a request; other frames are put back."""
    kept = []
    while not _is_answer(frame := await socket.receive(), number):
        kept.append(frame)
    for one in kept:
        socket.unread(one)


def _is_answer(frame: str, number: int) -> bool:
    if frame.startswith('{"stream":'):
        return False
    try:
        answer = _decode_answer(frame)
    except UNREADABLE as error:
        raise ProtocolBroken(f"an answer that nobody can read: {error}") from error
    problem = answer.error or answer
    if problem.msg is not None:
        raise BadRequest(f"subscribing: {problem.msg}", code=problem.code)
    return answer.id == number
