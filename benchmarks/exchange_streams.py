"""Many stream clients of the replay exchange, and how old what they hear is."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
import msgspec
import numpy as np

from benchmarks.portfolio import SYMBOLS

CLIENTS = 200
STREAMS = tuple(f"{symbol.lower()}@{kind}" for symbol in SYMBOLS for kind in ("trade", "bookTicker", "kline_1m"))


class _Data(msgspec.Struct):
    moment: int | None = msgspec.field(name="T", default=None)  # of a trade


class _Frame(msgspec.Struct):
    stream: str
    data: _Data


_decode = msgspec.json.Decoder(_Frame).decode


@dataclass
class Heard:
    """What one client received: number of frames, and the lag of each trade in ms."""

    frames: int = 0
    lags: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Lag:
    """Of all trades of all clients; complete where each client received as many trades as any other."""

    clients: int
    streams: int
    seconds: float
    frames: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    is_complete: bool


async def listen(url: str, clients: int, streams: Sequence[str]) -> None:
    """Listen until cancelled; what comes is thrown away."""
    await _all(url, [Heard() for _ in range(clients)], streams)


async def lag(url: str, seconds: float) -> Lag:
    """Listen for so long, from when everybody is connected."""
    heard = [Heard() for _ in range(CLIENTS)]
    try:
        async with asyncio.timeout(seconds):
            await _all(url, heard, STREAMS)
    except TimeoutError:
        pass
    lags = np.array([one for client in heard for one in client.lags])
    p50, p99 = np.percentile(lags, [50, 99])
    return Lag(
        CLIENTS,
        len(STREAMS),
        seconds,
        sum(client.frames for client in heard),
        float(p50),
        float(p99),
        float(lags.max()),
        len({len(client.lags) for client in heard}) == 1,
    )


async def _all(url: str, heard: Sequence[Heard], streams: Sequence[str]) -> None:
    address = f"{url.replace('http', 'ws', 1)}/stream?streams={'/'.join(streams)}"
    connected = asyncio.Barrier(len(heard))
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        asyncio.TaskGroup() as group,
    ):
        for client in heard:
            group.create_task(_one(session, address, client, connected))


async def _one(session: aiohttp.ClientSession, address: str, heard: Heard, connected: asyncio.Barrier) -> None:
    async with session.ws_connect(address) as socket:
        await connected.wait()
        async for message in socket:
            now = time.time() * 1000.0
            frame = _decode(message.data)
            heard.frames += 1
            if frame.stream.endswith("@trade") and frame.data.moment is not None:
                heard.lags.append(now - frame.data.moment)
