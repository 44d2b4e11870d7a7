"""What the replay exchange tells of orders and of the account has the shape that the contract states of Binance's."""

import asyncio
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from tests.support.hosted import TRADER, Hosted, Hosting, hosted
from tests.support.wire import request, signed
from tradingbot.exchange.drift.contract import recorded
from tradingbot.exchange.drift.shape import Mismatch, mismatches

CONTRACT = recorded()
SHAPES = {one.name: one.shape for one in CONTRACT.unasked}
BUY = {"symbol": "BTCUSDT", "side": "BUY", "quantity": "0.01"}
RESTING = {**BUY, "type": "LIMIT", "timeInForce": "GTC", "price": "49000.00", "newOrderRespType": "FULL"}
PAIR = {
    "symbol": "BTCUSDT", "side": "SELL", "quantity": "0.01", "aboveType": "LIMIT_MAKER", "abovePrice": "55000.00",
    "belowType": "STOP_LOSS_LIMIT", "belowStopPrice": "45000.00", "belowPrice": "44900.00", "belowTimeInForce": "GTC",
    "newOrderRespType": "FULL",
}  # fmt: skip


@pytest.fixture(scope="module")
def exchange(store: Path) -> Iterator[Hosted]:
    """A market that stands at 50,000."""
    with hosted(store, Hosting(replay={"paused": True})) as running:
        feed = running.running.world.feed
        running.call(lambda: feed.inject_trade("BTCUSDT", Decimal(50_000), Decimal(1)))
        yield running


def ask(exchange: Hosted, verb: str, path: str, params: Mapping[str, str]) -> Any:
    """The answer to a signed request that must succeed."""
    query = signed({**params, "timestamp": str(exchange.now)}, TRADER.secret)
    status, body = request(exchange.url, verb, f"/api/v3/{path}", query, {"X-MBX-APIKEY": TRADER.api_key})
    assert status == 200, body
    return msgspec.json.decode(body)


def told(name: str, value: Any) -> list[Mismatch]:
    """How it differs from the contract."""
    return list(mismatches(SHAPES[name], value, CONTRACT.known))


def test_answers_about_orders_are_as_the_contract_says(exchange: Hosted) -> None:
    """Filled with its fills, resting, cancelled, and a pair with its two reports."""
    placed = "answer to POST /api/v3/order, FULL"
    filled = ask(exchange, "POST", "order", {**BUY, "type": "MARKET"})
    resting = ask(exchange, "POST", "order", RESTING)
    cancelled = ask(exchange, "DELETE", "order", {"symbol": "BTCUSDT", "orderId": str(resting["orderId"])})
    pair = ask(exchange, "POST", "orderList/oco", PAIR)

    assert filled["fills"]
    assert told(placed, filled) == told(placed, resting) == []
    assert told("answer to DELETE /api/v3/order", cancelled) == []
    assert told("answer to POST /api/v3/orderList/oco", pair) == []


async def frames(exchange: Hosted) -> tuple[list[Any], Any]:
    """What the user stream tells of an order, a pair and a deposit, and how a wrong call is refused."""
    moment = str(exchange.now)
    payload = f"apiKey={TRADER.api_key}&timestamp={moment}"
    params = {"apiKey": TRADER.api_key, "timestamp": moment, "signature": TRADER.sign(payload)}
    method = "userDataStream.subscribe.signature"
    url = f"{exchange.url.replace('http', 'ws', 1)}/ws-api/v3"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.send_json({"id": 1, "method": "order.status", "params": {}})
        refusal = await socket.receive_json(timeout=5)
        await socket.send_json({"id": 2, "method": method, "params": params})
        assert (await socket.receive_json(timeout=5))["status"] == 200
        await asyncio.to_thread(ask, exchange, "POST", "order", {**BUY, "type": "MARKET"})
        await asyncio.to_thread(ask, exchange, "POST", "orderList/oco", PAIR)
        world = exchange.running.world
        now = exchange.now
        exchange.call(lambda: world.exchange.transfer("USDT", Decimal(5), now))
        found: list[Any] = []
        while not found or found[-1]["event"]["e"] != "balanceUpdate":
            found.append(await socket.receive_json(timeout=5))
        return found, refusal


def test_frames_of_the_account_are_as_the_contract_says(exchange: Hosted) -> None:
    """Each of the four kinds comes, in its envelope; a refusal has its shape too."""
    found, refusal = asyncio.run(frames(exchange))

    assert {one["event"]["e"] for one in found} == {
        "executionReport", "outboundAccountPosition", "balanceUpdate", "listStatus",
    }  # fmt: skip
    for one in found:
        assert told("frame of the user stream", one) == []
        assert told(one["event"]["e"], one["event"]) == []
    assert told("refusal over the WebSocket API", refusal) == []
