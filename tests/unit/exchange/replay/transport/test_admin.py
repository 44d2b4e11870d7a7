"""Steering a replay, and what it says of itself."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from tests.support.replay import BTC
from tests.support.spoken import Spoken, spoken
from tradingbot.exchange.replay.transport.admin import Admin
from tradingbot.exchange.replay.transport.dispatch import Dispatcher

pytestmark = pytest.mark.anyio


@pytest.fixture
async def exchange(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Spoken]:
    """Two symbols, at a standstill."""
    async with spoken(tmp_path) as running:
        yield running


async def status(exchange: Spoken) -> Any:
    """What it says of itself."""
    return (await exchange.send("GET", "/replay/status")).body


async def test_the_status_says_what_the_numbers_are(exchange: Spoken) -> None:
    """Whose data, whose fills, whose rules, what is derived, and what is going wrong."""
    told = await status(exchange)

    assert (told["data"], told["execution"], told["candles"]) == ("replay", "simulated", "replay")
    assert (told["market"], told["checksTimestamps"]) == ("paused", True)
    assert told["rules"][BTC] == "the exchangeInfo file"
    assert "half the spread" in told["derived"]["book"]
    assert told["faults"] == {"seed": None, "plan": []}
    assert told["connections"] == {"streams": 0, "ws_api": 0, "all": 0}


async def test_requests_are_counted(exchange: Spoken) -> None:
    """Those to the exchange, not those to steer it."""
    before = (await status(exchange))["requests"]
    await exchange.get("ping")

    assert (await status(exchange))["requests"] - before == 1


async def test_a_trade_and_a_book_move_the_market(exchange: Spoken) -> None:
    """For everyone."""
    trade = await exchange.admin("trade", {"symbol": BTC, "price": "51000", "quantity": "1"})
    await exchange.admin("book", {"symbol": BTC, "bids": [["50990", "2"]], "asks": [["51010", "3"]]})
    trades = (await exchange.get("trades", f"symbol={BTC}&limit=1")).body
    book = (await exchange.get("depth", f"symbol={BTC}")).body

    assert (trades[0]["id"], trades[0]["price"]) == (trade.body["tradeId"], "51000.00000000")
    assert (book["bids"], book["asks"]) == ([["50990.00000000", "2.00000000"]], [["51010.00000000", "3.00000000"]])


async def test_it_pauses_advances_and_resumes(exchange: Spoken) -> None:
    """Candle by candle while it stands still."""
    advanced = await exchange.admin("advance", {"candles": 2})
    resumed = (await exchange.admin("resume")).body
    running = await exchange.admin("advance", {"candles": 1})
    paused = (await exchange.admin("pause")).body

    assert advanced.body == {"candles": 2}
    assert (resumed["market"], paused["market"]) == ("running", "paused")
    assert (running.status, running.body["field"]) == (400, "advance")


async def test_rules_change_while_running(exchange: Spoken) -> None:
    """A status, a filter's value, a new filter."""
    changes = {"status": "HALT", "NOTIONAL": {"minNotional": "77.00000000"}, "MAX_POSITION": {"maxPosition": "1.0"}}
    await exchange.admin("instruments", {"symbol": BTC, "changes": changes})
    row = (await exchange.get("exchangeInfo", f"symbol={BTC}")).body["symbols"][0]
    filters = {one["filterType"]: one for one in row["filters"]}

    assert row["status"] == "HALT"
    assert (filters["NOTIONAL"]["minNotional"], filters["MAX_POSITION"]["maxPosition"]) == ("77.00000000", "1.0")
    assert filters["LOT_SIZE"]["stepSize"] == "0.00001000"
    assert (await exchange.get("exchangeInfo", "symbol=ETHUSDT")).body["symbols"][0]["status"] == "TRADING"


async def test_a_transfer_changes_the_balance(exchange: Spoken) -> None:
    """Up and down, but not below nothing."""
    for change in ("5", "-2.5"):
        assert (await exchange.admin("transfer", {"asset": "BTC", "change": change})).status == 200
    refused = await exchange.admin("transfer", {"asset": "BTC", "change": "-100"})
    held = (await exchange.ask("GET", "/api/v3/account")).body["balances"]

    assert {one["asset"]: one["free"] for one in held}["BTC"] == "12.50000000"
    assert (refused.status, refused.body["field"]) == (400, "change")


