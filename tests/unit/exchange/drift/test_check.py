"""A drift planted in an exchange is named, with what it means and which code of ours relies on it."""

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from tests.support.drifting import KEY, NOW, SYMBOL, Drifting, checked, serving
from tradingbot.domain.errors import InputError
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.drift.ask import Asker
from tradingbot.exchange.drift.check import Check
from tradingbot.exchange.drift.contract import recorded
from tradingbot.exchange.drift.findings import Severity
from tradingbot.exchange.errors import RateLimited, Unavailable

pytestmark = pytest.mark.anyio
BREAKS, LOOK, INFORMATION = Severity.BREAKS, Severity.LOOK, Severity.INFORMATION
Plant = Callable[[Drifting], object]
INFO, DEPTH, ACCOUNT = "GET /api/v3/exchangeInfo", "GET /api/v3/depth", "GET /api/v3/account"


async def test_an_exchange_as_the_contract_has_it_shows_no_difference() -> None:
    """Everything is looked at but what cannot be seen without placing an order."""
    findings = await checked()

    assert findings.differences == []
    unasked = [one.name for one in recorded().unasked]
    assert [one.where for one in findings.unchecked] == ["placing order lists", *unasked]
    assert findings.holds
    assert findings.at == NOW


async def test_without_a_key_the_private_parts_are_named_as_not_looked_at() -> None:
    """That is no fault: the public contract holds."""
    findings = await checked(credentials=None)

    assert findings.differences == []
    assert ACCOUNT in [one.where for one in findings.unchecked if one.why == "no API key was given"]
    assert findings.holds


def drop(answers: Any, name: str) -> object:
    """Take a field out."""
    return answers.pop(name)


