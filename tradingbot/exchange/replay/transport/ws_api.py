"""The WebSocket API: the same operations as REST, a session that can log on, and the user stream.

Source: web-socket-api.md of Binance's spot API.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.replay.gate.connection import Connection
from tradingbot.exchange.replay.gate.signature import ws_payload
from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.params import Params, refusal
from tradingbot.exchange.replay.transport.dispatch import Answer, Dispatcher, Request, refused
from tradingbot.exchange.replay.transport.session import LOGON, Session
from tradingbot.exchange.replay.transport.time_unit import answer_in_microseconds
from tradingbot.exchange.replay.world import World

_NULL = msgspec.Raw(b"null")
_LONGEST_ID = 36
_BROKEN = {"code": -1000, "msg": "An unknown error occurred while processing the request."}


class _Message(msgspec.Struct):
    """A request; parameters stay as they were written, because that is what is signed."""

    method: str
    id: msgspec.Raw = _NULL
    params: dict[str, msgspec.Raw] = {}


class WsApi:
    """Answers the messages of one connection."""

    def __init__(
        self,
        world: World,
        dispatcher: Dispatcher,
        operations: Mapping[str, Operation[World]],
        connection: Connection,
        session: Session,
    ) -> None:
        self._world = world
        self._dispatcher = dispatcher
        self._operations = {**operations, **session.operations}
        self._connection = connection
        self._session = session

    async def answer(self, text: str) -> None:
        """Follow a message."""
        identity, message = _parsed(text)
        if message is None:
            answer = Answer(status=400, body={"code": -1135, "msg": "Invalid JSON Request"})
            self._send(identity, answer, None, rate_limits=self._session.rate_limits)
            return
        try:
            await self._follow(identity, message)
        except ExchangeError as error:
            self._send(identity, refused(error), None, rate_limits=self._session.rate_limits)

    def shutdown(self, now: int) -> bytes:
        """The notice before the connection ends."""
        moment = now * 1000 if self._connection.microseconds else now
        return b'{"event":{"e":"serverShutdown","E":%d}}' % moment

    async def _follow(self, identity: msgspec.Raw, message: _Message) -> None:
        operation = self._operations.get(message.method.removeprefix("v3/"))
        if operation is None:
            raise refusal(-1020, "This operation is not supported.")
        values = {name: _text(value) for name, value in message.params.items()}
        params = Params(values)
        rate_limits = params.flag("returnRateLimits") if "returnRateLimits" in params else self._session.rate_limits
        request = Request(
            operation=operation,
            params=params,
            address=self._session.address,
            payload=ws_payload(values),
            key=params.optional("apiKey"),
            session=self._session.key,
            logon=operation.ws == LOGON,
        )
        answer = await self._dispatcher.answer(request)
        if answer.is_lost:
            self._connection.cut()
        self._send(identity, answer, operation, rate_limits=rate_limits)
        self._session.answered()

    def _send(
        self, identity: msgspec.Raw, answer: Answer, operation: Operation[World] | None, *, rate_limits: bool
    ) -> None:
        now = self._world.clock.now_ms()
        reply: dict[str, Any] = {"id": identity, "status": answer.status}
        if answer.status == 200:
            reply["result"] = self._timed(answer, operation)
        else:
            reply["error"] = _error(answer, now)
        if rate_limits:
            reply["rateLimits"] = self._rate_limits(operation, now)
        self._connection.send(msgspec.json.encode(reply), delay=answer.slow)

    def _timed(self, answer: Answer, operation: Operation[World] | None) -> Any:
        if operation is None or not self._connection.microseconds:
            return answer.body
        return answer_in_microseconds(operation.path, answer.body)

    def _rate_limits(self, operation: Operation[World] | None, now: int) -> Sequence[dict[str, Any]]:
        limits = self._world.limits
        orders = limits.order_counts(now) if operation is not None and operation.tells_counts else ()
        return [*orders, limits.weight_count(self._session.address, now)]


def _parsed(text: str) -> tuple[msgspec.Raw, _Message | None]:
    """The id to echo, and the message; None where it is no request."""
    try:
        message = msgspec.json.decode(text, type=_Message)
        return (message.id, message) if _is_id(message.id) else (_NULL, None)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _NULL, None


def _is_id(raw: msgspec.Raw) -> bool:
    value = msgspec.json.decode(raw)
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or (isinstance(value, str) and len(value) <= _LONGEST_ID)


def _text(raw: msgspec.Raw) -> str:
    """A parameter as text: what a string says, anything else as it was written."""
    written = bytes(raw).decode()
    return msgspec.json.decode(raw, type=str) if written.startswith('"') else written


def _error(answer: Answer, now: int) -> dict[str, Any]:
    error = dict(_BROKEN if answer.broken else answer.body)
    if answer.retry_at is not None:
        error["data"] = {"serverTime": now, "retryAfter": answer.retry_at}
    return error
