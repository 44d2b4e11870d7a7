"""REST as it is on the wire: parameters, keys, signatures, limits, headers, and what does not exist."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.replay import BTC
from tests.support.spoken import KEYS, ORDER, SECRET, Spoken, signature, spoken
from tradingbot.cli.clock import now_ms
from tradingbot.exchange.replay.gate.limits import LimitSettings
from tradingbot.exchange.replay.settings import ServeSettings

pytestmark = pytest.mark.anyio
ORDER_PATH, ACCOUNT = "/api/v3/order", "/api/v3/account"
FORM = "&".join(f"{name}={value}" for name, value in ORDER.items())


@pytest.fixture
async def exchange(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Spoken]:
    """Two symbols, at a standstill."""
    async with spoken(tmp_path) as running:
        yield running


async def test_every_answer_says_what_it_weighed(exchange: Spoken) -> None:
    """JSON with an id of its own and the weight of this minute, which adds up."""
    first, second = await exchange.get("ping"), await exchange.get("depth", f"symbol={BTC}&limit=5")

    assert (first.status, first.text) == (200, "{}")
    assert first.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert first.headers["x-mbx-uuid"] != second.headers["x-mbx-uuid"]
    used = [int(one.headers["X-MBX-USED-WEIGHT-1M"]) for one in (first, second)]
    assert used == [1, 6] or used[1] == 5  # the minute may have ended in between
    assert "X-MBX-ORDER-COUNT-10S" not in first.headers


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json"])
async def test_an_order_may_come_in_a_form_whatever_it_is_called(exchange: Spoken, kind: str) -> None:
    """The signature covers the body."""
    body = exchange.signed(FORM)
    told = await exchange.send("POST", ORDER_PATH, body, **{"X-MBX-APIKEY": "trader", "Content-Type": kind})

    assert told.status == 200, told.text
    assert told.body["status"] == "NEW"


async def test_an_order_may_be_split_between_query_and_form(exchange: Spoken) -> None:
    """Signed one after the other; a parameter in both is taken from the query."""
    query, body = FORM.replace("40000", "41000"), f"price=1&timestamp={now_ms()}"
    body += f"&signature={signature(query + body)}"
    told = await exchange.send("POST", f"{ORDER_PATH}?{query}", body, **{"X-MBX-APIKEY": "trader"})

    assert (told.status, told.body.get("price")) == (200, "41000.00000000")


async def test_a_cancel_may_come_in_a_form_too(exchange: Spoken) -> None:
    """DELETE with a body."""
    placed = (await exchange.order()).body
    body = exchange.signed(f"symbol={BTC}&orderId={placed['orderId']}")
    told = await exchange.send("DELETE", ORDER_PATH, body, **{"X-MBX-APIKEY": "trader"})

    assert told.body["status"] == "CANCELED"


async def test_the_signature_is_over_what_was_sent_encoded(exchange: Spoken) -> None:
    """A percent-encoded list is valid as it was sent; signed as it reads, it is not."""
    encoded, plain = "newClientOrderId=a%2Db", "newClientOrderId=a-b"
    good = await exchange.ask("POST", ORDER_PATH, f"{FORM}&{encoded}")
    moment = now_ms()
    other = f"{FORM}&{encoded}2&timestamp={moment}&signature={signature(f'{FORM}&{plain}2&timestamp={moment}')}"
    bad = await exchange.send("POST", f"{ORDER_PATH}?{other}", **{"X-MBX-APIKEY": "trader"})

    assert good.body["clientOrderId"] == "a-b"
    assert (bad.status, bad.code) == (400, -1022)


@pytest.mark.parametrize(
    ("key", "verb", "path", "status", "code"),
    [
        ("nobody", "GET", ACCOUNT, 401, -2015),
        ("expired", "GET", ACCOUNT, 401, -2015),
        ("elsewhere", "GET", ACCOUNT, 401, -2015),
        ("reader", "POST", ORDER_PATH, 401, -2015),
        ("not a key!", "GET", ACCOUNT, 401, -2014),
        ("reader", "GET", ACCOUNT, 200, None),
        ("withdrawer", "GET", ACCOUNT, 200, None),
        ("modern", "GET", ACCOUNT, 200, None),
    ],
)
async def test_a_key_may_do_what_it_was_made_for(
    exchange: Spoken, key: str, verb: str, path: str, status: int, code: int | None
) -> None:
    """And is refused with 401 for anything else."""
    told = await exchange.ask(verb, path, FORM if verb == "POST" else "", key=key)

    assert (told.status, told.code) == (status, code)


async def test_a_question_without_a_key_or_signature_is_told_what_is_missing(exchange: Spoken) -> None:
    """The key, the time, the signature, in this order."""
    key = {"X-MBX-APIKEY": "trader"}
    missing_key = await exchange.send("GET", ACCOUNT)
    missing_time = await exchange.send("GET", ACCOUNT, **key)
    missing_signature = await exchange.send("GET", f"{ACCOUNT}?timestamp={now_ms()}", **key)

    assert (missing_key.status, missing_key.code) == (401, -2014)
    assert ("'timestamp'" in missing_time.text, missing_time.code) == (True, -1102)
    assert ("'signature'" in missing_signature.text, missing_signature.code) == (True, -1102)


async def test_what_is_wrong_with_a_signed_request_is_said(exchange: Spoken) -> None:
    """A wrong signature, another secret, an old time, a duplicate, and what nobody asked for."""
    moment = now_ms()
    signed = f"timestamp={moment}&signature="
    wrong = {
        signed + "0" * 64: -1022,
        signed + signature(f"timestamp={moment}", SECRET + "x"): -1022,
        exchange.signed(at=moment - 6_000): -1021,
        exchange.signed(at=moment + 5_000): -1021,
        exchange.signed("recvWindow=60001"): -1131,
        exchange.signed("extra=1"): -1104,
        exchange.signed("recvWindow=1000&recvWindow=1000"): -1101,
        exchange.signed("extra=%ff"): -1100,
    }
    told = [await exchange.send("GET", f"{ACCOUNT}?{query}", **{"X-MBX-APIKEY": "trader"}) for query in wrong]

    assert [(one.status, one.code) for one in told] == [(400, code) for code in wrong.values()]


async def test_an_order_costs_no_weight_but_a_refused_one_does(exchange: Spoken) -> None:
    """And only the accepted one counts as an order."""
    placed = await exchange.order()
    refused = await exchange.order(price="0.001")

    assert placed.headers["X-MBX-USED-WEIGHT-1M"] == "0"
    assert (placed.headers["X-MBX-ORDER-COUNT-10S"], placed.headers["X-MBX-ORDER-COUNT-1D"]) == ("1", "1")
    assert (refused.status, refused.headers["X-MBX-USED-WEIGHT-1M"]) == (400, "1")
    assert "X-MBX-ORDER-COUNT-1D" not in refused.headers
    assert [row["count"] for row in (await exchange.ask("GET", "/api/v3/rateLimit/order")).body] == [1, 1]


async def test_a_replacement_tells_the_count_that_it_is_part_of(exchange: Spoken) -> None:
    """As any other order that was accepted."""
    placed = await exchange.order()
    query = f"{FORM}&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId={placed.body['orderId']}"
    told = await exchange.ask("POST", f"{ORDER_PATH}/cancelReplace", query)

    assert told.status == 200, told.text
    assert told.headers["X-MBX-ORDER-COUNT-1D"] == "2"
    assert told.headers["X-MBX-ORDER-COUNT-10S"] in ("1", "2")  # the ten seconds may have ended in between


async def test_too_much_is_429_and_ignoring_it_418(tmp_path: Path) -> None:
    """With the seconds to wait; weight of questions and counts of orders alike."""
    limits = LimitSettings(weight=2, patience=1, orders_10s=1)
    async with spoken(tmp_path, ServeSettings(keys=KEYS, port=0, limits=limits)) as exchange:
        orders = [await exchange.order(), await exchange.order()]
        told = [await exchange.get("ping") for _ in range(4)]

        assert [(one.status, one.code) for one in orders[1:]] == [(429, -1015)]
        assert 0 < int(orders[1].headers["Retry-After"]) <= 10
        assert {one.status for one in told[-2:]} <= {429, 418}
        assert told[-1].status == 418
        assert 110 < int(told[-1].headers["Retry-After"]) <= 120
        assert (await exchange.order()).status == 418


async def test_times_are_told_in_microseconds_where_asked(exchange: Spoken) -> None:
    """Server time, klines and orders."""
    unit = {"X-MBX-TIME-UNIT": "MICROSECOND"}
    time = (await exchange.send("GET", "/api/v3/time", **unit)).body["serverTime"]
    kline = (await exchange.send("GET", f"/api/v3/klines?symbol={BTC}&interval=1m&limit=1", **unit)).body[0]
    placed = (await exchange.ask("POST", ORDER_PATH, FORM, **unit)).body

    assert abs(time - now_ms() * 1_000) < 60_000_000
    assert kline[6] - kline[0] == 60_000_000 - 1
    assert abs(placed["transactTime"] - time) < 60_000_000
    assert placed["orderListId"] == -1


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE"])
async def test_listen_keys_are_gone(exchange: Spoken, verb: str) -> None:
    """410 with a page, as since 2026-02-20."""
    told = await exchange.send(verb, "/api/v3/userDataStream", **{"X-MBX-APIKEY": "trader"})

    assert (told.status, told.headers["Content-Type"].partition(";")[0]) == (410, "text/html")


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/api/v3/nothing"),
        ("GET", "/api/v1/time"),
        ("POST", "/api/v3/time"),
        ("GET", "/sapi/v1/margin/account"),
    ],
)
async def test_what_does_not_exist_is_404(exchange: Spoken, verb: str, path: str) -> None:
    """Whatever it would have been: no answer is made up."""
    assert (await exchange.send(verb, path)).status == 404


async def test_a_body_that_is_too_large_or_never_ends_is_refused(tmp_path: Path) -> None:
    """413, and 408 once the time for it is over."""
    settings = ServeSettings(keys=KEYS, port=0, largest_body=100, request_within=0.2)
    async with spoken(tmp_path, settings) as exchange:
        large = await exchange.send("POST", ORDER_PATH, "a=" + "1" * 200)
        host, port = exchange.running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /api/v3/order HTTP/1.1\r\nHost: exchange\r\nContent-Length: 50\r\n\r\nsymbol")
        slow = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        await writer.wait_closed()

        assert (large.status, slow.split()[1]) == (413, b"408")
