"""Opening WebSockets: who may, and which of the two services they speak to."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

from aiohttp import web

from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.replay.gate.connection import Connection, ConnectionSettings
from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.transport.dispatch import Dispatcher
from tradingbot.exchange.replay.transport.session import Session
from tradingbot.exchange.replay.transport.stream_server import StreamSession, streams_of
from tradingbot.exchange.replay.transport.ws_api import WsApi
from tradingbot.exchange.replay.world import World

GOING_AWAY = 1001
_CONNECTION_WEIGHT = 2


class Sockets:
    """Every open WebSocket."""

    def __init__(self, world: World, dispatcher: Dispatcher, settings: ConnectionSettings) -> None:
        self._world = world
        self._dispatcher = dispatcher
        self._settings = settings
        self._unlimited = replace(settings, messages_per_second=None)  # the limit is the streams' alone
        self._open: dict[Connection, str] = {}

    def count(self, service: str | None = None) -> int:
        """How many are open: of "stream", of "ws-api", of both where none is named."""
        return sum(service in (None, one) for one in self._open.values())

    def cut(self, service: str | None = None) -> int:
        """Cut all connections of a service, of both where none is named; how many there were."""
        cut = [one for one, kind in self._open.items() if service in (None, kind)]
        for connection in cut:
            connection.cut()
        return len(cut)

    async def stream(self, request: web.Request, path: str) -> web.StreamResponse:
        """Market streams."""
        refusal = self._refusal(request, weight=0)
        if refusal is not None:
            return refusal
        socket = self._socket()
        await socket.prepare(request)
        connection = self._connection(request, socket, self._settings)
        connection.combined = path == "/stream"
        session = StreamSession(self._world.hub, connection)
        with self._registered(connection, "stream"):
            try:
                if session.listen(streams_of(path, request.query.get("streams"))):
                    await connection.run(session.answer, session.shutdown)
            finally:
                self._world.hub.remove(connection)
        return socket

    async def ws_api(self, request: web.Request, operations: Mapping[str, Operation[World]]) -> web.StreamResponse:
        """The WebSocket API."""
        refusal = self._refusal(request, weight=_CONNECTION_WEIGHT)
        if refusal is not None:
            return refusal
        socket = self._socket()
        await socket.prepare(request)
        connection = self._connection(request, socket, self._unlimited)
        rate_limits = request.query.get("returnRateLimits", "true").lower() != "false"
        session = Session(self._world, connection, request.remote or "", rate_limits=rate_limits)
        api = WsApi(self._world, self._dispatcher, operations, connection, session)
        with self._registered(connection, "ws-api"):
            try:
                await connection.run(api.answer, api.shutdown)
            finally:
                session.end()
        return socket

    def _refusal(self, request: web.Request, weight: int) -> web.Response | None:
        limits, now, address = self._world.limits, self._world.clock.now_ms(), request.remote or ""
        if not limits.connect(address, now):
            return web.Response(status=429, text="Too many connection attempts")
        try:
            limits.request(address, weight, now)
        except ExchangeError as error:
            return web.Response(status=error.status or 429, text=error.message)
        return None

    def _socket(self) -> web.WebSocketResponse:
        return web.WebSocketResponse(
            autoping=False,
            compress=False,
            max_msg_size=self._settings.largest_message,
            timeout=self._settings.close_within,
        )

    def _connection(
        self, request: web.Request, socket: web.WebSocketResponse, settings: ConnectionSettings
    ) -> Connection:
        faults, clock = self._world.faults.of_connection(), self._world.clock.now_ms
        connection = Connection(socket, request, settings, faults, clock)
        connection.microseconds = request.query.get("timeUnit", "").upper() == "MICROSECOND"
        return connection

    @contextlib.contextmanager
    def _registered(self, connection: Connection, service: str) -> Iterator[None]:
        self._open[connection] = service
        try:
            yield
        finally:
            del self._open[connection]
