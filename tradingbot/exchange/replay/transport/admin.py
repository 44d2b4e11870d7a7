"""Steering the replay: only from this machine, in JSON. None of it exists at the exchange."""

import ipaddress
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, TypeVar

import msgspec
from aiohttp import web

from tradingbot.domain.errors import InputError
from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.replay.gate.faults import Rule
from tradingbot.exchange.replay.transport.dispatch import Dispatcher
from tradingbot.exchange.replay.transport.sockets import Sockets
from tradingbot.exchange.replay.world import World

Body = TypeVar("Body", bound=msgspec.Struct)

DERIVED = {
    "trades": "four a candle, at its four prices, evenly over its time, each with a quarter of its volume",
    "volumes": "quote volume, trade count and taker volumes that a recording does not state: what the four trades make",
    "book": "where none is given: half the spread of the costs around the last price, max_participation of the volume",
}
"""What is not recorded but follows from it, in words."""

_MOST_CANDLES = 1_000_000
MOST_AMOUNT = 10**12
_STATUSES = ("TRADING", "END_OF_DAY", "HALT", "BREAK", "CANCEL_ONLY")
_SERVICES: Mapping[str, str | None] = {"streams": "stream", "ws_api": "ws-api", "all": None}


class TradeBody(msgspec.Struct, forbid_unknown_fields=True):
    """A public trade."""

    symbol: str
    price: str
    quantity: str


class BookBody(msgspec.Struct, forbid_unknown_fields=True):
    """A book: [price, quantity] of each level, best first."""

    symbol: str
    bids: list[tuple[str, str]]
    asks: list[tuple[str, str]]


class AdvanceBody(msgspec.Struct, forbid_unknown_fields=True):
    """How many candles of the recording to tell."""

    candles: int = 1


class InstrumentsBody(msgspec.Struct, forbid_unknown_fields=True):
    """Changes by exchangeInfo's keys; the name of a filter changes that filter's values."""

    symbol: str
    changes: dict[str, Any]


class TransferBody(msgspec.Struct, forbid_unknown_fields=True):
    """A deposit, or with a minus a withdrawal."""

    asset: str
    change: str


class FaultsBody(msgspec.Struct, forbid_unknown_fields=True):
    """A schedule by its seed, or a plan; neither ends both."""

    seed: Annotated[int, msgspec.Meta(ge=0)] | None = None
    plan: list[Rule] = []


class DisconnectBody(msgspec.Struct, forbid_unknown_fields=True):
    """Which connections to cut: streams, ws_api or all."""

    which: str = "all"


class Admin:
    """The routes under /replay/."""

    def __init__(self, world: World, sockets: Sockets, dispatcher: Dispatcher) -> None:
        self._world = world
        self._dispatcher = dispatcher
        self._sockets = sockets
        self._routes: Mapping[tuple[str, str], Callable[[bytes], Awaitable[Any]]] = {
            ("GET", "status"): self._status,
            ("POST", "trade"): self._trade,
            ("POST", "book"): self._book,
            ("POST", "pause"): self._pause,
            ("POST", "resume"): self._resume,
            ("POST", "advance"): self._advance,
            ("POST", "instruments"): self._instruments,
            ("POST", "transfer"): self._transfer,
            ("POST", "faults"): self._faults,
            ("POST", "disconnect"): self._disconnect,
        }

    async def handle(self, request: web.Request, path: str) -> web.Response:
        """Follow an admin request."""
        is_question = request.method == "GET"  # whose prices these are must not be hidden from anybody
        if not is_question and not _is_loopback(request.remote):
            return _answer(403, {"error": "only from the machine that the exchange runs on"})
        route = self._routes.get((request.method, path.removeprefix("/replay/")))
        if route is None:
            routes = [f"{verb} /replay/{name}" for verb, name in self._routes]
            return _answer(404, {"error": "no such route", "routes": routes})
        try:
            return _answer(200, await route(await request.read()))
        except InputError as error:
            return _answer(400, {"field": error.field, "problem": error.problem, "remedy": error.remedy})
        except ExchangeError as error:
            return _answer(error.status or 400, {"code": error.code, "msg": error.message})

    async def _status(self, _body: bytes) -> dict[str, Any]:
        world = self._world
        return {
            "data": world.candles,
            "execution": "simulated",
            "candles": world.candles,
            **world.feed.status(),
            "rules": dict(world.rules),
            "derived": DERIVED,
            "requests": self._dispatcher.requests,
            "connections": {name: self._sockets.count(service) for name, service in _SERVICES.items()},
            "faults": {"seed": world.faults.seed, "plan": world.faults.rules},
        }

    async def _trade(self, body: bytes) -> dict[str, Any]:
        asked = _read(body, TradeBody)
        price, quantity = _positive("price", asked.price), _positive("quantity", asked.quantity)
        return {"tradeId": self._world.feed.inject_trade(asked.symbol, price, quantity)}

    async def _book(self, body: bytes) -> dict[str, Any]:
        asked = _read(body, BookBody)
        bids, asks = _levels("bids", asked.bids), _levels("asks", asked.asks)
        if bids and asks and bids[0][0] >= asks[0][0]:
            raise InputError("asks", "the best ask is not above the best bid", "Give a book that is not crossed")
        self._world.feed.inject_book(asked.symbol, bids, asks)
        return {}

    async def _pause(self, _body: bytes) -> dict[str, Any]:
        self._world.feed.pause()
        return self._world.feed.status()

    async def _resume(self, _body: bytes) -> dict[str, Any]:
        self._world.feed.resume()
        return self._world.feed.status()

    async def _advance(self, body: bytes) -> dict[str, Any]:
        asked = _read(body, AdvanceBody)
        if not 1 <= asked.candles <= _MOST_CANDLES:
            raise InputError("candles", f"{asked.candles} cannot be told", f"Give 1 to {_MOST_CANDLES}")
        return {"candles": await self._world.feed.advance(asked.candles)}

    async def _instruments(self, body: bytes) -> dict[str, Any]:
        asked = _read(body, InstrumentsBody)
        exchange = self._world.exchange
        changed = _changed(exchange.instrument(asked.symbol), asked.changes)
        others = [one for one in self._world.market.symbols if one != asked.symbol]
        exchange.set_instruments([*(exchange.instrument(one) for one in others), changed])
        row: dict[str, Any] = msgspec.to_builtins(changed)
        return row

    async def _transfer(self, body: bytes) -> dict[str, Any]:
        asked = _read(body, TransferBody)
        change = _amount("change", asked.change)
        if not re.fullmatch(r"[A-Z0-9]{1,20}", asked.asset):
            raise InputError("asset", f"'{asked.asset}' is no asset", "Write it as in BTC")
        exchange, now = self._world.exchange, self._world.clock.now_ms()
        held = next((one.free for one in exchange.balances() if one.asset == asked.asset), Decimal(0))
        if held + change < 0:
            raise InputError("change", f"only {held} {asked.asset} are free", "Withdraw no more than that")
        exchange.transfer(asked.asset, change, now)
        return {}

    async def _faults(self, body: bytes) -> dict[str, Any]:
        asked, faults = _read(body, FaultsBody), self._world.faults
        faults.plan(asked.plan)
        faults.reseed(asked.seed)
        return {"seed": faults.seed, "plan": faults.rules}

    async def _disconnect(self, body: bytes) -> dict[str, Any]:
        asked = _read(body, DisconnectBody)
        if asked.which not in _SERVICES:
            raise InputError("which", f"'{asked.which}' is none of them", f"Give one of {', '.join(_SERVICES)}")
        return {"connections": self._sockets.cut(_SERVICES[asked.which])}


