"""Requests over real sockets: signed, bounded, asked again only where that is harmless."""

import asyncio
import base64
import hmac
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from tests.support.binance_stub import KEY, NOW, PRIVATE, opened, order_answer, pem, set_scene, venue_at
from tests.support.stub_exchange import hang_up, stub_exchange
from tradingbot.exchange.binance.wire import calls
from tradingbot.exchange.binance.wire.clock import ROUNDS
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.rest import URGENT_AT_ONCE, Call
from tradingbot.exchange.binance.wire.transport import MOST_BYTES
from tradingbot.exchange.errors import (
    BadRequest,
    Banned,
    ClockOff,
    ContractChanged,
    ExchangeError,
    FilterRefused,
    KeyRefused,
    OrderRefused,
    ProtocolBroken,
    RateLimited,
    SignatureRefused,
    StatusUnknown,
    TooManyOrders,
    Unavailable,
    UnknownSymbol,
)
from tradingbot.exchange.orders import NewOrder, OrderType, Side

pytestmark = pytest.mark.anyio
ORDER, ACCOUNT, OPEN_ORDERS = "POST /api/v3/order", "GET /api/v3/account", "GET /api/v3/openOrders"
TIME = "GET /api/v3/time"
NEW = NewOrder(symbol="\uff11\uff12\uff13", side=Side.BUY, type=OrderType.MARKET, client_order_id="mine")


async def late(request: web.Request) -> web.StreamResponse:
    """Answer after the caller has given up."""
    await asyncio.sleep(1.0)
    return web.Response()


def refusal(code: int, msg: str) -> dict[str, Any]:
    """An error body."""
    return {"code": code, "msg": msg}


async def test_a_request_is_signed_over_exactly_what_is_sent() -> None:
    """The payload is percent-encoded UTF-8, the key is in its header, the timestamp is the exchange's."""
    async with opened() as (venue, stub):
        stub.answer(ORDER, order_answer())
        await venue.place(NEW)
        [asked] = stub.of(ORDER)

    payload, signature = asked.body.split("&signature=")
    assert "symbol=%EF%BC%91%EF%BC%92%EF%BC%93&" in payload
    assert signature == hmac.new(KEY.secret.encode(), payload.encode(), "sha256").hexdigest()
    assert asked.headers["X-MBX-APIKEY"] == KEY.api_key
    assert dict(parse_qsl(payload)).items() >= {"timestamp": str(NOW), "recvWindow": "5000"}.items()


async def test_an_ed25519_key_signs_a_query() -> None:
    """In base64, percent-encoded, verified by the public key."""
    async with stub_exchange() as stub:
        set_scene(stub)
        venue = venue_at(stub, Credentials("key", pem(PRIVATE)))
        await venue.open()
        await venue.close()
        asked = stub.of(ACCOUNT)[0]

    payload, _ = asked.query.split("&signature=")
    signature = dict(parse_qsl(asked.query))["signature"]
    PRIVATE.public_key().verify(base64.b64decode(signature), payload.encode())


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, refusal(-1013, "Filter failure: LOT_SIZE"), FilterRefused),
        (400, refusal(-1111, "Parameter 'price' has too much precision."), BadRequest),
        (400, refusal(-1121, "Invalid symbol."), UnknownSymbol),
        (400, refusal(-2010, "Account has insufficient balance for requested action."), OrderRefused),
        (400, refusal(-1022, "Signature for this request is not valid."), SignatureRefused),
        (401, refusal(-2015, "Invalid API-key, IP, or permissions for action."), KeyRefused),
        (429, refusal(-1015, "Too many new orders; current limit is 100 orders per 10 SECOND."), TooManyOrders),
        (429, refusal(-1003, "Too much request weight used."), RateLimited),
        (418, refusal(-1003, "Way too much request weight used; IP banned until 1790000120000."), Banned),
        (418, "<html>go away</html>", Banned),
        (403, "<html>firewall</html>", BadRequest),
        (410, "<html>gone</html>", ContractChanged),
        (408, refusal(-1007, "Timeout waiting for response from backend server."), StatusUnknown),
        (408, "<html>gateway</html>", StatusUnknown),
        (503, refusal(-1008, "Server is currently overloaded."), StatusUnknown),
        (500, "<html>oops</html>", StatusUnknown),
        (504, "", StatusUnknown),
        (302, "", StatusUnknown),
        (200, "{broken", StatusUnknown),
        (200, "[" * 100_000, StatusUnknown),
        (200, b"\xff".decode("latin-1"), StatusUnknown),
        (200, order_answer(price=50000.0), StatusUnknown),
        (200, order_answer(price="NaN"), StatusUnknown),
        (200, order_answer(orderId="28"), StatusUnknown),
        (200, order_answer(status="SOMETHING"), StatusUnknown),
        (200, {"symbol": "BTCUSDT"}, StatusUnknown),
        (200, "x" * (MOST_BYTES + 1), StatusUnknown),
    ],
)
async def test_an_order_is_sent_once_whatever_is_answered(status: int, body: Any, kind: type[ExchangeError]) -> None:
    """Each answer is a typed error; where the order may have been executed, the error says to ask first."""
    async with opened() as (venue, stub):
        stub.answer(ORDER, body, status=status)
        with pytest.raises(ExchangeError) as caught:
            await venue.place(NEW)

        assert type(caught.value) is kind
        assert len(stub.of(ORDER)) == 1


