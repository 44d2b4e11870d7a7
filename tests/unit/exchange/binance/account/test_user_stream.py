"""The account's events over real sockets: subscribing, order, losses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.fake_binance import NOW, FakeBinance, answer, fake_binance
from tradingbot.exchange.binance.account.user_stream import UserStreamSettings, user_events
from tradingbot.exchange.binance.wire.budget import Budget
from tradingbot.exchange.binance.wire.connection import ConnectionSettings
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.mailbox import Subscription
from tradingbot.exchange.errors import Banned, KeyRefused
from tradingbot.exchange.events import (
    AccountEvent,
    BalancesEvent,
    ListEvent,
    OrderEvent,
    StreamLost,
    StreamResumed,
    TransferEvent,
)
from tradingbot.exchange.orders import Balance, ExecutionType, OrderStatus, SelfTradePrevention

pytestmark = pytest.mark.anyio

HMAC = Credentials("key", "secret")


@pytest.fixture
async def exchange() -> AsyncIterator[FakeBinance]:
    """The other side; it accepts every subscription."""
    async with fake_binance() as fake:
        fake.reply = lambda request: {"id": request["id"], "status": 200, "result": {"subscriptionId": 0}}
        yield fake


def listen(exchange: FakeBinance, credentials: Credentials = HMAC, **options: Any) -> Subscription[AccountEvent]:
    """Ours, in a hurry."""
    settings = UserStreamSettings(connection=ConnectionSettings(first_pause=0.01, overlap=0.1))
    return user_events(exchange.endpoints, credentials, lambda: NOW, settings=settings, **options)


def frame(kind: str, **values: Any) -> str:
    """An event as the exchange frames it."""
    return msgspec.json.encode({"subscriptionId": 0, "event": {"e": kind, "E": NOW, **values}}).decode()


def report(execution_id: int, execution: str = "NEW", status: str = "NEW", **values: Any) -> str:
    """An executionReport of order 4 of BTCUSDT."""
    fields = {"s": "BTCUSDT", "c": "mine", "S": "BUY", "o": "LIMIT", "f": "GTC", "q": "1.00000000", "p": "0.10264410"}
    fields |= {"P": "0.00000000", "F": "0.00000000", "C": "", "x": execution, "X": status, "r": "NONE", "l": "0.0"}
    fields |= {"z": "0.00000000", "L": "0.00000000", "n": "0", "Z": "0.00000000", "Y": "0.00000000", "Q": "0.00000000"}
    numbers = {"g": -1, "i": 4, "N": None, "T": NOW, "t": -1, "I": execution_id, "w": True, "m": False, "M": False}
    return frame("executionReport", **{**fields, **numbers, "O": NOW - 5, "W": NOW - 4, "V": "EXPIRE_MAKER", **values})


def trade(execution_id: int, number: int, total: str, status: str = "PARTIALLY_FILLED") -> str:
    """A fill of 0.25."""
    fill = {"l": "0.25000000", "L": "0.10000000", "n": "0.00025000", "N": "BTC", "t": number, "z": total}
    return report(execution_id, "TRADE", status, **fill, Z="0.05000000", m=True)


async def read(events: Any, count: int) -> list[AccountEvent]:
    """The next events."""
    async with asyncio.timeout(5):
        return [await anext(events) for _ in range(count)]


async def told(exchange: FakeBinance, frames: list[str], count: int) -> list[AccountEvent]:
    """What a listener is told of these frames."""
    async with aclosing(listen(exchange)) as events:
        await events.started()
        for one in frames:
            await exchange.send(one)
        found = await read(events, count)
        await asyncio.sleep(0.05)
    with pytest.raises(StopAsyncIteration):
        await read(events, 1)
    return found


async def test_an_hmac_key_subscribes_with_one_signed_request(exchange: FakeBinance) -> None:
    """Parameters are sorted, signed as they stand, and nothing else is sent before the answer."""
    async with aclosing(listen(exchange)) as events:
        await events.started()

    payload = f"apiKey=key&timestamp={NOW}"
    params = {"apiKey": "key", "timestamp": NOW, "signature": HMAC.sign(payload)}
    assert exchange.requests == [{"id": 1, "method": "userDataStream.subscribe.signature", "params": params}]


async def test_an_ed25519_key_logs_on_first(exchange: FakeBinance) -> None:
    """session.logon, then userDataStream.subscribe."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    async with aclosing(listen(exchange, Credentials("key", pem))) as events:
        await events.started()

    assert [one["method"] for one in exchange.requests] == ["session.logon", "userDataStream.subscribe"]


