"""Whatever is sent to the replay exchange, it answers or closes, and goes on: no defect, no hang, no money made."""

import asyncio
from decimal import Decimal
from typing import Any

import aiohttp
import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.garbage import JSON, Request, one_of, requests
from tests.support.hosted import TRADER, Hosted
from tests.support.wire import encoded, exchange_bytes, request, server_time, signed
from tradingbot.exchange.replay.operation import Security
from tradingbot.exchange.replay.transport.server import OPERATIONS

OFTEN = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
RARELY = settings(OFTEN, max_examples=40)
DEFECTS = (b"Traceback", b"Internal Server Error", b'"code":-1000')


def bad(answer: bytes) -> bool:
    """Whether an answer shows a defect of the server."""
    return answer.startswith(b"HTTP/1.1 5") or any(word in answer for word in DEFECTS)


HEAD = b"GET /api/v3/ping HTTP/1.1\r\nHost: x\r\n"
MALFORMED = {
    "nothing": b"",
    "half a line": b"GET /api/v3/pi",
    "half a head": HEAD + b"Accept",
    "no version": b"GET /api/v3/ping\r\n\r\n",
    "another version": b"GET /api/v3/ping HTTP/9.9\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a huge line": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n",
    "a huge header": HEAD + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": HEAD + b"".join(b"X-%d: 1\r\n" % n for n in range(20_000)) + b"\r\n",
    "null bytes": b"GET /api/v3/ping\x00 HTTP/1.1\r\nHost: \x00\r\n\r\n",
    "a negative length": b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "two lengths": b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "less body than said": b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nsymbol=BTC",
    "chunks that are none": b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "gzip that is none": (
        b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd"
    ),
    "a body that is no text": b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n\xff\xfe\x00\x80",
    "a query that is no text": b"GET /api/v3/depth?symbol=%ff%fe&\xff=\x80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "an upgrade that is none": HEAD + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    "an upgrade of the stream path": b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    "a stream path without an upgrade": b"GET /stream?streams=a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    "the admin routes with no JSON": (
        b"POST /replay/trade HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\n\xff{]"
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_malformed_request_is_refused_or_cut(exchange: Hosted, case: str) -> None:
    """The server answers 4xx or closes, and is there for the next."""
    answer = exchange_bytes(exchange.url, MALFORMED[case], patience=0.3)

    assert not bad(answer), answer[:300]
    assert answer == b"" or answer.startswith(b"HTTP/")
    assert server_time(exchange.url) > 0


def test_a_body_over_the_limit_is_refused_unread(exchange: Hosted) -> None:
    """With 413, before it has all come."""
    head = b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\nConnection: close\r\n\r\n"
    answer = exchange_bytes(exchange.url, head + b"a" * 200_000, patience=1.0)

    assert answer.startswith(b"HTTP/1.1 413")
    assert server_time(exchange.url) > 0


def test_a_client_that_never_finishes_is_let_go(exchange: Hosted) -> None:
    """Half a body is answered with 408 once its time is over; the server answers others meanwhile."""
    body = b"POST /api/v3/order HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\nConnection: close\r\n\r\nsymbol=BTC"
    answer = exchange_bytes(exchange.url, body, patience=2.0)

    assert answer.startswith(b"HTTP/1.1 408")
    assert server_time(exchange.url) > 0


@OFTEN
@given(payload=st.binary(max_size=2_000))
@example(payload=b"\r\n" * 1000)
def test_random_bytes_are_survived(exchange: Hosted, payload: bytes) -> None:
    """Whatever they are."""
    assert not bad(exchange_bytes(exchange.url, payload, patience=0.03))


@OFTEN
@given(asked=requests(), with_key=st.sampled_from([True, True, True, False]))
def test_random_parameters_never_meet_a_defect(exchange: Hosted, asked: Request, *, with_key: bool) -> None:
    """Every operation answers 200, or an error with code and message."""
    operation, params = asked
    headers = {"X-MBX-APIKEY": TRADER.api_key} if with_key and operation.security is not Security.NONE else {}
    query = signed({"timestamp": str(exchange.now), **params}, TRADER.secret) if headers else encoded(params)
    status, body = request(exchange.url, operation.verb, operation.path, query, headers)
    answer = msgspec.json.decode(body)

    assert status < 500, (operation.path, params, answer)
    assert status == 200 or {"code", "msg"} <= set(answer), answer


METHODS = st.sampled_from(sorted({one.ws for one in OPERATIONS if one.ws} | {"session.logon", "session.status"}))
CALLS = st.fixed_dictionaries(
    {"id": JSON, "method": METHODS | st.text(max_size=10)},
    optional={"params": requests().map(lambda asked: asked[1]) | JSON},
)
CONTROL = st.fixed_dictionaries(
    {
        "method": one_of("SUBSCRIBE UNSUBSCRIBE LIST_SUBSCRIPTIONS SET_PROPERTY GET_PROPERTY") | JSON,
        "params": JSON | st.lists(st.sampled_from(["btcusdt@trade", "btcusdt@depth5", "combined", "@", "!"])),
        "id": JSON,
    }
)
MESSAGES = st.binary(max_size=200).map(lambda raw: raw.decode(errors="replace")) | JSON.map(
    lambda value: msgspec.json.encode(value).decode()
)


def as_text(value: Any) -> str:
    """JSON."""
    return msgspec.json.encode(value).decode()


async def tell(url: str, messages: list[str]) -> list[Any]:
    """What a socket answers to these, one answer each; it may close instead."""
    answers: list[Any] = []
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        for message in messages:
            await socket.send_str(message)
            answer = await socket.receive(timeout=5.0)
            if answer.type is not aiohttp.WSMsgType.TEXT:
                return answers
            answers.append(msgspec.json.decode(answer.data))
    return answers


@RARELY
@given(messages=st.lists(MESSAGES | CALLS.map(as_text), min_size=1, max_size=20))
def test_random_calls_of_the_websocket_api_are_answered(exchange: Hosted, messages: list[str]) -> None:
    """Each with a status, and none with a defect."""
    answers = asyncio.run(tell(f"{exchange.url.replace('http', 'ws', 1)}/ws-api/v3", messages))

    assert len(answers) == len(messages)
    assert [one for one in answers if not 200 <= one["status"] < 500] == []


@RARELY
@given(messages=st.lists(MESSAGES | CONTROL.map(as_text), min_size=1, max_size=4))
def test_random_control_messages_are_answered(exchange: Hosted, messages: list[str]) -> None:
    """With a result, a code, or frames of what was asked for."""
    answers = asyncio.run(tell(f"{exchange.url.replace('http', 'ws', 1)}/stream", messages))

    assert all({"result", "code", "stream"} & set(one) for one in answers)
    assert len(answers) == len(messages)


@RARELY
@given(payload=st.binary(max_size=300))
def test_random_bytes_after_an_upgrade_are_survived(exchange: Hosted, payload: bytes) -> None:
    """Frames that are none end the connection."""
    upgrade = (
        b"GET /ws-api/v3 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    answer = exchange_bytes(exchange.url, upgrade + payload, patience=0.1)

    assert answer.startswith(b"HTTP/1.1 101")
    assert b"Traceback" not in answer


@pytest.fixture(autouse=True)
def _money_is_conserved(exchange: Hosted) -> Any:
    """After each test the exchange answers, and every balance is what the fills have made of it."""
    exchange.defects.clear()
    yield
    assert request(exchange.url, "GET", "/api/v3/ping") == (200, b"{}")
    assert exchange.defects == []
    assert exchange.totals() == exchange.earned()
    assert all(one.free >= 0 and one.locked >= 0 for one in exchange.call(exchange.exchange.balances))


def test_the_check_of_money_can_fail(exchange: Hosted) -> None:
    """A coin from nowhere is noticed."""
    before, now = exchange.totals(), exchange.now

    def give(change: Decimal) -> None:
        exchange.call(lambda: exchange.exchange.transfer("USDT", change, now))

    give(Decimal(1))

    assert exchange.totals() != exchange.earned()
    give(Decimal(-1))
    assert exchange.totals() == before
