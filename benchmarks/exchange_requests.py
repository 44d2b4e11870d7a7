"""Requests over loopback: one after the other by each contender, and as many as the replay exchange takes."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import aiohttp
from ccxt.async_support import binance as ccxt_binance
from yarl import URL

from benchmarks.exchange_server import KEY, SECRET
from benchmarks.portfolio import SYMBOLS
from tradingbot.cli.clock import now_ms
from tradingbot.exchange.binance.account.venue import BinanceVenue
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints

SYMBOL = SYMBOLS[0]
REQUESTS = 300
ORDERS = 4_000
AT_ONCE = 8
RESTING = 3  # open orders that are asked for

Ask = Callable[[], Awaitable[object]]


@dataclass
class Trips:
    """Microseconds of a request in each round."""

    who: str
    rounds_us: list[float] = field(default_factory=list)

    @property
    def us(self) -> float:
        """Median."""
        return median(self.rounds_us)

    @property
    def spread(self) -> float:
        """Slowest round over the fastest."""
        return max(self.rounds_us) / min(self.rounds_us)


@dataclass(frozen=True)
class Rates:
    """Requests a second."""

    what: str
    a_second: float


def signed(params: dict[str, Any]) -> str:
    """A query with timestamp and signature."""
    query = "&".join(f"{name}={value}" for name, value in {**params, "timestamp": now_ms()}.items())
    return f"{query}&signature={hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()}"


def order(price: float) -> dict[str, Any]:
    """A buy a tenth below the market."""
    prices = {"quantity": "0.01", "price": f"{price * 0.9:.1f}"}
    return {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", **prices}


class Bare:
    """The bare HTTP client, which decodes nothing."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url, self._session = url, session

    async def send(self, verb: str, path: str, query: str = "") -> bytes:
        """The body of an answer; raises RuntimeError for a refusal."""
        url = URL(f"{self._url}/api/v3/{path}?{query}", encoded=True)
        async with self._session.request(verb, url, headers={"X-MBX-APIKEY": KEY}) as answer:
            body = await answer.read()
            if answer.status != 200:
                raise RuntimeError(body.decode())
            return body

    async def price(self) -> float:
        """The last one."""
        return float(json.loads(await self.send("GET", "ticker/price", f"symbol={SYMBOL}"))["price"])


async def round_trips(url: str, rounds: int) -> Sequence[Trips]:
    """Each contender's requests, one after the other."""
    async with AsyncExitStack() as stack:
        bare = Bare(url, await stack.enter_async_context(aiohttp.ClientSession()))
        resting = order(await bare.price())
        for _ in range(RESTING):
            await bare.send("POST", "order", signed(resting))
        contenders: dict[str, Ask] = {
            "bare aiohttp, ping": lambda: bare.send("GET", "ping"),
            "bare aiohttp, signed": lambda: bare.send("GET", "openOrders", signed({"symbol": SYMBOL})),
            "BinanceVenue": await _ours(url, stack),
            "ccxt as it is": await _ccxt(url, stack),
        }
        found = {who: Trips(who) for who in contenders}
        for number in range(rounds + 1):  # the first warms up
            for who, ask in contenders.items():
                started = time.perf_counter()
                for _ in range(REQUESTS):
                    await ask()
                if number:
                    found[who].rounds_us.append((time.perf_counter() - started) / REQUESTS * 1e6)
    return list(found.values())


async def _ours(url: str, stack: AsyncExitStack) -> Ask:
    venue = BinanceVenue(Endpoints.replay(url), Credentials(KEY, SECRET), now_ms)
    await venue.open()
    stack.push_async_callback(venue.close)
    await venue.instruments([SYMBOL])  # from which it learns the limits
    return lambda: venue.open_orders(SYMBOL)


async def _ccxt(url: str, stack: AsyncExitStack) -> Ask:
    exchange = ccxt_binance(
        {
            "apiKey": KEY,
            "secret": SECRET,
            "enableRateLimit": False,
            "options": {"fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False},
        }
    )
    stack.push_async_callback(exchange.close)
    public = f"{url}/api/v3"
    exchange.urls["api"] = {"public": public, "private": public, "sapi": f"{url}/sapi/v1"}
    await exchange.load_markets()
    symbol = exchange.markets_by_id[SYMBOL][0]["symbol"]
    return lambda: exchange.fetch_open_orders(symbol)


async def orders_a_second(url: str) -> Sequence[Rates]:
    """Pings and orders over REST, then over the WebSocket API."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
        bare = Bare(url, session)
        params = {**order(await bare.price()), "timeInForce": "IOC"}
        return [
            Rates("REST pings", await _rest(lambda: bare.send("GET", "ping"))),
            Rates("REST orders", await _rest(lambda: bare.send("POST", "order", signed(params)))),
            Rates("WebSocket API pings", await _websocket(session, url, "ping", dict)),
            Rates("WebSocket API orders", await _websocket(session, url, "order.place", lambda: _ws_signed(params))),
        ]


async def _rest(ask: Ask) -> float:
    async def some() -> None:
        for _ in range(ORDERS // AT_ONCE):
            await ask()

    await some()
    started = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    return ORDERS / (time.perf_counter() - started)


async def _websocket(
    session: aiohttp.ClientSession, url: str, method: str, params: Callable[[], dict[str, Any]]
) -> float:
    async with session.ws_connect(f"{url.replace('http', 'ws', 1)}/ws-api/v3") as socket:
        started = time.perf_counter()
        for number in range(ORDERS + AT_ONCE):
            if number < ORDERS:
                await socket.send_json({"id": number, "method": method, "params": params()})
            if number >= AT_ONCE:
                answer = await socket.receive_json()
                if answer["status"] != 200:
                    raise RuntimeError(str(answer))
        return ORDERS / (time.perf_counter() - started)


def _ws_signed(params: dict[str, Any]) -> dict[str, Any]:
    sent = {**params, "apiKey": KEY, "timestamp": now_ms()}
    payload = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
    return {**sent, "signature": hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).hexdigest()}
