"""The REST side: parameters from wherever they were sent, and answers with Binance's headers."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote_to_bytes

import msgspec
from aiohttp import web

from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.replay.gate.signature import rest_payload
from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.params import Params, refusal
from tradingbot.exchange.replay.transport.dispatch import Answer, Dispatcher, Request, refused
from tradingbot.exchange.replay.transport.time_unit import answer_in_microseconds
from tradingbot.exchange.replay.world import World

_JSON = "application/json;charset=UTF-8"
_GONE = "<html><body><h2>410 Gone</h2></body></html>"
_NOT_FOUND = "<html><body><h2>404 Not found</h2></body></html>"
_TOO_SLOW = "<html><body><h2>408 Request Time-out</h2></body></html>"
_LISTEN_KEY_PATHS = frozenset({"/api/v1/userDataStream", "/api/v3/userDataStream"})
_WIRE = ("utf-8", "surrogateescape")  # what is no UTF-8 survives, as it has to be signed as it was sent


def pairs(text: str) -> Mapping[str, str]:
    """Decoded parameters of a query or form; raises -1101 for one that is sent twice, -1100 for what is no UTF-8."""
    found: dict[str, str] = {}
    for piece in filter(None, text.split("&")):
        name, _, value = (_decoded(one) for one in piece.partition("="))
        if name in found:
            raise refusal(-1101, "Duplicate values for a parameter detected.")
        found[name] = value
    return found


def _decoded(text: str) -> str:
    try:
        return unquote_to_bytes(text.replace("+", " ").encode(*_WIRE)).decode()
    except UnicodeDecodeError:
        raise refusal(-1100, "Illegal characters found in a parameter.") from None


@dataclass(frozen=True, slots=True)
class _Sent:
    """A request as it was on the wire."""

    path: str
    query: str
    body: str


class Rest:
    """Answers requests on the paths of the operations."""

    def __init__(self, world: World, dispatcher: Dispatcher, operations: Sequence[Operation[World]]) -> None:
        self._world = world
        self._dispatcher = dispatcher
        self._operations = {(one.verb, one.path): one for one in operations if one.path}

    async def handle(self, request: web.Request, within: float) -> web.StreamResponse:
        """Answer one request; `within` are the seconds that its body may take."""
        path, _, query = request.raw_path.partition("?")
        operation = self._operations.get((request.method, path))
        if operation is None:
            return self._unknown(path)
        address = request.remote or ""
        try:
            async with asyncio.timeout(within):
                body = "" if request.method == "GET" else (await request.read()).decode(*_WIRE)
            asked = self._request(operation, _Sent(path, query, body), request.headers, address)
        except TimeoutError:
            return web.Response(status=408, text=_TOO_SLOW, content_type="text/html")
        except ExchangeError as error:
            return self._json(refused(error), address)
        answer = await self._dispatcher.answer(asked)
        if answer.is_lost and request.transport is not None:
            request.transport.abort()
        if request.headers.get("X-MBX-TIME-UNIT", "").upper() == "MICROSECOND":
            answer = replace(answer, body=answer_in_microseconds(operation.path, answer.body))
        return await self._slowly(request, answer) if answer.slow else self._json(answer, address)

    def _request(self, operation: Operation[World], sent: _Sent, headers: Mapping[str, str], address: str) -> Request:
        payload, signature = rest_payload(sent.query, sent.body)
        return Request(
            operation=operation,
            params=Params({**pairs(sent.body), **pairs(sent.query)}),
            address=address,
            payload=payload,
            key=headers.get("X-MBX-APIKEY"),
            signature=signature,
        )

    def _unknown(self, path: str) -> web.Response:
        if path in _LISTEN_KEY_PATHS:
            return web.Response(status=410, text=_GONE, content_type="text/html")
        if path.startswith("/api/"):
            return web.Response(status=404, text=_NOT_FOUND, content_type="text/html")
        moment = self._world.clock.now_ms()
        body = {
            "timestamp": moment,
            "status": 404,
            "error": "Not Found",
            "message": "No message available",
            "path": path,
        }
        return web.Response(status=404, body=msgspec.json.encode(body), headers={"Content-Type": _JSON})

    def _json(self, answer: Answer, address: str) -> web.Response:
        if answer.broken:
            text = f"<html><body><h2>{answer.status}</h2></body></html>"
            return web.Response(status=answer.status, text=text, content_type="text/html")
        headers = self._headers(answer, address)
        return web.Response(status=answer.status, body=msgspec.json.encode(answer.body), headers=headers)

    def _headers(self, answer: Answer, address: str) -> dict[str, str]:
        now, limits = self._world.clock.now_ms(), self._world.limits
        used = str(limits.used_weight(address, now))
        headers = {
            "Content-Type": _JSON,
            "x-mbx-uuid": str(uuid.uuid4()),
            "X-MBX-USED-WEIGHT": used,
            "X-MBX-USED-WEIGHT-1M": used,
        }
        if answer.counts_orders:
            for row in limits.order_counts(now):
                headers[f"X-MBX-ORDER-COUNT-{row['intervalNum']}{row['interval'][0]}"] = str(row["count"])
        if answer.retry_at is not None:
            headers["Retry-After"] = str(max(0, -((now - answer.retry_at) // 1000)))
        return headers

    async def _slowly(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Half of the answer, and the other half later."""
        body = msgspec.json.encode(answer.body)
        response = web.StreamResponse(headers=self._headers(answer, request.remote or ""))
        response.content_length = len(body)
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        await asyncio.sleep(answer.slow)
        await response.write(body[len(body) // 2 :])
        await response.write_eof()
        return response