async def test_faults_are_planned_and_ended(exchange: Spoken) -> None:
    """By name, with what is left of them; an empty plan ends them."""
    plan = [{"fault": "unknown", "match": "order.place", "times": 3}]
    told = (await exchange.admin("faults", {"seed": 5, "plan": plan})).body
    ended = (await exchange.admin("faults", {})).body

    assert (told["seed"], told["plan"][0]["times"]) == (5, 3)
    assert ended == {"seed": None, "plan": []}


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("trade", {"symbol": BTC, "price": "0", "quantity": "1"}),
        ("trade", {"symbol": BTC, "price": "NaN", "quantity": "1"}),
        ("trade", {"symbol": BTC, "price": "1e30", "quantity": "1"}),
        ("trade", {"symbol": BTC, "price": "1", "quantity": "1e12"}),
        ("trade", {"symbol": BTC, "price": "1.123456789", "quantity": "1"}),
        ("trade", {"symbol": BTC, "price": "1"}),
        ("trade", {"symbol": BTC, "price": "1", "quantity": "1", "colour": "red"}),
        ("trade", {"symbol": "NOTHERE", "price": "1", "quantity": "1"}),
        ("book", {"symbol": BTC, "bids": [["2", "1"]], "asks": [["1", "1"]]}),
        ("book", {"symbol": BTC, "bids": [["2"]], "asks": []}),
        ("advance", {"candles": 0}),
        ("advance", {"candles": 10**9}),
        ("instruments", {"symbol": BTC, "changes": {"colour": "red"}}),
        ("instruments", {"symbol": BTC, "changes": {"LOT_SIZE": 5}}),
        ("instruments", {"symbol": BTC, "changes": {"LOT_SIZE": {"stepSize": "small"}}}),
        ("instruments", {"symbol": BTC, "changes": {"LOT_SIZE": {"stepSize": None}}}),
        ("instruments", {"symbol": BTC, "changes": {"status": 5}}),
        ("instruments", {"symbol": BTC, "changes": {"status": "CLOSED"}}),
        ("transfer", {"asset": "BTC", "change": "much"}),
        ("transfer", {"asset": "BTC", "change": "-1e99"}),
        ("transfer", {"asset": "", "change": "1"}),
        ("transfer", {"asset": "\u20bf", "change": "1"}),
        ("faults", {"plan": [{"fault": "flood"}]}),
        ("faults", {"plan": [{"fault": "delay", "times": 0}]}),
        ("faults", {"seed": -1}),
        ("disconnect", {"which": "mine"}),
    ],
)
async def test_what_cannot_be_done_is_refused(exchange: Spoken, route: str, body: dict[str, Any]) -> None:
    """By its name, or with the exchange's own code; nothing changes."""
    told = await exchange.admin(route, body)

    assert told.status == 400
    assert {"field", "problem", "remedy"} <= told.body.keys() or told.code == -1121


async def test_an_unknown_route_names_those_there_are(exchange: Spoken) -> None:
    """404, whatever the verb was wrong with."""
    told = await exchange.send("GET", "/replay/pause")

    assert (told.status, "POST /replay/pause" in told.body["routes"]) == (404, True)


@pytest.mark.parametrize(
    ("peer", "status"),
    [("127.0.0.1", 200), ("127.8.8.8", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), ("192.0.2.1", 403), ("", 403)],
)
async def test_only_this_machine_steers(exchange: Spoken, peer: str, status: int) -> None:
    """Whoever else the server listens to; but what its prices are is told to everybody."""
    running = exchange.running
    admin = Admin(running.world, running.sockets, Dispatcher(running.world))
    pause = make_mocked_request("POST", "/replay/pause").clone(remote=peer)
    question = make_mocked_request("GET", "/replay/status").clone(remote=peer)

    assert (await admin.handle(pause, "/replay/pause")).status == status
    assert (await admin.handle(question, "/replay/status")).status == 200
