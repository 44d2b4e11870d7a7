"""The WebSocket API: requests, sessions and the user stream."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.replay import BTC
from tests.support.spoken import ED25519, KEYS, ORDER, Socket, Spoken, spoken
from tradingbot.cli.clock import now_ms
from tradingbot.exchange.replay.gate.limits import LimitSettings
from tradingbot.exchange.replay.settings import ServeSettings

pytestmark = pytest.mark.anyio
TARGET = "/ws-api/v3"
SUBSCRIBE = "userDataStream.subscribe.signature"


@pytest.fixture
async def exchange(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Spoken]:
    """Two symbols, at a standstill."""
    async with spoken(tmp_path) as running:
        yield running


@pytest.fixture
async def socket(exchange: Spoken) -> AsyncIterator[Socket]:
    """A connection."""
    async with exchange.socket(TARGET) as opened:
        yield opened


async def log_on(socket: Socket, key: str = "modern") -> Any:
    """With an Ed25519 signature."""
    params = {"apiKey": key, "timestamp": now_ms()}
    payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
    signature = base64.b64encode(ED25519.sign(payload.encode())).decode()
    return await socket.ask("session.logon", {**params, "signature": signature})


async def test_an_answer_has_its_id_status_and_limits(socket: Socket) -> None:
    """Weights as over REST."""
    told = await socket.ask("depth", {"symbol": BTC, "limit": 5})

    assert (told["id"], told["status"]) == (1, 200)
    assert told["result"]["bids"]
    [limit] = told["rateLimits"]
    assert limit | {"count": 0} == {
        "rateLimitType": "REQUEST_WEIGHT",
        "interval": "MINUTE",
        "intervalNum": 1,
        "limit": 6_000,
        "count": 0,
    }


async def test_limits_can_be_left_out(exchange: Spoken, socket: Socket) -> None:
    """Of one answer, or of all of a connection."""
    async with exchange.socket(f"{TARGET}?returnRateLimits=false") as quiet:
        assert "rateLimits" not in await quiet.ask("ping")
        assert "rateLimits" in await quiet.ask("ping", {"returnRateLimits": True})
    assert "rateLimits" not in await socket.ask("ping", {"returnRateLimits": False})
    assert "rateLimits" in await socket.ask("ping")


@pytest.mark.parametrize("identity", [1, -(2**63), 2**63 - 1, "8e8f5b62-5bd8-4a5d-8c5a-9a4f3c1f0f0e", "", None])
async def test_ids_are_echoed_unchanged(socket: Socket, identity: Any) -> None:
    """Integers, strings and null."""
    assert (await socket.ask("ping", id=identity))["id"] == identity


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"id":1}',
        '{"id":1,"method":5}',
        '{"id":1,"method":"ping","params":[]}',
        '{"id":1.5,"method":"ping"}',
        '{"id":true,"method":"ping"}',
        '{"id":9223372036854775808,"method":"ping"}',
        '{"id":"' + "x" * 37 + '","method":"ping"}',
        "[" * 5_000,
    ],
)
async def test_what_is_no_request_is_refused(socket: Socket, text: str) -> None:
    """-1135 without an id; the connection goes on."""
    await socket.raw.send_str(text)
    told = await socket.told()

    assert (told["id"], told["status"], told["error"]["code"]) == (None, 400, -1135)
    assert (await socket.ask("ping"))["status"] == 200


async def test_an_unknown_method_is_refused(socket: Socket) -> None:
    """The old user stream among them."""
    for method in ("order.jump", "userDataStream.start"):
        told = await socket.ask(method, {"apiKey": "trader"})
        assert (told["status"], told["error"]["code"]) == (400, -1020)


@pytest.mark.parametrize("method", ["order.place", "v3/order.place"])
async def test_an_order_is_placed(socket: Socket, method: str) -> None:
    """Signed over its sorted parameters, numbers as they were written; counts of orders come with the answer."""
    numbers: dict[str, Any] = {"quantity": 0.01, "price": 40000}
    told = await socket.signed(method, **(ORDER | numbers))

    assert (told["status"], told["result"]["status"]) == (200, "NEW"), told
    assert [(one["rateLimitType"], one["count"]) for one in told["rateLimits"][:2]] == [("ORDERS", 1), ("ORDERS", 1)]


async def test_a_replacement_comes_with_the_counts_of_orders(socket: Socket) -> None:
    """Two of the day's, the replaced one and itself."""
    placed = (await socket.signed("order.place", **ORDER))["result"]
    which = {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": placed["orderId"]}
    told = await socket.signed("order.cancelReplace", **(ORDER | which))

    assert told["status"] == 200, told
    assert [(one["rateLimitType"], one["count"]) for one in told["rateLimits"][1:]][:1] == [("ORDERS", 2)]


@pytest.mark.parametrize(
    ("key", "changes", "status", "code"),
    [
        ("trader", {"price": "0.001"}, 400, -1013),
        ("trader", {"unheard": "1"}, 400, -1104),
        ("reader", {}, 401, -2015),
        ("nobody", {}, 401, -2015),
        ("no key!", {}, 401, -2014),
        ("trader", {"timestamp": 1}, 400, -1021),
    ],
)
async def test_a_refusal_has_the_status_of_rest(
    socket: Socket, key: str, changes: dict[str, Any], status: int, code: int
) -> None:
    """And its code."""
    told = await socket.signed("order.place", key, **{**ORDER, **changes})

    assert (told["status"], told["error"]["code"], "result" in told) == (status, code, False)


async def test_a_wrong_signature_is_refused(socket: Socket) -> None:
    """And a missing one."""
    wrong = {"apiKey": "trader", "timestamp": now_ms(), "signature": "0" * 64}
    codes = [
        (await socket.ask("account.status", params))["error"]["code"]
        for params in (wrong, {name: value for name, value in wrong.items() if name != "signature"})
    ]

    assert codes == [-1022, -1102]


async def test_too_much_says_when_to_come_back(tmp_path: Path) -> None:
    """As a moment, beside the server's own."""
    async with spoken(tmp_path, ServeSettings(keys=KEYS, port=0, limits=LimitSettings(weight=2))) as exchange:
        async with exchange.socket(TARGET) as socket:
            for _ in range(4):
                told = await socket.ask("ping")

        assert (told["status"], told["error"]["code"]) == (429, -1003)
        data = told["error"]["data"]
        assert 0 < data["retryAfter"] - data["serverTime"] <= 60_000


async def test_a_session_logs_on_with_ed25519_only(socket: Socket) -> None:
    """HMAC is refused, of the same key too."""
    for key in ("trader", "modern"):
        refused = await socket.signed("session.logon", key)
        assert (refused["status"], refused["error"]["code"]) == (400, -1022)
    told = (await log_on(socket))["result"]

    assert (told["apiKey"], told["userDataStream"], told["returnRateLimits"]) == ("modern", False, True)
    assert told["connectedSince"] <= told["authorizedSince"] <= told["serverTime"]


async def test_a_session_needs_no_signature_but_the_time(socket: Socket) -> None:
    """Until it logs out; an explicit key goes before the session's."""
    await log_on(socket)
    timeless = await socket.ask("account.status")
    timely = await socket.ask("account.status", {"timestamp": now_ms()})
    other = await socket.signed("order.place", "reader", **ORDER)
    status = (await socket.ask("session.status"))["result"]
    out = (await socket.ask("session.logout"))["result"]
    after = await socket.ask("account.status", {"timestamp": now_ms()})

    assert (timeless["error"]["code"], timely["status"], other["error"]["code"]) == (-1102, 200, -2015)
    assert (status["apiKey"], out["apiKey"], out["authorizedSince"]) == ("modern", None, None)
    assert after["error"]["code"] == -2014


async def placed(exchange: Spoken, socket: Socket) -> list[Any]:
    """What is told of an order that somebody places."""
    assert (await exchange.order()).status == 200
    return [await socket.told(), await socket.told()]


async def test_the_user_stream_by_signature(exchange: Spoken, socket: Socket) -> None:
    """The answer comes first, then events under the number of the subscription."""
    begun = await socket.signed(SUBSCRIBE)
    told = await placed(exchange, socket)

    assert begun["result"] == {"subscriptionId": 0}
    assert [(one["subscriptionId"], one["event"]["e"]) for one in told] == [
        (0, "executionReport"),
        (0, "outboundAccountPosition"),
    ]
    assert told[0]["event"]["x"] == "NEW"


async def test_the_user_stream_by_logon(exchange: Spoken, socket: Socket) -> None:
    """Ends with the logout; refused before the logon."""
    early = await socket.ask("userDataStream.subscribe")
    await log_on(socket)
    begun = await socket.ask("userDataStream.subscribe")
    told = await placed(exchange, socket)
    out = await socket.ask("session.logout")
    last = await socket.told()

    assert (last["subscriptionId"], last["event"]["e"]) == (0, "eventStreamTerminated")
    assert (early["status"], begun["result"], told[0]["event"]["e"]) == (401, {"subscriptionId": 0}, "executionReport")
    assert out["result"]["userDataStream"] is False
    assert exchange.running.world.users.count == 0


async def test_a_logout_leaves_a_signed_subscription_alone(exchange: Spoken, socket: Socket) -> None:
    """It was not the session's."""
    await log_on(socket)
    await socket.signed(SUBSCRIBE)
    await socket.ask("session.logout")

    assert (await placed(exchange, socket))[0]["event"]["e"] == "executionReport"


async def test_one_subscription_at_a_time(socket: Socket) -> None:
    """A second is refused, until the first is ended, which is told; the next has a new number."""
    await socket.signed(SUBSCRIBE)
    second = await socket.signed(SUBSCRIBE)
    listed = await socket.ask("session.subscriptions")
    other = await socket.ask("userDataStream.unsubscribe", {"subscriptionId": 5})
    ended = await socket.ask("userDataStream.unsubscribe")
    assert (await socket.told())["event"]["e"] == "eventStreamTerminated"
    again = await socket.ask("userDataStream.unsubscribe")
    third = await socket.signed(SUBSCRIBE)

    assert [one["error"]["code"] for one in (second, other, again)] == [-2035, -2036, -2036]
    assert (listed["result"], ended["result"]) == ([{"subscriptionId": 0}], {})
    assert third["result"] == {"subscriptionId": 1}


async def test_times_are_in_microseconds_where_the_address_says_so(exchange: Spoken) -> None:
    """Of answers and events."""
    async with exchange.socket(f"{TARGET}?timeUnit=MICROSECOND") as socket:
        await socket.signed(SUBSCRIBE)
        time = (await socket.ask("time"))["result"]["serverTime"]
        event = (await placed(exchange, socket))[0]["event"]

    assert abs(time - now_ms() * 1_000) < 60_000_000
    assert all(abs(event[name] - time) < 60_000_000 for name in ("E", "T", "O", "W"))
    assert event["i"] == 1


@pytest.mark.parametrize(("fault", "status"), [("unknown", 504), ("server_error", 503), ("ban", 418)])
async def test_faults_reach_orders_of_the_websocket_api(
    exchange: Spoken, socket: Socket, fault: str, status: int
) -> None:
    """By the name of the method."""
    await exchange.fault(fault, "order.place")
    told = await socket.signed("order.place", **ORDER)

    assert (told["status"], told["error"]["code"] < 0) == (status, True)
    assert (await socket.signed("order.place", **ORDER))["status"] == 200


async def test_a_cut_connection_has_executed(exchange: Spoken, socket: Socket) -> None:
    """The order is there, the answer never comes."""
    await exchange.fault("disconnect", "order.place")
    with pytest.raises(AssertionError):
        await socket.signed("order.place", **ORDER)

    assert len((await exchange.ask("GET", "/api/v3/openOrders")).body) == 1
