"""The replay exchange on a port: REST, streams, WebSocket API and the admin routes behind one address."""

import asyncio
import contextlib
import errno
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from aiohttp import web
from aiohttp.http import HttpProcessingError

from tradingbot.domain.errors import InputError
from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.operations import (
    account_history,
    account_state,
    market_operations,
    trading_lists,
    trading_orders,
    trading_replace,
    wallet,
)
from tradingbot.exchange.replay.settings import ServeSettings
from tradingbot.exchange.replay.transport.admin import Admin
from tradingbot.exchange.replay.transport.dispatch import Dispatcher
from tradingbot.exchange.replay.transport.rest import Rest
from tradingbot.exchange.replay.transport.sockets import Sockets
from tradingbot.exchange.replay.world import World

OPERATIONS: Sequence[Operation[World]] = (
    *market_operations.OPERATIONS,
    *trading_orders.OPERATIONS,
    *trading_replace.OPERATIONS,
    *trading_lists.OPERATIONS,
    *account_state.OPERATIONS,
    *account_history.OPERATIONS,
    *wallet.OPERATIONS,
)
"""Everything that can be asked, but for what belongs to a session of the WebSocket API."""

_BACKLOG = 2_048
_WS_API = "/ws-api/v3"
_http_log = logging.getLogger(f"{__name__}.http")


def _tells_of_us(record: logging.LogRecord) -> bool:
    """Whether a record is about more than a client that speaks no HTTP, which is answered with 400 and no event."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError | web.RequestPayloadError)


@dataclass(frozen=True, slots=True)
class Running:
    """A server that listens: `url` as in http://127.0.0.1:8080."""

    url: str
    world: World
    sockets: Sockets
    _drive: asyncio.Task[None]

    async def forever(self) -> None:
        """Wait until it is cancelled; raises what the market's drive fails with."""
        await self._drive


@contextlib.asynccontextmanager
async def serving(settings: ServeSettings, world: World) -> AsyncIterator[Running]:
    """Listen and drive the market while the context lasts; raises InputError where the port cannot be used.

    The state is in memory: what was traded ends with the server.
    """
    _http_log.addFilter(_tells_of_us)
    dispatcher = Dispatcher(world)
    sockets = Sockets(world, dispatcher, settings.connections)
    application = _application(settings, world, dispatcher, sockets)
    runner = web.AppRunner(
        application, access_log=None, logger=_http_log, shutdown_timeout=1.0, keepalive_timeout=settings.idle
    )
    await runner.setup()
    task: asyncio.Task[None] | None = None
    try:
        port = await _listen(runner, settings)
        task = asyncio.create_task(world.feed.run())
        yield Running(f"http://{_host(settings.host)}:{port}", world, sockets, task)
    finally:
        sockets.cut()
        await runner.cleanup()
        if task is not None:
            await _end(task)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _listen(runner: web.AppRunner, settings: ServeSettings) -> int:
    site = web.TCPSite(runner, settings.host, settings.port, backlog=_BACKLOG)
    try:
        await site.start()
    except OSError as error:
        raise _unusable(error, settings) from None
    address = runner.addresses[0]
    return int(address[1])


def _unusable(error: OSError, settings: ServeSettings) -> InputError:
    if error.errno == errno.EADDRINUSE:
        return InputError("port", f"{settings.port} is in use", "Give another --port; 0 takes any free one")
    if error.errno == errno.EACCES:
        return InputError("port", f"{settings.port} may not be used", "Give a --port from 1024 on")
    problem = f"cannot listen on {settings.host}: {error.strerror or error}"
    return InputError("host", problem, "Give an address of this machine")


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _steered(admin: Admin, request: web.Request, path: str, within: float) -> web.StreamResponse:
    try:
        async with asyncio.timeout(within):
            await request.read()  # which keeps it, for whoever reads it next
    except TimeoutError:
        return web.Response(status=408)
    return await admin.handle(request, path)


def _application(settings: ServeSettings, world: World, dispatcher: Dispatcher, sockets: Sockets) -> web.Application:
    rest = Rest(world, dispatcher, OPERATIONS)
    methods = {one.ws: one for one in OPERATIONS if one.ws}
    admin = Admin(world, sockets, dispatcher)

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await route(request)
        except (web.RequestPayloadError, ConnectionError):  # a body that cannot be read, or nobody there to be answered
            return web.Response(status=400)

    async def route(request: web.Request) -> web.StreamResponse:
        path = request.raw_path.partition("?")[0]
        if path.startswith("/replay/"):
            return await _steered(admin, request, path, settings.request_within)
        if path == _WS_API:
            return await sockets.ws_api(request, methods)
        if path == "/stream" or path == "/ws" or path.startswith("/ws/"):
            return await sockets.stream(request, path)
        return await rest.handle(request, settings.request_within)

    application = web.Application(client_max_size=settings.largest_body)
    application.router.add_route("*", "/{path:.*}", handle)
    return application