PLANTED: dict[str, tuple[Plant, Severity, str, str]] = {
    "a field is gone": (
        lambda x: drop(x.rest[DEPTH], "lastUpdateId"), BREAKS, DEPTH, "field lastUpdateId is missing",
    ),
    "a price became a number": (
        lambda x: x.rest["GET /api/v3/klines"][0].__setitem__(2, 50100.0),
        BREAKS, "GET /api/v3/klines", "field [][2] has another type",
    ),
    "a field within a list is gone": (
        lambda x: drop(x.rest[ACCOUNT]["balances"][0], "locked"),
        BREAKS, ACCOUNT, "field balances[].locked is missing",
    ),
    "a field of no use to us is gone": (
        lambda x: drop(x.rest[ACCOUNT], "brokered"), INFORMATION, ACCOUNT, "field brokered is missing",
    ),
    "a field is new": (
        lambda x: x.rest[ACCOUNT].update(tier="gold"), INFORMATION, ACCOUNT, "field tier is new",
    ),
    "an order status is new": (
        lambda x: x.rest["GET /api/v3/openOrders"][0].update(status="PAUSED"),
        BREAKS, "GET /api/v3/openOrders", "field [].status has a value we do not know",
    ),
    "a filter is gone": (
        lambda x: x.info["symbols"][0]["filters"].remove(x.filter("LOT_SIZE")),
        BREAKS, "exchangeInfo BTCUSDT", "filter LOT_SIZE is gone",
    ),
    "a filter is new": (
        lambda x: x.info["symbols"][0]["filters"].append({"filterType": "MAX_MOOD", "mood": 1}),
        LOOK, "exchangeInfo BTCUSDT", "filter MAX_MOOD is new",
    ),
    "a filter's field has another name": (
        lambda x: x.filter("PRICE_FILTER").update(tick=x.filter("PRICE_FILTER").pop("tickSize")),
        BREAKS, "exchangeInfo BTCUSDT PRICE_FILTER", "field tickSize is missing",
    ),
    "a limit is tighter": (
        lambda x: x.filter("MAX_NUM_ALGO_ORDERS").update(maxNumAlgoOrders=1),
        LOOK, "exchangeInfo BTCUSDT MAX_NUM_ALGO_ORDERS", "limit maxNumAlgoOrders has changed",
    ),
    "the least value is higher": (
        lambda x: x.filter("NOTIONAL").update(minNotional="100.00000000"),
        LOOK, "exchangeInfo BTCUSDT NOTIONAL", "limit minNotional has changed",
    ),
    "fewer orders are allowed": (
        lambda x: x.info["rateLimits"][1].update(limit=10), LOOK, INFO, "rate limit ORDERS per 10 SECOND has changed",
    ),
    "more weight is allowed": (
        lambda x: x.info["rateLimits"][0].update(limit=12000),
        INFORMATION, INFO, "rate limit REQUEST_WEIGHT per 1 MINUTE has changed",
    ),
    "an order type is gone": (
        lambda x: x.info["symbols"][0]["orderTypes"].remove("STOP_LOSS_LIMIT"),
        BREAKS, "exchangeInfo BTCUSDT", "order type STOP_LOSS_LIMIT is not allowed any more",
    ),
    "an order type is new": (
        lambda x: x.info["symbols"][0]["orderTypes"].append("TWAP"),
        INFORMATION, "exchangeInfo BTCUSDT", "order type TWAP is new",
    ),
    "OCO is switched off": (
        lambda x: x.info["symbols"][0].update(ocoAllowed=False), BREAKS, "exchangeInfo BTCUSDT", "ocoAllowed is off",
    ),
    "the symbol is halted": (
        lambda x: x.info["symbols"][0].update(status="HALT"), LOOK, "exchangeInfo BTCUSDT", "symbol is not trading",
    ),
    "an endpoint is gone": (
        lambda x: x.refusals.update({"POST /api/v3/orderList/oco": (410, "Gone")}),
        BREAKS, "POST /api/v3/orderList/oco", "endpoint is gone",
    ),
    "conditional orders moved elsewhere": (
        lambda x: x.order_refusals.update(
            STOP_LOSS=(400, {"code": -4120, "msg": "Order type not supported for this endpoint."})
        ),
        BREAKS, "POST /api/v3/order/test, stop loss BTCUSDT", "order type is not allowed any more",
    ),
    "a test order misses a new mandatory parameter": (
        lambda x: x.order_refusals.update(MARKET=(400, {"code": -1102, "msg": "Parameter 'purpose' was not sent."})),
        BREAKS, "POST /api/v3/order/test, market buy BTCUSDT", "order is refused",
    ),
    "another refusal": (
        lambda x: x.refusals.update({"DELETE /api/v3/order": (400, {"code": -2099, "msg": "No."})}),
        BREAKS, "DELETE /api/v3/order", "another answer to a request that must be refused",
    ),
    "a frame lacks a field": (
        lambda x: drop(x.frames["btcusdt@depth@100ms"], "U"),
        BREAKS, "stream btcusdt@depth@100ms", "field U is missing",
    ),
    "a stream is silent": (
        lambda x: drop(x.frames, "btcusdt@bookTicker"),
        LOOK, "stream btcusdt@bookTicker", "no frame in 1 s: a quiet market, or not offered any more",
    ),
    "the WebSocket API answers otherwise": (
        lambda x: x.socket["time"].update(status="200"), BREAKS, "WebSocket API time", "field status has another type",
    ),
    "the user stream is gone": (
        lambda x: x.socket.update(
            {"userDataStream.subscribe.signature": {"status": 410, "error": {"code": -1, "msg": "Gone."}}}
        ),
        BREAKS, "WebSocket API userDataStream.subscribe.signature", "a request of ours is refused",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", PLANTED)
async def test_a_planted_drift_is_named(case: str) -> None:
    """With its place, its words and its weight; what breaks us names the file of ours that relies on it."""
    plant, severity, where, what = PLANTED[case]
    findings = await checked(plant)

    worst = findings.differences[0]
    assert (worst.severity, worst.where, worst.what) == (severity, where, what)
    assert findings.holds == (severity is not BREAKS)
    assert bool(worst.used_by) or severity is not BREAKS


async def test_a_drift_is_named_once() -> None:
    """However many rows of an answer show it."""

    def three_rows(exchange: Drifting) -> None:
        (row,) = exchange.rest["GET /api/v3/klines"]
        exchange.rest["GET /api/v3/klines"] = [["soon", *row[1:]]] * 3

    (difference,) = (await checked(three_rows)).differences
    assert difference.what == "field [][0] has another type"


async def test_a_missing_header_is_named() -> None:
    """The weight budget reads it from each answer."""
    difference, *_ = (await checked(lambda x: x.headers.clear())).differences

    assert (difference.severity, difference.where) == (BREAKS, "GET /api/v3/time")
    assert difference.what == "header X-MBX-USED-WEIGHT-1M is missing or no number"
    assert difference.used_by == "exchange/binance/wire/clock.py"


async def test_a_refused_key_says_nothing_of_the_contract() -> None:
    """What it was needed for was not looked at, and so the check does not pass."""
    refused = (401, {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."})
    findings = await checked(lambda x: x.refusals.update({ACCOUNT: refused}))

    assert findings.differences == []
    assert [one.where for one in findings.unchecked if not one.expected] == [ACCOUNT]
    assert not findings.holds


async def test_an_exchange_out_of_order_says_nothing_of_the_contract() -> None:
    """A 503 is neither a difference nor a pass."""
    findings = await checked(lambda x: x.refusals.update({DEPTH: (503, "busy")}))

    assert findings.differences == []
    assert [one.where for one in findings.unchecked if not one.expected] == [DEPTH]
    assert not findings.holds


async def test_a_refused_key_says_nothing_of_order_types() -> None:
    """They were not tried, so the check does not pass."""
    refused = (400, {"code": -1022, "msg": "Signature for this request is not valid."})
    findings = await checked(lambda x: x.refusals.update({"POST /api/v3/order/test": refused}))

    assert findings.differences == []
    assert len([one for one in findings.unchecked if "order/test" in one.where]) == len(recorded().orders)
    assert not findings.holds


async def test_streams_of_which_none_is_heard_were_not_looked_at() -> None:
    """Where all are silent the market is not what is quiet."""
    findings = await checked(lambda x: x.frames.clear())

    assert findings.differences == []
    assert "market streams" in [one.where for one in findings.unchecked if not one.expected]
    assert not findings.holds


async def test_a_stream_service_that_is_gone_breaks_us() -> None:
    """As the streams of a retired path answer."""
    (difference,) = (await checked(lambda x: setattr(x, "stream_status", 410))).differences

    assert (difference.severity, difference.where, difference.what) == (BREAKS, "market streams", "endpoint is gone")


async def test_a_redirect_is_not_followed() -> None:
    """A signed request goes nowhere else."""
    findings = await checked(lambda x: x.refusals.update({ACCOUNT: (307, {"code": 0, "msg": "Moved."})}))

    assert [one.what for one in findings.differences] == ["a request of ours is refused"]


async def test_a_check_stops_where_the_exchange_asks_to_wait() -> None:
    """Going on would end in a ban."""
    exchange = Drifting(refusals={DEPTH: (429, {"code": -1003, "msg": "Too much request weight used."})})
    async with serving(exchange) as url, aiohttp.ClientSession() as session:
        asker = Asker(session, Endpoints.replay(url), KEY, lambda: NOW, 1.0)
        with pytest.raises(RateLimited):
            await Check(recorded(), asker).run([SYMBOL])

    assert exchange.asked[-1].startswith(DEPTH)


async def test_nobody_there_is_an_error() -> None:
    """No findings are made of silence."""
    async with serving(Drifting()) as url:
        pass
    async with aiohttp.ClientSession() as session:
        asker = Asker(session, Endpoints.replay(url), KEY, lambda: NOW, 1.0)
        with pytest.raises(Unavailable):
            await Check(recorded(), asker).run([SYMBOL])


async def test_an_unknown_symbol_is_bad_use() -> None:
    """Of it nothing can be looked at."""

    def forget(exchange: Drifting) -> None:
        exchange.refusals[INFO] = (400, {"code": -1121, "msg": "Invalid symbol."})

    with pytest.raises(InputError, match="symbols: BTCUSDT is not known"):
        await checked(forget)


async def test_the_clock_is_the_exchanges() -> None:
    """A local clock that is a day off signs with the exchange's time."""
    exchange = Drifting()
    async with serving(exchange) as url, aiohttp.ClientSession() as session:
        asker = Asker(session, Endpoints.replay(url), KEY, lambda: NOW - 86_400_000, 1.0)
        await Check(recorded(), asker).run([SYMBOL])

    assert all(f"timestamp={NOW}" in one for one in exchange.asked if "signature=" in one)


async def test_no_order_is_placed() -> None:
    """Without a signature nothing can be, and signed are only questions, test orders, and the cancel of no order."""
    exchange = Drifting()
    async with serving(exchange) as url, aiohttp.ClientSession() as session:
        await Check(recorded(), Asker(session, Endpoints.replay(url), KEY, lambda: NOW, 1.0)).run([SYMBOL])
    signed = {one.partition("?")[0] for one in exchange.asked if "signature=" in one and not one.startswith("GET")}

    assert signed == {"POST /api/v3/order/test", "DELETE /api/v3/order"}
    assert all("drift-no-such-order" in one for one in exchange.asked if "DELETE" in one and "signature=" in one)
