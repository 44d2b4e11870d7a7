"""Faults of requests, and defects of our own."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.replay import BTC
from tests.support.spoken import Spoken, spoken
from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.replay.operation import Operation, Security
from tradingbot.exchange.replay.params import Params
from tradingbot.exchange.replay.transport.dispatch import Dispatcher, Request
from tradingbot.exchange.replay.transport.server import OPERATIONS

pytestmark = pytest.mark.anyio
ORDER = "POST /api/v3/order"


@pytest.fixture
async def exchange(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Spoken]:
    """Two symbols, at a standstill, BTC last at 50,000."""
    async with spoken(tmp_path) as running:
        await running.admin("trade", {"symbol": BTC, "price": "50000", "quantity": "1000"})
        await running.admin("book", {"symbol": BTC, "bids": [["49990", "2"]], "asks": [["50010", "2"]]})
        yield running


async def open_orders(exchange: Spoken) -> int:
    """How many orders rest."""
    return len((await exchange.ask("GET", "/api/v3/openOrders")).body)


@pytest.mark.parametrize(
    ("fault", "status", "code", "placed"),
    [("unknown", 504, -1007, 1), ("rate_limit", 429, -1003, 0), ("ban", 418, -1003, 0), ("clock_skew", 400, -1021, 0)],
)
async def test_a_planned_fault_befalls_the_order(
    exchange: Spoken, fault: str, status: int, code: int, placed: int
) -> None:
    """Executed only where it is said to be; the next one is as ever."""
    await exchange.fault(fault, ORDER)
    told = await exchange.order()

    assert (told.status, told.code) == (status, code)
    assert ("Retry-After" in told.headers) == (status in (429, 418))
    assert await open_orders(exchange) == placed
    assert (await exchange.order()).status == 200


async def test_an_error_of_the_server_is_no_json(exchange: Spoken) -> None:
    """5xx with a page, and nothing executed."""
    await exchange.fault("server_error", ORDER, value=502)
    told = await exchange.order()

    assert (told.status, told.headers["Content-Type"].partition(";")[0]) == (502, "text/html")
    assert await open_orders(exchange) == 0


async def test_a_cut_connection_has_executed(exchange: Spoken) -> None:
    """No answer comes, and the order is there."""
    await exchange.fault("disconnect", ORDER)
    with pytest.raises(aiohttp.ClientError):
        await exchange.order()

    assert await open_orders(exchange) == 1


@pytest.mark.parametrize("fault", ["slow", "delay"])
async def test_a_slow_answer_is_whole(exchange: Spoken, fault: str) -> None:
    """It takes its time."""
    await exchange.fault(fault, ORDER, value=200)
    began = asyncio.get_running_loop().time()
    told = await exchange.order()

    assert (told.status, told.body["status"]) == (200, "NEW")
    assert asyncio.get_running_loop().time() - began >= 0.2


async def test_a_request_that_grows_old_on_its_way_counts_as_an_order(exchange: Spoken) -> None:
    """-1021 after the delay, not placed, and counted."""
    await exchange.fault("delay", ORDER, value=400)
    told = await exchange.order(recvWindow="300")

    assert (told.code, await open_orders(exchange)) == (-1021, 0)
    assert [row["count"] for row in (await exchange.ask("GET", "/api/v3/rateLimit/order")).body] == [1, 1]


async def test_a_skewed_clock_is_told_as_well(exchange: Spoken) -> None:
    """GET time answers with it."""
    await exchange.fault("clock_skew", "/api/v3/time", value=-60_000)
    first, second = [(await exchange.get("time")).body["serverTime"] for _ in range(2)]

    assert 60_000 <= second - first < 65_000


async def test_a_stale_book_is_the_one_told_before(exchange: Spoken) -> None:
    """Once; the next question is answered with the book of now."""
    asked = f"symbol={BTC}&limit=5"
    before = await exchange.get("depth", asked)
    await exchange.admin("book", {"symbol": BTC, "bids": [["39990", "2"]], "asks": [["40010", "2"]]})
    await exchange.fault("stale_book", "/api/v3/depth")
    stale, fresh = await exchange.get("depth", asked), await exchange.get("depth", asked)

    assert stale.text == before.text
    assert fresh.body["bids"] == [["39990.00000000", "2.00000000"]]


@pytest.mark.parametrize(("kind", "left"), [("LIMIT", "PARTIALLY_FILLED"), ("MARKET", "EXPIRED")])
async def test_orders_may_fill_in_part_only(exchange: Spoken, kind: str, left: str) -> None:
    """A tenth on arrival; the rest of a limit order rests, that of a market order expires."""
    await exchange.fault("partial_fills", ORDER)
    changes = {"timeInForce": "GTC", "price": "50010"} if kind == "LIMIT" else {}
    query = "&".join(f"{name}={value}" for name, value in changes.items())
    wanted = f"symbol={BTC}&side=BUY&type={kind}&quantity=1"
    told = (await exchange.ask("POST", "/api/v3/order", f"{wanted}&{query}" if query else wanted)).body

    assert (told["status"], told["executedQty"]) == (left, "0.10000000")


async def test_a_defect_is_logged_and_answered(exchange: Spoken, caplog: pytest.LogCaptureFixture) -> None:
    """500 with -1000, not silence."""

    def broken(_world: Any, _params: Params) -> Any:
        raise RuntimeError("planted")

    operation: Operation[Any] = Operation(
        verb="GET", path="/x", ws="", security=Security.NONE, weight=lambda _: 1, handle=broken
    )
    request = Request(operation=operation, params=Params({}), address="127.0.0.1")
    with caplog.at_level(logging.ERROR):
        answer = await Dispatcher(exchange.running.world).answer(request)

    assert (answer.status, answer.body["code"]) == (500, -1000)
    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.verb} {one.path}")
async def test_no_operation_swallows_a_parameter_that_it_does_not_know(
    exchange: Spoken, operation: Operation[Any]
) -> None:
    """It is refused, for that or for what is missing, before anything happens."""
    world = replace(exchange.running.world, caller=None)
    known = {"symbol": BTC, "orderId": "1", "interval": "1m"}
    for sent in ({"unheard": "1"}, {**known, "unheard": "1"}):
        with pytest.raises(ExchangeError):
            operation.handle(world, Params(sent))
