"""A Binance of forty lines: answers what a test has laid ready, and keeps what it was asked."""

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Asked:
    """A request as it came over the wire."""

    verb: str
    path: str
    query: str
    body: str
    headers: Mapping[str, str]


@dataclass
class StubExchange:
    """Answers laid ready come first, in order; then the standing ones; then 404."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    ready: dict[str, deque[Handler]] = field(default_factory=lambda: defaultdict(deque))
    standing: dict[str, Handler] = field(default_factory=dict)

    def answer(
        self, route: str, body: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Lay an answer ready for one request, as "GET /api/v3/time"; text is sent as it is."""
        self.ready[route].append(replying(body, status=status, headers=headers))

    def always(self, route: str, body: Any) -> None:
        """Answer every request with this."""
        self.standing[route] = replying(body)

    def of(self, route: str) -> list[Asked]:
        """The requests to one route."""
        return [one for one in self.asked if f"{one.verb} {one.path}" == route]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Keep the request, and answer it."""
        body = (await request.read()).decode()
        asked = Asked(request.method, request.path, request.rel_url.raw_query_string, body, request.headers)
        self.asked.append(asked)
        route = f"{request.method} {request.path}"
        if self.ready[route]:
            return await self.ready[route].popleft()(request)
        return await self.standing.get(route, replying("<html>nothing here</html>", status=404))(request)


def replying(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Handler:
    """A handler that answers with this."""
    raw = body.encode() if isinstance(body, str) else msgspec.json.encode(body)

    async def handle(request: web.Request) -> web.StreamResponse:
        return web.Response(body=raw, status=status, headers=headers, content_type="application/json")

    return handle


async def hang_up(request: web.Request) -> web.StreamResponse:
    """End the connection without an answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@asynccontextmanager
async def stub_exchange() -> AsyncIterator[StubExchange]:
    """A stub on a free port."""
    stub = StubExchange()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", stub.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    stub.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stub
    finally:
        await runner.cleanup()
