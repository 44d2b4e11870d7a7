"""Market streams: connections that say what they listen to, in the address or by control messages.

Source: web-socket-streams.md "Live Subscribing/Unsubscribing to streams" of Binance's spot API.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from tradingbot.exchange.replay.gate.connection import Connection
from tradingbot.exchange.replay.streams.hub import Hub

MOST_STREAMS = 1_024
_METHODS = ("SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS", "SET_PROPERTY", "GET_PROPERTY")
_UNKNOWN_PROPERTY, _WRONG_TYPE, _INVALID_REQUEST, _INVALID_JSON = range(4)


class _Refused(Exception):
    """A control message that cannot be followed."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def streams_of(path: str, query_streams: str | None) -> Sequence[str]:
    """The streams that an address names: /ws/<one>/<two>, or /stream?streams=<one>/<two>."""
    named = query_streams or "" if path == "/stream" else path.removeprefix("/ws")
    return [one for one in named.split("/") if one]


class StreamSession:
    """One connection and what it listens to."""

    def __init__(self, hub: Hub, connection: Connection) -> None:
        self._hub = hub
        self._connection = connection

    async def answer(self, text: str) -> None:
        """Follow a control message."""
        reply: dict[str, Any]
        asked: Any = None
        try:
            asked = _parsed(text)
            reply = {"result": self._followed(asked), "id": _id(asked)}
        except _Refused as error:
            reply = {"code": error.code, "msg": error.message}
            if isinstance(asked, dict) and "id" in asked:
                reply["id"] = asked["id"]
        self._connection.send(msgspec.json.encode(reply))

    def listen(self, streams: Sequence[str]) -> bool:
        """Listen to these too; False where that is too many."""
        if len({*self._hub.streams_of(self._connection), *streams}) > MOST_STREAMS:
            return False
        self._hub.subscribe(self._connection, streams)
        return True

    def shutdown(self, now: int) -> bytes:
        """The notice before the connection ends."""
        data = b'{"e":"serverShutdown","E":%d}' % (now * 1000 if self._connection.microseconds else now)
        return b'{"stream":"!serverShutdown","data":' + data + b"}" if self._connection.combined else data

    def _followed(self, asked: dict[str, Any]) -> Any:
        _id(asked)
        match _method(asked):
            case "LIST_SUBSCRIPTIONS":
                return self._hub.streams_of(self._connection)
            case "SET_PROPERTY":
                return self._set(_params(asked))
            case "GET_PROPERTY":
                return self._get(_params(asked))
            case "UNSUBSCRIBE":
                self._hub.unsubscribe(self._connection, _names(asked))
            case _:
                if not self.listen(_names(asked)):
                    raise _Refused(_INVALID_REQUEST, f"Invalid request: more than {MOST_STREAMS} streams")
        return None

    def _set(self, params: Sequence[Any]) -> None:
        if len(params) != 2:
            raise _Refused(_INVALID_REQUEST, "Invalid request: too many parameters")
        self._get(params)
        if not isinstance(params[1], bool):
            raise _Refused(_WRONG_TYPE, "Invalid value type: expected Boolean")
        self._connection.combined = params[1]

    def _get(self, params: Sequence[Any]) -> bool:
        if not params or not isinstance(params[0], str):
            raise _Refused(_INVALID_REQUEST, "Invalid request: property name must be a string")
        if params[0] != "combined":
            raise _Refused(_UNKNOWN_PROPERTY, "Unknown property")
        return self._connection.combined


def _parsed(text: str) -> dict[str, Any]:
    try:
        asked = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _Refused(_INVALID_JSON, "Invalid JSON: expected value at line 1 column 1") from None
    if not isinstance(asked, dict):
        raise _Refused(_INVALID_REQUEST, "Invalid request: expected an object")
    return asked


def _id(asked: dict[str, Any]) -> int | str | None:
    found = asked.get("id")
    is_number = isinstance(found, int) and not isinstance(found, bool) and -(2**63) <= found < 2**63
    if found is None or is_number or (isinstance(found, str) and len(found) <= 36):
        return found
    raise _Refused(_INVALID_REQUEST, "Invalid request: request ID must be an unsigned integer")


def _method(asked: dict[str, Any]) -> str:
    if "method" not in asked:
        raise _Refused(_INVALID_REQUEST, "Invalid request: missing field `method`")
    if asked["method"] not in _METHODS:
        expected = ", ".join(f"`{one}`" for one in _METHODS)
        problem = f"Invalid request: unknown variant `{asked['method']}`, expected one of {expected}"
        raise _Refused(_INVALID_REQUEST, problem)
    return str(asked["method"])


def _params(asked: dict[str, Any]) -> Sequence[Any]:
    found = asked.get("params")
    if not isinstance(found, list):
        raise _Refused(_INVALID_REQUEST, "Invalid request: missing field `params`")
    return found


def _names(asked: dict[str, Any]) -> Sequence[str]:
    found = _params(asked)
    if not all(isinstance(one, str) for one in found):
        raise _Refused(_INVALID_REQUEST, "Invalid request: stream name must be a string")
    return found