async def test_a_fill_is_told_with_the_order_as_it_is(exchange: FakeBinance) -> None:
    """Exact numbers, the commission, and the order's state after the fill."""
    (event,) = await told(exchange, [trade(7, 70, "0.50000000")], 1)

    assert isinstance(event, OrderEvent)
    assert event.fill is not None
    assert (event.fill.trade_id, event.fill.price, event.fill.commission) == (70, Decimal("0.1"), Decimal("0.00025"))
    assert event.fill.is_maker
    assert event.report.status is OrderStatus.PARTIALLY_FILLED
    assert event.report.executed_quantity == Decimal("0.5")
    assert event.report.working_since == NOW - 4
    assert event.cancel_id is None


async def test_what_binance_has_added_since_is_passed_over(exchange: FakeBinance) -> None:
    """TRANSFER is DECREMENT for a single account; an unknown reason of expiry is none, and the event is told."""
    (event,) = await told(exchange, [report(8, "EXPIRED", "EXPIRED", V="TRANSFER", eR="A_NEW_REASON")], 1)

    assert isinstance(event, OrderEvent)
    assert event.report.self_trade_prevention is SelfTradePrevention.DECREMENT
    assert event.report.expiry_reason is None


async def test_a_cancel_names_the_order_and_the_cancel(exchange: FakeBinance) -> None:
    """The frame's `c` is the cancelling request's id, `C` the order's."""
    (event,) = await told(exchange, [report(8, "CANCELED", "CANCELED", c="the-cancel", C="mine")], 1)

    assert isinstance(event, OrderEvent)
    assert (event.report.client_order_id, event.cancel_id) == ("mine", "the-cancel")
    assert event.fill is None


async def test_duplicates_are_dropped(exchange: FakeBinance) -> None:
    """The same report, transfer and list twice are told once."""
    transfer = frame("balanceUpdate", a="BTC", d="-1.5", T=NOW)
    frames = [report(7), report(7), transfer, transfer, report(9, "CANCELED", "CANCELED")]
    found = await told(exchange, frames, 3)

    assert [type(one) for one in found] == [OrderEvent, TransferEvent, OrderEvent]


async def test_an_order_never_goes_backwards_and_no_fill_is_lost(exchange: FakeBinance) -> None:
    """A late fill is told with the newest state of its order; a late NEW says nothing any more."""
    filled = trade(9, 72, "0.75000000", "FILLED")
    found = await told(exchange, [filled, trade(8, 71, "0.50000000"), report(7)], 2)

    events = [one for one in found if isinstance(one, OrderEvent)]
    assert [one.fill.trade_id for one in events if one.fill] == [72, 71]
    assert {one.report.status for one in events} == {OrderStatus.FILLED}


async def test_balances_never_go_backwards(exchange: FakeBinance) -> None:
    """An older position of an asset is left out of what is told."""
    newer = frame("outboundAccountPosition", u=NOW, B=[{"a": "BTC", "f": "2.0", "l": "0.5"}])
    older = msgspec.json.decode(newer)
    older["event"] |= {"E": NOW - 1, "B": [{"a": "BTC", "f": "9", "l": "0"}, {"a": "BNB", "f": "1", "l": "0"}]}
    found = await told(exchange, [newer, msgspec.json.encode(older).decode()], 2)

    assert [one.balances for one in found if isinstance(one, BalancesEvent)] == [
        (Balance("BTC", Decimal("2.0"), Decimal("0.5")),),
        (Balance("BNB", Decimal(1), Decimal(0)),),
    ]


