"""The replay exchange on a port of this machine, and a client that speaks to it word by word."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from aiohttp import WSMsgType
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from yarl import URL

from tests.support.instruments import BALANCES, INSTRUMENTS
from tests.support.replay import BTC, ETH, rising, store_of
from tradingbot.cli.clock import now_ms
from tradingbot.exchange.replay.gate.keys import ApiKey
from tradingbot.exchange.replay.gate.signature import Ed25519Key, HmacSecret
from tradingbot.exchange.replay.playing.opening import ReplaySettings
from tradingbot.exchange.replay.settings import ServeSettings
from tradingbot.exchange.replay.transport.server import Running, serving
from tradingbot.exchange.replay.world import Account, open_world

SECRET = "secret"
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_HMAC = (HmacSecret(SECRET),)
KEYS = (
    ApiKey(name="trader", verifiers=_HMAC),
    ApiKey(name="reader", verifiers=_HMAC, can_trade=False),
    ApiKey(name="withdrawer", verifiers=_HMAC, can_withdraw=True),
    ApiKey(name="expired", verifiers=_HMAC, expired=True),
    ApiKey(name="elsewhere", verifiers=_HMAC, addresses=("192.0.2.1",)),
    ApiKey(name="modern", verifiers=(*_HMAC, Ed25519Key(ED25519.public_key()))),
)
PATIENCE = 5.0


def signature(payload: str, secret: str = SECRET) -> str:
    """HMAC-SHA256, as hexadecimal."""
    return hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of REST."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        """Its JSON."""
        return msgspec.json.decode(self.text)

    @property
    def code(self) -> Any:
        """The exchange's code of a refusal."""
        return self.body.get("code")


@dataclass(slots=True)
class Spoken:
    """A client of a running exchange."""

    running: Running
    session: aiohttp.ClientSession
    key: str = "trader"

    async def send(self, verb: str, target: str, body: str = "", **headers: str) -> Told:
        """A request as it is written; `body` is a form."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", **headers} if body else headers
        url = URL(self.running.url + target, encoded=True)
        content, timeout = body.encode() or None, aiohttp.ClientTimeout(PATIENCE)
        async with self.session.request(verb, url, data=content, headers=sent, timeout=timeout) as answer:
            return Told(answer.status, dict(answer.headers), await answer.text())

    async def get(self, path: str, query: str = "") -> Told:
        """A public question."""
        return await self.send("GET", f"/api/v3/{path}?{query}" if query else f"/api/v3/{path}")

    def signed(self, query: str = "", *, at: int | None = None) -> str:
        """The query with time and signature."""
        moment = now_ms() if at is None else at
        whole = "&".join(filter(None, (query, f"timestamp={moment}")))
        return f"{whole}&signature={signature(whole)}"

    async def ask(self, verb: str, path: str, query: str = "", *, key: str | None = None, **headers: str) -> Told:
        """A signed request, all of it in the query."""
        headers = {"X-MBX-APIKEY": key or self.key, **headers}
        return await self.send(verb, f"{path}?{self.signed(query)}", **headers)

    async def order(self, **changes: str) -> Told:
        """A limit order to buy 0.01 BTC at 40,000, or what is said otherwise."""
        wanted = {**ORDER, **changes}
        return await self.ask("POST", "/api/v3/order", "&".join(f"{name}={value}" for name, value in wanted.items()))

    async def admin(self, route: str, body: Any = None) -> Told:
        """A request to steer."""
        async with self.session.post(f"{self.running.url}/replay/{route}", json=body) as answer:
            return Told(answer.status, dict(answer.headers), await answer.text())

    async def fault(self, fault: str, match: str = "*", **more: int) -> None:
        """Something is to go wrong."""
        told = await self.admin("faults", {"plan": [{"fault": fault, "match": match, **more}]})
        assert told.status == 200, told.text

    @asynccontextmanager
    async def socket(self, target: str) -> AsyncIterator["Socket"]:
        """A WebSocket; pings are answered only where the test does."""
        async with self.session.ws_connect(self.running.url + target, autoping=False) as socket:
            yield Socket(socket)


ORDER = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01", "price": "40000"}


@dataclass(slots=True)
class Socket:
    """A WebSocket of the client."""

    raw: aiohttp.ClientWebSocketResponse
    pings: list[bytes] = field(default_factory=list)

    async def told(self) -> Any:
        """The next frame, as JSON; pings are put aside."""
        while True:
            message = await self.raw.receive(timeout=PATIENCE)
            if message.type is WSMsgType.PING:
                self.pings.append(message.data)
                continue
            assert message.type is WSMsgType.TEXT, message
            return msgspec.json.decode(message.data)

    async def ended(self) -> int | None:
        """Wait for the end; the close code, 1006 where it was cut."""
        while True:
            message = await self.raw.receive(timeout=PATIENCE)
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.ERROR):
                return self.raw.close_code
            if message.type is WSMsgType.PING:
                self.pings.append(message.data)

    async def ask(self, method: str, params: Any = None, **more: Any) -> Any:
        """The answer to a message with id 1."""
        message = {"id": 1, "method": method} | ({} if params is None else {"params": params}) | more
        await self.raw.send_str(msgspec.json.encode(message).decode())
        return await self.told()

    async def signed(self, method: str, key: str = "trader", **params: Any) -> Any:
        """The answer to a signed request of the WebSocket API."""
        sent = {"apiKey": key, "timestamp": now_ms(), **params}
        payload = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
        return await self.ask(method, {**sent, "signature": signature(payload)})


@asynccontextmanager
async def spoken(folder: Path, settings: ServeSettings | None = None, **replay: Any) -> AsyncIterator[Spoken]:
    """Serve 90 minutes of two symbols, standing still at the real now unless told otherwise."""
    serve = settings or ServeSettings(keys=KEYS, port=0)
    store = store_of(folder, rising(90), BTC, ETH)
    rules = folder / "exchangeInfo.json"
    rules.write_bytes(msgspec.json.encode({"symbols": INSTRUMENTS}))
    given: dict[str, Any] = {"symbols": (BTC, ETH), "wall_clock": True, "paused": True, **replay}
    world = open_world(store, ReplaySettings(**given), Account(balances=BALANCES, exchange_info=rules), serve, now_ms)
    async with serving(serve, world) as running, aiohttp.ClientSession() as session:
        yield Spoken(running, session)
