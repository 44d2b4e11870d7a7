"""Slow readers and many clients: nobody waits for another, and memory has a bound."""

import asyncio
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.support.hosted import Hosted, Hosting, hosted
from tests.support.wire import server_time
from tradingbot.exchange.replay.gate.connection import ConnectionSettings

pytestmark = pytest.mark.anyio
CROWD = 1_000
FILES = 2 * CROWD + 200  # both ends of each connection are in this process
QUEUE = 200
SLICE = 50
STREAM, PAD = "btcusdt@load", b"x" * 1_000
MOST_BUFFERED = 20_000  # kilobytes that both ends' systems may hold


@pytest.fixture(scope="module")
def exchange(store: Path) -> Iterator[Hosted]:
    """An exchange whose connections may be 200 frames behind, at a hundred times real time."""
    serve = {"connections": ConnectionSettings(queue=QUEUE)}
    with hosted(store, Hosting(serve=serve, replay={"speed": 100.0})) as running:
        yield running


def deaf(url: str, streams: str) -> socket.socket:
    """A client that asks for streams and never reads; its window is as small as the system allows."""
    parts = urlsplit(url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
    connection.connect((parts.hostname, parts.port))
    connection.sendall(
        f"GET /stream?streams={streams} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    return connection


def connections(exchange: Hosted, service: str) -> int:
    """How many are open."""
    return exchange.call(lambda: exchange.running.sockets.count(service))


async def until(true: Callable[[], bool]) -> None:
    """Wait until it is; TimeoutError after 30 s."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110  (the other thread tells nobody)
            await asyncio.sleep(0.05)


def publish(exchange: Hosted, first: int) -> None:
    """A slice of numbered frames, each of a kilobyte."""

    def all_of_them() -> None:
        for number in range(first, first + SLICE):
            exchange.running.world.hub.publish(STREAM, b'{"n":%d,"pad":"%b"}' % (number, PAD))

    exchange.call(all_of_them)


async def test_a_client_that_does_not_read_is_cut_and_others_go_on(exchange: Hosted) -> None:
    """At the latest when its queue and the system's buffers are full; the reader beside it misses nothing."""
    url = f"{exchange.url.replace('http', 'ws', 1)}/ws/{STREAM}"
    with deaf(exchange.url, STREAM):
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as reader:
            await until(lambda: connections(exchange, "stream") == 2)
            published = 0
            while connections(exchange, "stream") == 2:
                await asyncio.to_thread(publish, exchange, published)
                numbers = [(await reader.receive_json(timeout=5))["n"] for _ in range(SLICE)]
                assert numbers == list(range(published, published + SLICE))
                published += SLICE
                assert published < MOST_BUFFERED + QUEUE

            await asyncio.to_thread(publish, exchange, published)
            assert (await reader.receive_json(timeout=5))["n"] == published
    await until(lambda: connections(exchange, "stream") == 0)


@pytest.fixture
def _many_files() -> Iterator[None]:
    """Room for the crowd, where the system grants it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        pytest.skip(f"only {hard} files may be open here, and {CROWD} connections need {FILES}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("_many_files")
async def test_a_thousand_connections_are_held(exchange: Hosted) -> None:
    """Half listen to a stream and hear it, half ask the WebSocket API and are answered; then all are let go."""
    base = exchange.url.replace("http", "ws", 1)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, AsyncExitStack() as stack:
        listeners = [
            await stack.enter_async_context(session.ws_connect(f"{base}/ws/btcusdt@trade")) for _ in range(CROWD // 2)
        ]
        askers = [await stack.enter_async_context(session.ws_connect(f"{base}/ws-api/v3")) for _ in range(CROWD // 2)]
        assert connections(exchange, "stream") == connections(exchange, "ws-api") == CROWD // 2

        heard = await asyncio.gather(*(one.receive_json(timeout=30) for one in listeners))
        for asker in askers:
            await asker.send_json({"id": 1, "method": "ping"})
        answers = await asyncio.gather(*(one.receive_json(timeout=30) for one in askers))

    assert {frame["s"] for frame in heard} == {"BTCUSDT"}
    assert {(answer["id"], answer["status"]) for answer in answers} == {(1, 200)}
    await until(lambda: connections(exchange, "stream") == connections(exchange, "ws-api") == 0)
    assert exchange.defects == []
    assert server_time(exchange.url) > 0


async def test_half_open_requests_do_not_keep_others_out(exchange: Hosted) -> None:
    """Two hundred clients that never finish their request line cost no answer to anybody else."""
    address = (urlsplit(exchange.url).hostname, urlsplit(exchange.url).port)
    waiting = [socket.create_connection(address) for _ in range(200)]
    try:
        for one in waiting:
            one.sendall(b"GET /api/v3/pi")
        assert server_time(exchange.url) > 0
    finally:
        for one in waiting:
            one.close()
