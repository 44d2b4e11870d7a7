"""From a request to its answer, whichever way it came: limits, key, signature, clock, faults, then the operation."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tradingbot.exchange.errors import ExchangeError, RateLimited, typed
from tradingbot.exchange.replay.gate.faults import Fault, Spell
from tradingbot.exchange.replay.gate.keys import ApiKey, well_formed
from tradingbot.exchange.replay.gate.limits import banned
from tradingbot.exchange.replay.gate.signature import check_time
from tradingbot.exchange.replay.operation import Operation, Security
from tradingbot.exchange.replay.params import Params, required
from tradingbot.exchange.replay.world import World

_BOOK_PATHS = ("/api/v3/depth", "/api/v3/ticker/bookTicker")
_MOST_BOOKS = 1_000
_UNKNOWN = "Timeout waiting for response from backend server. Send status unknown; execution status unknown."
_DEFECT = "An unknown error occurred while processing the request."
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked, by whom, and what signs it. `session` is the key that a WebSocket logged on with.

    A `logon` has to be signed with Ed25519.
    """

    operation: Operation[World]
    params: Params
    address: str
    payload: bytes = b""
    key: str | None = None
    signature: str | None = None
    session: ApiKey | None = None
    logon: bool = False

    @property
    def names(self) -> Sequence[str]:
        """What a fault may call it."""
        operation = self.operation
        return (operation.path, f"{operation.verb} {operation.path}", operation.ws)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to answer. `slow` is in seconds; nothing is answered and the connection is cut where it `is_lost`.

    `counts_orders` where the counts of unfilled orders belong to it; `broken` where not even JSON comes back.
    """

    status: int = 200
    body: Any = None
    retry_at: int | None = None
    counts_orders: bool = False
    slow: float = 0.0
    is_lost: bool = False
    broken: bool = False


class Dispatcher:
    """Carries out requests on the world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._books: dict[tuple[str, bytes], Any] = {}
        self.requests = 0

    async def answer(self, request: Request) -> Answer:
        """The answer, whatever happens."""
        self.requests += 1
        spell = self._world.faults.of_request(request.names)
        fault = None if spell is None else spell.fault
        if spell is not None and fault is Fault.SERVER_ERROR:
            return Answer(status=spell.value, broken=True)
        try:
            body = await self._carry_out(request, spell)
        except ExchangeError as error:
            return refused(error)
        except Exception:
            logger.exception("%s %s failed", request.operation.verb, request.operation.path)
            return Answer(status=500, body={"code": -1000, "msg": _DEFECT})
        if fault is Fault.UNKNOWN:
            return refused(typed(-1007, _UNKNOWN, status=504, changes=True))
        slow = spell.value / 1000 if spell is not None and fault is Fault.SLOW else 0.0
        counts = request.operation.tells_counts
        return Answer(body=body, counts_orders=counts, slow=slow, is_lost=fault is Fault.DISCONNECT)

    async def _carry_out(self, request: Request, spell: Spell | None) -> Any:
        world, operation, limits = self._world, request.operation, self._world.limits
        now = world.clock.now_ms()
        weight = self._weigh(request, now)
        skew = spell.value if spell is not None and spell.fault is Fault.CLOCK_SKEW else 0
        caller = self._authenticate(request, now + skew)
        limits.check_orders(operation.orders, now)
        await self._strike(request, spell, now)
        body = self._handle(request, caller, spell)
        if operation.is_order:
            limits.refund(request.address, weight, now)
        return _skewed(body, skew)

    def _weigh(self, request: Request, now: int) -> int:
        """Count the request by its weight, by 1 where its parameters do not even tell that."""
        try:
            weight = request.operation.weight(request.params)
        except ExchangeError:
            self._world.limits.request(request.address, 1, now)
            raise
        self._world.limits.request(request.address, weight, now)
        return weight

    def _authenticate(self, request: Request, now: int) -> ApiKey | None:
        """Who asks; raises -1102, -2014, -1021, -2015 and -1022, in this order."""
        security, params = request.operation.security, request.params
        if security is Security.NONE:
            return request.session
        if request.session is not None and request.key is None:
            self._check_time(params, now)
            return self._world.keys.find(request.session.name, request.address, security)
        name = well_formed(request.key)
        required("timestamp", params.optional("timestamp"))
        signature = required("signature", request.signature or params.optional("signature"))
        params.optional("signature")
        self._check_time(params, now)
        key = self._world.keys.find(name, request.address, Security.USER_DATA)
        key.check_signature(request.payload, signature, ed25519_only=request.logon)
        return self._world.keys.find(name, request.address, security)

    def _check_time(self, params: Params, now: int) -> None:
        check_time(params, now if self._world.clock.checks_timestamps else None)

    async def _strike(self, request: Request, spell: Spell | None, now: int) -> None:
        if spell is None:
            return
        if spell.fault is Fault.RATE_LIMIT:
            text = "Too many requests; please use the websocket for live updates."
            raise typed(-1003, text, status=429, changes=False, retry_at=now + spell.value)
        if spell.fault is Fault.BAN:
            raise banned(now + spell.value)
        if spell.fault is Fault.DELAY:
            await asyncio.sleep(spell.value / 1000)
            if request.operation.security is not Security.NONE:
                self._check_late(request)

    def _check_late(self, request: Request) -> None:
        """A request that became too old on its way to the engine counts as an order all the same."""
        now = self._world.clock.now_ms()
        try:
            self._check_time(request.params, now)
        except ExchangeError:
            self._world.limits.add_orders(request.operation.orders, now)
            raise

    def _handle(self, request: Request, caller: ApiKey | None, spell: Spell | None) -> Any:
        operation, limits = request.operation, self._world.limits
        book = (operation.path, request.payload) if operation.path in _BOOK_PATHS else None
        if book in self._books and spell is not None and spell.fault is Fault.STALE_BOOK:
            return self._books[book]
        now = self._world.clock.now_ms()
        limits.add_orders(operation.orders, now)  # before the order's own fills lower the count
        try:
            with self._filling(spell):
                body = operation.handle(replace(self._world, caller=caller), request.params)
        except Exception:
            limits.add_orders(-operation.orders, now)
            raise
        if book is not None and (book in self._books or len(self._books) < _MOST_BOOKS):
            self._books[book] = body
        return body

    def _filling(self, spell: Spell | None) -> AbstractContextManager[None]:
        if spell is None or spell.fault is not Fault.PARTIAL_FILLS:
            return nullcontext()
        return self._world.exchange.filling_at_most(Decimal(spell.value) / 100)


def refused(error: ExchangeError) -> Answer:
    """The answer that an error is."""
    body: dict[str, Any] = {"code": error.code, "msg": error.message}
    data = getattr(error, "data", None)
    if data is not None:
        body["data"] = data
    retry_at = error.retry_at if isinstance(error, RateLimited) else None
    return Answer(status=error.status or 400, body=body, retry_at=retry_at)


def _skewed(body: Any, skew: int) -> Any:
    if skew and isinstance(body, dict) and "serverTime" in body:
        return {**body, "serverTime": body["serverTime"] + skew}
    return body
