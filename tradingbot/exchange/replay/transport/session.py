"""A session of the WebSocket API: who logged on, and its subscription to the user stream."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tradingbot.exchange.replay.gate.connection import Connection
from tradingbot.exchange.replay.gate.keys import ApiKey, not_permitted
from tradingbot.exchange.replay.operation import Operation, Security
from tradingbot.exchange.replay.params import Params, refusal
from tradingbot.exchange.replay.transport.time_unit import event_in_microseconds
from tradingbot.exchange.replay.world import World

MOST_SUBSCRIPTIONS = 65_535
"""Over the life of a connection."""

USER_STREAM = "user"
"""What faults call the events of the user stream."""

LOGON = "session.logon"
_WEIGHT = 2


class Session:
    """What one connection remembers between requests. There is one account, so one subscription at a time."""

    def __init__(self, world: World, connection: Connection, address: str, *, rate_limits: bool) -> None:
        self.address = address
        self.rate_limits = rate_limits
        self.key: ApiKey | None = None
        self._world = world
        self._connection = connection
        self._connected = world.clock.now_ms()
        self._authorized: int | None = None
        self._subscription: int | None = None
        self._by_logon = False
        self._next = 0
        self._listener: int | None = None
        self._ended: int | None = None

    @property
    def operations(self) -> Mapping[str, Operation[World]]:
        """The methods that only a session has, by name."""
        public, signed = Security.NONE, Security.USER_DATA
        found = (
            _method(LOGON, signed, self._logon),
            _method("session.status", public, self._status),
            _method("session.logout", public, self._logout),
            _method("session.subscriptions", public, self._subscriptions),
            _method("userDataStream.subscribe", public, self._subscribe),
            _method("userDataStream.subscribe.signature", signed, self._subscribe_signed),
            _method("userDataStream.unsubscribe", public, self._unsubscribe),
        )
        return {one.ws: one for one in found}

    def answered(self) -> None:
        """The answer to a request is on its way: events may follow it."""
        if self._ended is not None:
            number, self._ended = self._ended, None
            moment = self._world.clock.now_ms() * (1000 if self._connection.microseconds else 1)
            self._put(number, b'{"e":"eventStreamTerminated","E":%d}' % moment)
        if self._subscription is not None and self._listener is None:
            self._listener = self._world.users.listen(self._hear)

    def end(self) -> None:
        """The connection has ended."""
        if self._listener is not None:
            self._world.users.end(self._listener)
        self._listener = self._subscription = None

    def _hear(self, frame: bytes) -> None:
        if self._connection.microseconds:
            frame = msgspec.json.encode(event_in_microseconds(msgspec.json.decode(frame)))
        self._put(self._subscription or 0, frame)

    def _put(self, number: int, frame: bytes) -> None:
        self._connection.put(USER_STREAM, b'{"subscriptionId":%d,"event":' % number + frame + b"}")

    def _end_subscription(self) -> None:
        self._ended = self._subscription
        self.end()

    def _logon(self, world: World, params: Params) -> dict[str, Any]:
        params.refuse_unknown()
        self.key = world.caller
        self._authorized = world.clock.now_ms()
        return self._state()

    def _status(self, _world: World, params: Params) -> dict[str, Any]:
        params.refuse_unknown()
        return self._state()

    def _logout(self, _world: World, params: Params) -> dict[str, Any]:
        params.refuse_unknown()
        self.key = self._authorized = None
        if self._by_logon and self._subscription is not None:
            self._end_subscription()
        return self._state()

    def _state(self) -> dict[str, Any]:
        return {
            "apiKey": None if self.key is None else self.key.name,
            "authorizedSince": self._authorized,
            "connectedSince": self._connected,
            "returnRateLimits": self.rate_limits,
            "serverTime": self._world.clock.now_ms(),
            "userDataStream": self._subscription is not None,
        }

    def _subscriptions(self, _world: World, params: Params) -> list[dict[str, int]]:
        params.refuse_unknown()
        return [] if self._subscription is None else [{"subscriptionId": self._subscription}]

    def _subscribe(self, _world: World, params: Params) -> dict[str, int]:
        params.refuse_unknown()
        if self.key is None:
            raise not_permitted()
        return self._begin(by_logon=True)

    def _subscribe_signed(self, _world: World, params: Params) -> dict[str, int]:
        params.refuse_unknown()
        return self._begin(by_logon=False)

    def _begin(self, *, by_logon: bool) -> dict[str, int]:
        if self._subscription is not None:
            raise refusal(-2035, "User Data Stream subscription already active.")
        if self._next >= MOST_SUBSCRIPTIONS:
            raise refusal(-2042, "Too many subscriptions on this connection.")
        self._subscription, self._by_logon = self._next, by_logon
        self._next += 1
        return {"subscriptionId": self._subscription}

    def _unsubscribe(self, _world: World, params: Params) -> dict[str, Any]:
        wanted = params.integer("subscriptionId")
        params.refuse_unknown()
        if self._subscription is None or wanted not in (None, self._subscription):
            raise refusal(-2036, "User Data Stream subscription not active.")
        self._end_subscription()
        return {}


def _method(name: str, security: Security, handle: Callable[[World, Params], Any]) -> Operation[World]:
    return Operation(verb="", path="", ws=name, security=security, weight=lambda _: _WEIGHT, handle=handle)