async def test_a_list_is_told_when_its_orders_are_known(exchange: FakeBinance) -> None:
    """A listStatus waits for the reports of its members, whichever comes first."""
    members = [{"s": "BTCUSDT", "i": number, "c": "x"} for number in (4, 5)]
    status = frame(
        "listStatus", s="BTCUSDT", g=2, c="OCO", l="EXEC_STARTED", L="EXECUTING", r="NONE", C="list", T=NOW, O=members
    )
    found = await told(exchange, [report(7, g=2), status, report(8, g=2, i=5)], 3)

    assert [type(one) for one in found] == [OrderEvent, OrderEvent, ListEvent]
    assert isinstance(found[2], ListEvent)
    assert [one.order_id for one in found[2].report.orders] == [4, 5]


async def test_a_list_is_done_when_its_orders_are(exchange: FakeBinance) -> None:
    """ALL_DONE before the last report is not told with an order that seems open."""
    members = [{"s": "BTCUSDT", "i": number, "c": "x"} for number in (4, 5)]
    status = {"s": "BTCUSDT", "g": 2, "c": "OCO", "l": "ALL_DONE", "L": "ALL_DONE", "r": "NONE", "C": "list"}
    done = frame("listStatus", **status, T=NOW, O=members)
    early = [report(7, g=2), report(8, "EXPIRED", "EXPIRED", g=2, i=5), done]
    found = await told(exchange, [*early, report(9, "TRADE", "FILLED", g=2, t=1)], 4)

    assert [type(one) for one in found] == [OrderEvent, OrderEvent, OrderEvent, ListEvent]
    assert isinstance(found[3], ListEvent)
    assert [one.status for one in found[3].report.orders] == [OrderStatus.FILLED, OrderStatus.EXPIRED]


async def test_what_self_trade_prevention_ended_is_named(exchange: FakeBinance) -> None:
    """The match by its id, and how much in all; no fill."""
    frames = [report(8, "TRADE_PREVENTION", "EXPIRED_IN_MATCH", v=3, A="1.00000000", B="1.00000000", U=9)]
    (event,) = await told(exchange, frames, 1)

    assert isinstance(event, OrderEvent)
    assert (event.report.prevented_match_id, event.report.prevented_quantity, event.fill) == (3, Decimal(1), None)


@pytest.mark.parametrize("kind", ["externalLockUpdate", "somethingNew"])
async def test_other_events_are_skipped(exchange: FakeBinance, kind: str) -> None:
    """What we do not use or do not know changes nothing."""
    found = await told(exchange, [frame(kind, a="BTC", d="1", T=NOW), report(7)], 1)

    assert isinstance(found[0], OrderEvent)


async def test_an_order_event_that_cannot_be_read_is_a_loss(exchange: FakeBinance) -> None:
    """A status that Binance adds tomorrow is told as a loss, so that the reader asks over REST."""
    found = await told(exchange, [report(7, status="HALF_DONE"), report(8)], 3)

    assert [type(one) for one in found] == [StreamLost, StreamResumed, OrderEvent]
    assert isinstance(found[0], StreamLost)
    assert "executionReport" in found[0].reason


@pytest.mark.parametrize("frame", [frame("eventStreamTerminated"), "no json", '{"event":[[[', "[" * 5_000])
async def test_an_ended_subscription_is_made_again(exchange: FakeBinance, frame: str) -> None:
    """Also after frames that nobody can read."""
    async with aclosing(listen(exchange)) as events:
        await events.started()
        await exchange.send(frame)
        await exchange.subscribed(2)
        await exchange.send(report(7))
        found = await read(events, 3)

    assert [type(one) for one in found] == [StreamLost, StreamResumed, OrderEvent]


async def test_a_shutdown_is_survived_without_a_loss(exchange: FakeBinance) -> None:
    """The new connection subscribes before the old one ends, and what both tell is told once."""
    async with aclosing(listen(exchange)) as events:
        await events.started()
        await exchange.send('{"event":{"e":"serverShutdown","E":1}}')
        await exchange.subscribed(2)
        for connection in exchange.connections:
            await connection.send_str(report(7))
        await exchange.send(report(8, "CANCELED", "CANCELED"))
        found = await read(events, 2)

    assert [one.execution for one in found if isinstance(one, OrderEvent)] == [
        ExecutionType.NEW,
        ExecutionType.CANCELED,
    ]


