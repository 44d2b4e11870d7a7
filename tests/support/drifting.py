"""A Binance as the contract has it, in which a test plants a drift. Its answers are the documentation's examples."""

import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.support.instruments import INSTRUMENTS
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.drift.ask import Asker
from tradingbot.exchange.drift.check import Check
from tradingbot.exchange.drift.contract import recorded
from tradingbot.exchange.drift.findings import Findings

NOW = 1_790_000_000_000
KEY = Credentials("drift-key", "drift-secret")
SYMBOL = "BTCUSDT"

_LIMITS = [
    {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}
    for kind, interval, number, limit in (
        ("REQUEST_WEIGHT", "MINUTE", 1, 6000),
        ("ORDERS", "SECOND", 10, 100),
        ("ORDERS", "DAY", 1, 200000),
        ("RAW_REQUESTS", "MINUTE", 5, 300000),
    )
]
_ORDER = {
    "symbol": SYMBOL,
    "orderId": 1,
    "orderListId": -1,
    "clientOrderId": "one",
    "price": "50000.00",
    "origQty": "1.0",
    "executedQty": "0.0",
    "cummulativeQuoteQty": "0.0",
    "status": "NEW",
    "timeInForce": "GTC",
    "type": "LIMIT",
    "side": "BUY",
    "stopPrice": "0.0",
    "icebergQty": "0.0",
    "time": NOW,
    "updateTime": NOW,
    "isWorking": True,
    "workingTime": NOW,
    "origQuoteOrderQty": "0.0",
    "selfTradePreventionMode": "EXPIRE_MAKER",
}
_RATES = {"maker": "0.001", "taker": "0.001", "buyer": "0.0", "seller": "0.0"}
_TICKER_NUMBERS = (
    "priceChange priceChangePercent weightedAvgPrice prevClosePrice lastPrice lastQty bidPrice bidQty askPrice askQty "
    "openPrice highPrice lowPrice volume quoteVolume"
)
_TICKER_COUNTS = "openTime closeTime firstId lastId count"
_ACCOUNT_NUMBERS = "makerCommission takerCommission buyerCommission sellerCommission updateTime uid"
_ACCOUNT_FLAGS = "canTrade canDeposit brokered requireSelfTradePrevention preventSor"
_KLINE = [NOW, "1.0", "1.2", "0.9", "1.1", "12.5", NOW + 59_999, "13.0", 100, "6.0", "6.5", "0"]

REST: dict[str, Any] = {
    "GET /api/v3/time": {"serverTime": NOW},
    "GET /api/v3/exchangeInfo": {
        "timezone": "UTC",
        "serverTime": NOW,
        "rateLimits": _LIMITS,
        "exchangeFilters": [],
        "symbols": [msgspec.json.decode(msgspec.json.encode(INSTRUMENTS[0]))],
    },
    "GET /api/v3/depth": {"lastUpdateId": 7, "bids": [["49999.0", "1.0"]], "asks": [["50001.0", "1.0"]]},
    "GET /api/v3/klines": [_KLINE],
    "GET /api/v3/ticker/24hr": {
        "symbol": SYMBOL,
        **dict.fromkeys(_TICKER_NUMBERS.split(), "1.0"),
        **dict.fromkeys(_TICKER_COUNTS.split(), 1),
    },
    "GET /api/v3/account": {
        **dict.fromkeys(_ACCOUNT_NUMBERS.split(), 1),
        **dict.fromkeys(_ACCOUNT_FLAGS.split(), True),
        "canWithdraw": False,
        "commissionRates": _RATES,
        "accountType": "SPOT",
        "balances": [{"asset": "USDT", "free": "100.0", "locked": "0.0"}],
        "permissions": ["SPOT"],
    },
    "GET /api/v3/account/commission": {
        "symbol": SYMBOL,
        **{f"{part}Commission": _RATES for part in ("standard", "special", "tax")},
        "discount": {
            "enabledForAccount": True,
            "enabledForSymbol": True,
            "discountAsset": "BNB",
            "discount": "0.75000000",
        },
    },
    "GET /api/v3/openOrders": [_ORDER],
    "GET /api/v3/allOrders": [_ORDER],
    "GET /api/v3/openOrderList": [
        {
            "orderListId": 3,
            "contingencyType": "OCO",
            "listStatusType": "EXEC_STARTED",
            "listOrderStatus": "EXECUTING",
            "listClientOrderId": "list",
            "transactionTime": NOW,
            "symbol": SYMBOL,
            "orders": [{"symbol": SYMBOL, "orderId": 4, "clientOrderId": "four"}],
        }
    ],
    "GET /api/v3/myTrades": [
        {
            "symbol": SYMBOL,
            "id": 5,
            "orderId": 1,
            "orderListId": -1,
            "price": "50000.0",
            "qty": "1.0",
            "quoteQty": "50000.0",
            "commission": "0.001",
            "commissionAsset": "BTC",
            "time": NOW,
            "isBuyer": True,
            "isMaker": True,
            "isBestMatch": True,
        }
    ],
    "POST /api/v3/order/test": {},
}
FRAMES: dict[str, Any] = {
    "btcusdt@kline_1m": {
        "e": "kline",
        "E": NOW,
        "s": SYMBOL,
        "k": {
            **dict(zip("tTsiLf", (NOW, NOW + 59_999, SYMBOL, "1m", 1, 1), strict=True)),
            **dict.fromkeys("ohlcvqVQB", "1.0"),
            "n": 1,
            "x": False,
        },
    },
    "btcusdt@trade": dict(zip("eEstpqTmM", ("trade", NOW, SYMBOL, 1, "1.0", "1.0", NOW, True, True), strict=True)),
    "btcusdt@aggTrade": dict(
        zip("eEsapqflTmM", ("aggTrade", NOW, SYMBOL, 1, "1.0", "1.0", 1, 1, NOW, True, True), strict=True)
    ),
    "btcusdt@depth@100ms": dict(
        zip("eEsUuba", ("depthUpdate", NOW, SYMBOL, 1, 2, [["1.0", "1.0"]], [["2.0", "0.0"]]), strict=True)
    ),
    "btcusdt@bookTicker": {"u": 1, "s": SYMBOL, "b": "1.0", "B": "1.0", "a": "2.0", "A": "1.0"},
    "btcusdt@miniTicker": {"e": "24hrMiniTicker", "E": NOW, "s": SYMBOL, **dict.fromkeys("ohlcvq", "1.0")},
}
SOCKET: dict[str, Any] = {
    "time": {"status": 200, "result": {"serverTime": NOW}},
    "userDataStream.subscribe.signature": {"status": 200, "result": {"subscriptionId": 0}},
}