def _is_loopback(address: str | None) -> bool:
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


def _answer(status: int, body: Any) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")


def _read(body: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.MsgspecError as error:
        names = ", ".join(field.name for field in msgspec.structs.fields(kind))
        raise InputError("body", str(error), f"Send a JSON object of {names}") from None


def _number(field: str, text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise InputError(field, f"'{text}' is no number", "Write it as in 12.5")
    return found


def _amount(field: str, text: str) -> Decimal:
    """A number that prices, quantities and balances can be: what is larger or finer would break the sums."""
    found = _number(field, text)
    if abs(found) >= MOST_AMOUNT or found != round(found, 8):
        raise InputError(field, f"{text} is too large or too fine", f"Stay below {MOST_AMOUNT:,}, with 8 decimals")
    return found


def _positive(field: str, text: str) -> Decimal:
    found = _amount(field, text)
    if found <= 0:
        raise InputError(field, f"{text} is not above 0", "Give a positive number")
    return found


def _levels(field: str, levels: Sequence[tuple[str, str]]) -> Sequence[tuple[Decimal, Decimal]]:
    return [(_positive(field, price), _positive(field, quantity)) for price, quantity in levels]


def _changed(instrument: Instrument, changes: Mapping[str, Any]) -> Instrument:
    row: dict[str, Any] = msgspec.to_builtins(instrument)
    named = {name: _filter_values(name, values) for name, values in changes.items() if name.isupper()}
    kept = [{**one, **named.pop(one["filterType"], {})} for one in row["filters"]]
    added = [{"filterType": name, **values} for name, values in named.items()]
    rest = {name: value for name, value in changes.items() if not name.isupper()}
    unknown = [name for name in rest if name not in row]
    if unknown:
        raise InputError("changes", f"a symbol has no '{unknown[0]}'", f"Give filters or any of {', '.join(row)}")
    if rest.get("status", "TRADING") not in _STATUSES:
        raise InputError("status", f"'{rest['status']}' is no status", f"Give one of {', '.join(_STATUSES)}")
    try:
        return msgspec.convert({**row, **rest, "filters": [*kept, *added]}, Instrument)
    except msgspec.ValidationError as error:
        raise InputError("changes", str(error), "Give values as exchangeInfo does") from None


def _filter_values(name: str, values: Any) -> dict[str, Any]:
    if not isinstance(values, dict) or not values:
        raise InputError("changes", f"{name} has no values", "Give them as exchangeInfo does, by their names")
    for key, value in values.items():
        if isinstance(value, str) and key != "filterType":
            _number(f"{name}.{key}", value)
        elif not isinstance(value, int):
            raise InputError(f"{name}.{key}", f"{value} is no value of a filter", "Give it as exchangeInfo does")
    return values
