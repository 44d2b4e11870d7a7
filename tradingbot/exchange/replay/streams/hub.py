"""Who listens to which stream: each frame is encoded once a form, however many connections take it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from tradingbot.exchange.replay.streams.stream_frames import in_microseconds
from tradingbot.exchange.replay.streams.stream_names import StreamName, parse_stream

MOST_WAITING = 1_000
"""Frames that may wait in a connection before a market at full speed waits for it."""

PATIENCE_SECONDS = 5.0

_encoder = msgspec.json.Encoder()


class Sink(Protocol):
    """A connection that takes frames of streams; it bounds its own queue."""

    @property
    def combined(self) -> bool:
        """Whether frames are wrapped as {"stream":...,"data":...}."""
        ...

    @property
    def microseconds(self) -> bool:
        """Whether times are told in µs."""
        ...

    @property
    def backlog(self) -> int:
        """Frames that wait to be sent."""
        ...

    def put(self, stream: str, frame: bytes) -> None:
        """Send a frame of a stream when its turn comes; never waits."""
        ...

    def cut(self) -> None:
        """End it at once: it does not keep up."""
        ...


class Hub:
    """Streams by name, and the connections that listen to them."""

    def __init__(self) -> None:
        self._sinks: dict[str, dict[Sink, None]] = {}
        self._streams: dict[Sink, dict[str, None]] = {}
        self._names: dict[str, dict[str, StreamName]] = {}
        self.version = 0  # rises with each change of what is listened to

    def subscribe(self, sink: Sink, streams: Iterable[str]) -> None:
        """Listen to streams; a name that nothing is told under is accepted, as the exchange does."""
        for stream in streams:
            self._streams.setdefault(sink, {})[stream] = None
            listeners = self._sinks.setdefault(stream, {})
            if not listeners:
                self._added(stream)
            listeners[sink] = None

    def unsubscribe(self, sink: Sink, streams: Iterable[str]) -> None:
        """Stop listening; a stream that was not listened to is no error."""
        for stream in streams:
            if self._streams.get(sink, {}).pop(stream, _ABSENT) is not _ABSENT:
                del self._sinks[stream][sink]
                if not self._sinks[stream]:
                    self._removed(stream)

    def remove(self, sink: Sink) -> None:
        """The connection has ended."""
        self.unsubscribe(sink, list(self._streams.get(sink, ())))
        self._streams.pop(sink, None)

    def streams_of(self, sink: Sink) -> Sequence[str]:
        """What a connection listens to, in the order in which it asked."""
        return list(self._streams.get(sink, ()))

    def listened(self, symbol: str) -> Mapping[str, StreamName]:
        """The streams of a symbol that somebody listens to; of "" those of all symbols together."""
        return self._names.get(symbol, {})

    def publish(self, stream: str, frame: bytes) -> None:
        """Give a frame (JSON, times in ms) to all that listen to the stream."""
        listeners = self._sinks.get(stream)
        if not listeners:
            return
        forms: dict[tuple[bool, bool], bytes] = {}
        for sink in list(listeners):
            form = (sink.combined, sink.microseconds)
            if form not in forms:
                forms[form] = _formed(stream, frame, combined=sink.combined, microseconds=sink.microseconds)
            sink.put(stream, forms[form])

    async def settle(self) -> None:
        """Wait until every connection keeps up; cut those that do not within five seconds."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        while slow := [sink for sink in self._streams if sink.backlog > MOST_WAITING]:
            if loop.time() > until:
                for sink in slow:
                    sink.cut()
                    self.remove(sink)
                return
            await asyncio.sleep(0.002)

    def _added(self, stream: str) -> None:
        self.version += 1
        name = parse_stream(stream)
        if name is not None:
            self._names.setdefault(name.symbol, {})[stream] = name

    def _removed(self, stream: str) -> None:
        self.version += 1
        del self._sinks[stream]
        name = parse_stream(stream)
        if name is not None:
            self._names[name.symbol].pop(stream)


_ABSENT: Any = object()


def _formed(stream: str, frame: bytes, *, combined: bool, microseconds: bool) -> bytes:
    if microseconds:
        frame = _encoder.encode(in_microseconds(msgspec.json.decode(frame)))
    return b'{"stream":' + _encoder.encode(stream) + b',"data":' + frame + b"}" if combined else frame