@pytest.mark.parametrize("verb", ["POST", "DELETE"])
async def test_a_lost_answer_leaves_the_outcome_unknown(verb: str) -> None:
    """Over a connection that was used before, too, where the HTTP library would send DELETE again by itself."""
    async with opened() as (venue, stub):
        await venue.balances()
        stub.ready[f"{verb} /api/v3/order"].append(hang_up)
        with pytest.raises(StatusUnknown):
            await (venue.place(NEW) if verb == "POST" else venue.cancel("BTCUSDT", "mine"))

        assert len(stub.of(f"{verb} /api/v3/order")) == 1


async def test_an_order_that_is_not_answered_in_time_is_unknown() -> None:
    """And is not sent again."""
    async with opened() as (venue, stub):
        stub.ready[ORDER].append(late)
        with pytest.raises(StatusUnknown, match=r"^Placing an order: no answer in time from 127.0.0.1\. It may"):
            await venue.place(NEW)

        assert len(stub.of(ORDER)) == 1


async def test_an_order_that_could_not_be_sent_changed_nothing() -> None:
    """Where no connection comes about, the order may be sent again after waiting."""
    async with stub_exchange() as stub:
        set_scene(stub)
        venue = venue_at(stub)
        await venue.open()
    await asyncio.sleep(0.05)  # the end of the kept connection arrives
    with pytest.raises(Unavailable, match=r"no connection to 127\.0\.0\.1"):
        await venue.place(NEW)
    await venue.close()


@pytest.mark.parametrize("trouble", [hang_up, late])
async def test_a_question_is_asked_again(trouble: Any) -> None:
    """A lost connection, a 502 and a 503 do not end it."""
    async with opened() as (venue, stub):
        stub.ready[ACCOUNT].append(trouble)
        stub.answer(ACCOUNT, "<html>bad gateway</html>", status=502)
        stub.answer(ACCOUNT, refusal(-1008, "Server is currently overloaded."), status=503)

        assert len(await venue.balances()) == 1
        assert len(stub.of(ACCOUNT)) == 4


async def test_a_question_is_asked_a_bounded_number_of_times() -> None:
    """Four, then it is Unavailable."""
    async with opened() as (venue, stub):
        for _ in range(9):
            stub.answer(ACCOUNT, "", status=500)
        with pytest.raises(Unavailable):
            await venue.balances()

        assert len(stub.of(ACCOUNT)) == 4


@pytest.mark.parametrize(
    "body", ["{broken", {"canTrade": True}, {"canTrade": 1, "balances": []}, "x" * (MOST_BYTES + 1)]
)
async def test_a_question_answered_with_nonsense_is_not_asked_again(body: Any) -> None:
    """Nothing is taken from such an answer."""
    async with opened() as (venue, stub):
        stub.answer(ACCOUNT, body)
        with pytest.raises(ProtocolBroken):
            await venue.balances()

        assert len(stub.of(ACCOUNT)) == 1


async def test_a_clock_refusal_is_mended_once() -> None:
    """Even for an order: nothing was executed. The clock is read anew and the timestamp follows it."""
    async with opened() as (venue, stub):
        stub.answer(ORDER, refusal(-1021, "Timestamp for this request is outside of the recvWindow."), status=400)
        stub.always("GET /api/v3/time", {"serverTime": NOW + 7_000})
        stub.answer(ORDER, order_answer())
        await venue.place(NEW)

        stamps = [dict(parse_qsl(one.body))["timestamp"] for one in stub.of(ORDER)]
    assert stamps == [str(NOW), str(NOW + 7_000)]


