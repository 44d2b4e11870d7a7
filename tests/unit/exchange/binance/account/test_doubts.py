"""An order whose outcome is unknown, and what a question about it proves."""

import asyncio
from decimal import Decimal

import pytest
from aiohttp import web

from tests.support.binance_stub import opened, order_answer
from tradingbot.exchange.errors import OrderNotFound, StatusUnknown
from tradingbot.exchange.orders import NewOco, NewOrder, OrderStatus, OrderType, Side

pytestmark = pytest.mark.anyio
ORDER = NewOrder(symbol="BTCUSDT", side=Side.BUY, type=OrderType.MARKET, client_order_id="mine", quantity=Decimal(1))
MISSING = {"code": -2013, "msg": "Order does not exist."}


async def late(request: web.Request) -> web.StreamResponse:
    """Answer after the caller has given up."""
    await asyncio.sleep(0.3)
    return web.Response()


async def test_there_is_none_proves_nothing_while_the_order_may_still_come() -> None:
    """After an unknown placing a question goes on until the exchange takes the order's timestamp no longer."""
    async with opened(settle=0.2) as (venue, stub):
        stub.answer("POST /api/v3/order", {"code": -1007, "msg": "Timeout"}, status=504)
        with pytest.raises(StatusUnknown):
            await venue.place(ORDER)
        stub.answer("GET /api/v3/order", MISSING, status=400)
        stub.answer("GET /api/v3/order", order_answer())

        assert (await venue.order("BTCUSDT", "mine")).status is OrderStatus.NEW


async def test_a_caller_who_gave_up_knows_no_more() -> None:
    """The order was on its way: the same holds, also for a list and each of its orders, and it ends."""
    async with opened(settle=0.1) as (venue, stub):
        placing = asyncio.create_task(venue.place_list(NewOco(client_list_id="my-list", above=ORDER, below=ORDER)))
        stub.ready["POST /api/v3/orderList/oco"].append(late)
        await asyncio.sleep(0.05)
        placing.cancel()
        await asyncio.wait([placing])
        for _ in range(2):
            stub.answer("GET /api/v3/order", MISSING, status=400)
            stub.answer("GET /api/v3/orderList", MISSING | {"code": -2018}, status=400)
        for asking in (venue.order("BTCUSDT", "mine"), venue.order_list("my-list")):
            with pytest.raises(OrderNotFound):
                await asking

        assert len(stub.of("GET /api/v3/order")) == 2
        assert len(stub.of("GET /api/v3/orderList")) >= 1