async def test_a_refused_key_is_raised_to_the_reader(exchange: FakeBinance) -> None:
    """No reconnecting mends it; `started` raises it too."""
    refusal = {"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}
    exchange.reply = lambda request: {"id": request["id"], "status": 401, "error": refusal}
    async with aclosing(listen(exchange)) as events:
        with pytest.raises(KeyRefused, match="this machine's address is on its list"):
            await events.started()
        with pytest.raises(KeyRefused):
            await read(events, 1)


async def test_a_refusal_of_nothing_does_not_end_the_stream(exchange: FakeBinance) -> None:
    """Without a request of ours it cannot be a fault of ours: the connection is made anew."""
    async with aclosing(listen(exchange)) as events:
        await events.started()
        await exchange.send('{"id":null,"status":400,"error":{"code":-1135,"msg":"Invalid JSON Request"}}')
        found = await read(events, 2)

    assert [type(one) for one in found] == [StreamLost, StreamResumed]


@pytest.mark.parametrize("where", ["handshake", "answer"])
async def test_a_ban_that_the_stream_meets_holds_for_all(exchange: FakeBinance, where: str) -> None:
    """Whatever else asks from this address waits too."""
    until = NOW + 3_600_000
    budget = Budget(lambda: NOW)
    if where == "handshake":
        exchange.refuse = [answer({}, 418, **{"Retry-After": "3600"})]
    error = {"code": -1003, "msg": "Way too much request weight used", "data": {"serverTime": NOW, "retryAfter": until}}
    exchange.reply = lambda request: {"id": request["id"], "status": 418, "error": error}
    async with aclosing(listen(exchange, budget=budget)) as events:
        (lost,) = await read(events, 1)
        with pytest.raises(Banned) as caught:
            await budget.spend(1, urgent=True)

    assert isinstance(lost, StreamLost)
    assert caught.value.retry_at == until


async def test_a_first_subscription_that_takes_long_is_a_loss(exchange: FakeBinance) -> None:
    """Told once, however it goes on, and over when events arrive."""
    settings = UserStreamSettings(patience=0.05, connection=ConnectionSettings(first_pause=0.01))
    answers: list[object] = []
    exchange.reply = lambda _: answers.pop() if answers else None
    async with aclosing(user_events(exchange.endpoints, HMAC, lambda: NOW, settings=settings)) as events:
        await events.settled()
        (lost,) = await read(events, 1)
        answers.append({"id": 1, "status": 200, "result": {}})
        await exchange.subscribed(1)
        await exchange.drop()
        (resumed,) = await read(events, 1)
        await exchange.send(report(7))
        (event,) = await read(events, 1)

    assert isinstance(lost, StreamLost)
    assert "longer than 0.05 s" in lost.reason
    assert isinstance(resumed, StreamResumed)
    assert isinstance(event, OrderEvent)


async def test_a_key_revoked_later_ends_the_stream(exchange: FakeBinance) -> None:
    """The exchange says so without being asked."""
    async with aclosing(listen(exchange)) as events:
        await events.started()
        await exchange.send('{"id":null,"status":401,"error":{"code":-2015,"msg":"Invalid API-key."}}')
        with pytest.raises(KeyRefused):
            await read(events, 1)


async def test_a_clock_that_is_off_is_set_and_tried_again(exchange: FakeBinance) -> None:
    """-1021 calls for the exchange's time; then the subscription is made."""
    refusal = {"code": -1021, "msg": "Timestamp for this request is outside of the recvWindow."}
    refusals = [{"status": 400, "error": refusal}]
    exchange.reply = lambda request: {"id": request["id"], "status": 200, **(refusals.pop() if refusals else {})}
    calls = []

    async def resync() -> None:
        calls.append(1)

    async with aclosing(listen(exchange, resync=resync)) as events:
        found = await read(events, 2)

    assert calls == [1]
    assert [type(one) for one in found] == [StreamLost, StreamResumed]
