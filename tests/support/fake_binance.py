"""A small Binance that says only what a test tells it to: real sockets on loopback, no market of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from tradingbot.exchange.binance.wire.endpoints import Endpoints

NOW = 1_700_000_000_000  # on a whole 20 s, ms UTC

Answer = Callable[[Mapping[str, str]], web.Response]


def answer(value: object, status: int = 200, **headers: str) -> web.Response:
    """A JSON answer."""
    return web.Response(body=msgspec.json.encode(value), status=status, headers=headers)


def combined(stream: str, data: Mapping[str, Any]) -> str:
    """A frame of a combined stream, as the exchange writes it."""
    return msgspec.json.encode({"stream": stream, "data": data}).decode()


class FakeBinance:
    """Holds the connections it was asked for; requests on them are answered by `reply`, None for no answer.

    `rest` answers paths below /api/v3, by their last part; `asked` are the parameters of all REST requests.
    """

    def __init__(self) -> None:
        self.url = ""
        self.connections: list[web.WebSocketResponse] = []
        self.requests: list[dict[str, Any]] = []
        self.asked: list[dict[str, str]] = []
        self.pongs: list[bytes] = []
        self.reply: Callable[[dict[str, Any]], object] = lambda request: {"result": None, "id": request["id"]}
        self.rest: dict[str, Answer] = {"time": lambda _: answer({"serverTime": NOW})}
        self.refuse: list[web.Response] = []  # handshakes to refuse before one is accepted
        self.ended = asyncio.Event()  # a connection has
        self._changed = asyncio.Condition()

    @property
    def endpoints(self) -> Endpoints:
        """Where it is."""
        return Endpoints.replay(self.url)

    async def send(self, frame: str) -> None:
        """To the newest connection."""
        await self.connections[-1].send_str(frame)

    async def subscribed(self, count: int = 1) -> None:
        """Wait until that many requests have come over sockets."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: len(self.requests) >= count)

    async def drop(self) -> None:
        """End the newest connection."""
        await self.connections[-1].close()

    async def on_socket(self, request: web.Request) -> web.StreamResponse:
        """A WebSocket, open until either side ends it."""
        if self.refuse:
            return self.refuse.pop(0)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.connections.append(socket)
        async for message in socket:
            if message.type is WSMsgType.PONG:
                self.pongs.append(bytes(message.data))
                continue
            await self._take(socket, msgspec.json.decode(message.data))
        self.ended.set()
        return socket

    async def on_question(self, request: web.Request) -> web.StreamResponse:
        """A REST request."""
        self.asked.append(dict(request.query))
        return self.rest[request.match_info["path"]](request.query)

    async def _take(self, socket: web.WebSocketResponse, request: dict[str, Any]) -> None:
        reply = self.reply(request)
        if reply is not None:
            await socket.send_str(msgspec.json.encode(reply).decode())
        async with self._changed:
            self.requests.append(request)
            self._changed.notify_all()


@asynccontextmanager
async def fake_binance() -> AsyncIterator[FakeBinance]:
    """A running one."""
    fake = FakeBinance()
    application = web.Application()
    application.router.add_get("/stream", fake.on_socket)
    application.router.add_get("/ws-api/v3", fake.on_socket)
    application.router.add_get("/api/v3/{path}", fake.on_question)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    fake.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield fake
    finally:
        await runner.cleanup()