async def test_a_clock_that_cannot_be_mended_is_told() -> None:
    """After one more attempt."""
    async with opened() as (venue, stub):
        for _ in range(3):
            stub.answer(ORDER, refusal(-1021, "Timestamp for this request is outside of the recvWindow."), status=400)
        with pytest.raises(ClockOff):
            await venue.place(NEW)

        assert len(stub.of(ORDER)) == 2


async def test_no_request_leaves_during_a_ban() -> None:
    """The moment it ends is the later of the header's and the text's."""
    async with opened() as (venue, stub):
        text = f"Way too much request weight used; IP banned until {NOW + 300_000}. Please use WebSocket Streams."
        stub.answer(ACCOUNT, refusal(-1003, text), status=418, headers={"Retry-After": "240"})
        for call in (venue.balances(), venue.place(NEW), venue.cancel_all("BTCUSDT"), venue.server_time()):
            with pytest.raises(Banned) as caught:
                await call
            assert caught.value.retry_at == NOW + 300_000

        assert len(stub.asked) == 1


async def test_the_weight_that_others_used_is_heeded() -> None:
    """An answer that tells of 5,900 of 6,000 stops an order before it leaves; NOW is 20 s into a minute."""
    async with opened() as (venue, stub):
        stub.answer(OPEN_ORDERS, [], headers={"X-MBX-USED-WEIGHT-1M": "5900"})
        await venue.open_orders("BTCUSDT")
        with pytest.raises(RateLimited, match="Not sent") as caught:
            await venue.place(NEW)

        assert caught.value.retry_at == NOW + 40_500
        assert stub.of(ORDER) == []


async def test_a_redirect_does_not_carry_the_key_away() -> None:
    """It is not followed."""
    async with opened() as (venue, stub), stub_exchange() as elsewhere:
        stub.answer(ACCOUNT, "", status=307, headers={"Location": f"{elsewhere.url}/api/v3/account"})
        with pytest.raises(ProtocolBroken):
            await venue.balances()

        assert elsewhere.asked == []


async def test_no_error_shows_key_or_signature() -> None:
    """Nor does what it was raised from."""
    async with opened() as (venue, stub):
        for trouble in (hang_up, late):
            stub.ready[ORDER].append(trouble)
            with pytest.raises(StatusUnknown) as caught:
                await venue.place(NEW)
            shown = f"{caught.value!r} {caught.value.__cause__!r}"
            assert not any(secret in shown for secret in ("signature", KEY.api_key, KEY.secret))


@pytest.mark.parametrize(("status", "words"), [(403, "firewall"), (451, "does not serve the place")])
async def test_a_refusal_without_words_is_explained(status: int, words: str) -> None:
    """By what these statuses mean at this exchange."""
    async with opened() as (venue, stub):
        stub.answer(ACCOUNT, "<html>no</html>", status=status)
        with pytest.raises(BadRequest, match=words):
            await venue.balances()


async def test_a_closed_venue_says_so() -> None:
    """Closing twice is harmless; asking afterwards is Unavailable."""
    async with opened() as (venue, stub):
        await venue.close()
        await venue.close()
        with pytest.raises(Unavailable, match="closed"):
            await venue.place(NEW)
        with pytest.raises(Unavailable, match="closed"):
            venue.events()

        assert stub.asked == []


async def test_orders_do_not_wait_behind_slow_questions() -> None:
    """Six questions that hang leave the way free for an order."""
    async with opened() as (venue, stub):
        stub.ready[ACCOUNT].extend([late] * 6)
        stub.answer(ORDER, order_answer())
        questions = [asyncio.create_task(venue.balances()) for _ in range(8)]
        await asyncio.sleep(0.05)

        async with asyncio.timeout(0.3):
            await venue.place(NEW)
        await asyncio.gather(*questions)


async def test_many_orders_at_once_do_not_wait_for_each_other() -> None:
    """Sixteen that hang are as many as there may be; the next is not sent late but told to be tried again."""
    async with opened(patience=0.05) as (venue, stub):
        stub.ready[ORDER].extend([late] * URGENT_AT_ONCE)
        hanging = [asyncio.create_task(venue.place(NEW)) for _ in range(URGENT_AT_ONCE)]
        await asyncio.sleep(0.05)
        with pytest.raises(Unavailable, match="not sent, as 16 other"):
            await venue.cancel("BTCUSDT", "mine")
        results = await asyncio.gather(*hanging, return_exceptions=True)

        assert {type(one) for one in results} == {StatusUnknown}
        assert len(stub.of(ORDER)) == URGENT_AT_ONCE