@dataclass
class Drifting:
    """What it answers; a test changes it. `refusals` are status and body by question, or by type of a test order."""

    rest: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(REST))
    frames: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(FRAMES))
    socket: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(SOCKET))
    refusals: dict[str, tuple[int, Any]] = field(default_factory=dict)
    order_refusals: dict[str, tuple[int, Any]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: {"X-MBX-USED-WEIGHT-1M": "10"})
    stream_status: int = 200
    asked: list[str] = field(default_factory=list)
    """Verb, path and query of each request, in order."""

    @property
    def info(self) -> Any:
        """Its exchangeInfo."""
        return self.rest["GET /api/v3/exchangeInfo"]

    def filter(self, name: str) -> dict[str, Any]:
        """A filter of the symbol."""
        return next(one for one in self.info["symbols"][0]["filters"] if one["filterType"] == name)

    async def answer(self, request: web.Request) -> web.Response:
        """A REST answer."""
        ask = f"{request.method} {request.path}"
        self.asked.append(f"{ask}?{request.query_string}")
        status, body = self._judge(ask, request)
        return web.json_response(body, status=status, headers=self.headers)

    def _judge(self, ask: str, request: web.Request) -> tuple[int, Any]:
        query = request.query
        if ask in self.refusals:
            return self.refusals[ask]
        if query.get("symbol") == "NOSUCHSYMBOL":
            return 400, {"code": -1121, "msg": "Invalid symbol."}
        if query.get("interval") == "7m":
            return 400, {"code": -1120, "msg": "Invalid interval."}
        if ask in self.rest and ("signature" in query or not _is_private(ask)):
            return self.order_refusals.get(query.get("type", ""), (200, self.rest[ask]))
        if query.get("origClientOrderId"):
            code = -2013 if request.method == "GET" else -2011
            return 400, {"code": code, "msg": "Unknown order sent."}
        return 401, {"code": -2014, "msg": "API-key format invalid."}

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        """One frame of each stream that was asked for."""
        if self.stream_status != 200:
            raise web.HTTPGone
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for name in request.query["streams"].split("/"):
            if name in self.frames:
                await socket.send_json({"stream": name, "data": self.frames[name]})
        await socket.receive()
        return socket

    async def api(self, request: web.Request) -> web.WebSocketResponse:
        """The answer to one request of the WebSocket API."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        asked = await socket.receive_json()
        limits = [{**one, "count": 1} for one in _LIMITS]
        await socket.send_json({"id": asked["id"], **self.socket[asked["method"]], "rateLimits": limits})
        await socket.receive()
        return socket


def _is_private(ask: str) -> bool:
    """Whether it needs a key."""
    return any(word in ask for word in ("account", "rder", "myTrades"))


@asynccontextmanager
async def serving(exchange: Drifting) -> AsyncIterator[str]:
    """The exchange on a free port; its URL."""
    app = web.Application()
    app.router.add_get("/stream", exchange.stream)
    app.router.add_get("/ws-api/v3", exchange.api)
    app.router.add_route("*", "/api/v3/{rest:.*}", exchange.answer)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def checked(
    plant: Callable[[Drifting], object] = lambda _: None,
    credentials: Credentials | None = KEY,
    patience_s: float = 1.0,
) -> Findings:
    """What a check says of an exchange in which a drift was planted."""
    exchange = Drifting()
    plant(exchange)
    async with serving(exchange) as url, aiohttp.ClientSession() as session:
        asker = Asker(session, Endpoints.replay(url), credentials, lambda: NOW, patience_s)
        return await Check(recorded(), asker).run([SYMBOL])