async def test_orders_refused_together_read_the_clock_once() -> None:
    """Ten timestamps refused at once are five questions about the time, not fifty."""
    async with opened() as (venue, stub):
        for _ in range(10):
            stub.answer(ORDER, refusal(-1021, "Timestamp for this request is outside of the recvWindow."), status=400)
        for _ in range(10):
            stub.answer(ORDER, order_answer())
        await asyncio.gather(*(venue.place(NEW) for _ in range(10)))

        assert len(stub.of(TIME)) == ROUNDS
        assert len(stub.of(ORDER)) == 20


async def test_an_order_does_not_wait_long_for_a_clock() -> None:
    """Where the exchange's time cannot be read, the order ends as the refusal that it met: nothing was executed."""
    async with opened(patience=0.05) as (venue, stub):
        stub.answer(ORDER, refusal(-1021, "Timestamp for this request is outside of the recvWindow."), status=400)
        stub.standing[TIME] = late
        with pytest.raises(ClockOff):
            async with asyncio.timeout(0.4):
                await venue.place(NEW)

        assert len(stub.of(ORDER)) == 1


async def test_the_time_itself_refused_for_its_timestamp_ends() -> None:
    """It has none, so no clock is set for it, which would wait for itself."""
    async with opened() as (venue, stub):
        stub.answer(TIME, refusal(-1021, "Timestamp for this request is outside of the recvWindow."), status=400)
        with pytest.raises(ClockOff):
            async with asyncio.timeout(0.4):
                await venue.server_time()


async def test_questions_do_not_wait_for_a_clock_that_is_renewed() -> None:
    """One of them reads it; the others go by the reading before."""
    async with opened() as (venue, stub):
        assert venue.clock.reading is not None
        venue.clock.now = lambda: NOW - 1  # set back a little: stale
        stub.standing[TIME] = late
        renewing = asyncio.create_task(venue.balances())
        await asyncio.sleep(0.05)
        async with asyncio.timeout(0.3):
            await venue.balances()
        renewing.cancel()


async def test_closed_while_it_opens() -> None:
    """Nothing is left open that nobody would close."""
    async with stub_exchange() as stub:
        set_scene(stub)
        venue = venue_at(stub)
        opening = asyncio.create_task(venue.open())
        await asyncio.sleep(0)
        await venue.close()
        with pytest.raises(Unavailable, match="Closed before"):
            await opening

        assert stub.asked == []


async def test_a_late_clock_does_not_wait_behind_slow_questions() -> None:
    """An order whose timestamp was refused reads the clock beside six questions that hang."""
    async with opened() as (venue, stub):
        stub.ready[ACCOUNT].extend([late] * 6)
        stub.answer(ORDER, refusal(-1021, "Timestamp for this request is outside of the recvWindow."), status=400)
        stub.answer(ORDER, order_answer())
        questions = [asyncio.create_task(venue.balances()) for _ in range(8)]
        await asyncio.sleep(0.05)

        async with asyncio.timeout(0.3):
            await venue.place(NEW)
        await asyncio.gather(*questions)


async def test_every_endpoint_is_known_to_ccxt() -> None:
    """By the name that it is called by; what is no GET changes something, and is urgent, as is what became of it."""
    verbs = []

    async def note(url: str, method: str, headers: Any, body: Any) -> None:
        verbs.append(method)

    client = import_module("ccxt.async_support").binance({"apiKey": "k", "secret": "s", "enableRateLimit": False})
    client.fetch = note
    used = [one for one in vars(calls).values() if isinstance(one, Call)]
    for call in used:
        await getattr(client, call.name)({})

    assert [call.changes for call in used] == [verb != "GET" for verb in verbs]
    assert [call.urgent for call in used] == [call.changes or call in (calls.ORDER, calls.ORDER_LIST) for call in used]


async def test_connections_are_kept() -> None:
    """Ten questions one after another come over one connection."""
    peers = set()

    async def note(got: web.Request) -> web.StreamResponse:
        assert got.transport is not None
        peers.add(got.transport.get_extra_info("peername"))
        return web.json_response([])

    async with opened() as (venue, stub):
        stub.standing[OPEN_ORDERS] = note
        for _ in range(10):
            await venue.open_orders("BTCUSDT")

    assert len(peers) == 1
