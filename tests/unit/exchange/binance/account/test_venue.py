"""The Binance venue: answers in our words, and keys that may not be used."""

import asyncio
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from tests.support.binance_stub import NOW, RATES, list_answer, opened, order_answer, set_scene, venue_at
from tests.support.stub_exchange import stub_exchange
from tradingbot.exchange.errors import (
    CancelRefused,
    ClockOff,
    FilterRefused,
    KeyRefused,
    OrderNotFound,
    ProtocolBroken,
    StatusUnknown,
    UnknownSymbol,
)
from tradingbot.exchange.events import StreamLost
from tradingbot.exchange.orders import (
    Balance,
    Contingency,
    ExpiryReason,
    Fill,
    ListStatus,
    NewOco,
    NewOrder,
    OrderStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)

pytestmark = pytest.mark.anyio
ORDER = NewOrder(
    symbol="BTCUSDT",
    side=Side.BUY,
    type=OrderType.LIMIT,
    client_order_id="mine",
    quantity=Decimal(1),
    price=Decimal(50_000),
    time_in_force=TimeInForce.GTC,
)
RESTRICTIONS = "GET /sapi/v1/account/apiRestrictions"
ROW = {"symbol": "BTCUSDT", "status": "TRADING", "baseAsset": "BTC", "quoteAsset": "USDT", "orderTypes": ["LIMIT"]}
LIMITS = [{"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 7777}]


def restrictions(**changes: bool) -> dict[str, bool]:
    """What a safe key may do, and what differs."""
    safe = {"ipRestrict": True, "enableWithdrawals": False, "enableSpotAndMarginTrading": True}
    return safe | changes


@pytest.mark.parametrize(
    ("allowed", "remedy"),
    [
        (restrictions(enableWithdrawals=True), "Switch `Enable Withdrawals` off"),
        (restrictions(enableSpotAndMarginTrading=False), "Switch `Enable Spot & Margin Trading` on"),
    ],
)
async def test_a_key_that_may_do_too_much_or_too_little_is_refused(allowed: dict[str, bool], remedy: str) -> None:
    """Opening ends with the remedy, and nothing stays open."""
    async with stub_exchange() as stub:
        set_scene(stub)
        stub.always(RESTRICTIONS, allowed)
        with pytest.raises(KeyRefused, match=remedy):
            await venue_at(stub).open()


async def test_an_account_that_may_not_trade_is_refused() -> None:
    """Whatever its key may do."""
    async with stub_exchange() as stub:
        set_scene(stub)
        stub.always("GET /api/v3/account", {"canTrade": False, "balances": []})
        with pytest.raises(KeyRefused, match="may not trade"):
            await venue_at(stub).open()


@pytest.mark.parametrize("code", [-2014, -2015, -2008])
async def test_a_key_the_exchange_does_not_take_is_refused(code: int) -> None:
    """Wrong, deleted, expired, or used from another address: the exchange does not say which."""
    async with stub_exchange() as stub:
        set_scene(stub)
        text = "Invalid API-key, IP, or permissions for action."
        stub.answer("GET /api/v3/account", {"code": code, "msg": text}, status=401)
        with pytest.raises(KeyRefused, match="this machine's address is on its list"):
            await venue_at(stub).open()


async def test_a_simulated_exchange_need_not_know_of_withdrawals() -> None:
    """Then it is unknown; that the account may withdraw says nothing about the key."""
    async with opened() as (venue, stub):
        del stub.standing[RESTRICTIONS]
        found = await venue.permissions()

    assert (found.can_trade, found.can_withdraw, found.is_bound_to_addresses) == (True, None, None)


async def test_provenance_is_that_of_the_address() -> None:
    """A stub is a replay."""
    async with opened() as (venue, _):
        assert (venue.data, venue.execution) == ("replay", "simulated")


async def test_a_replay_of_generated_candles_is_synthetic() -> None:
    """It says so when asked, and its fills are simulated all the same."""
    async with stub_exchange() as stub:
        set_scene(stub)
        stub.always("GET /replay/status", {"candles": "synthetic"})
        venue = venue_at(stub)
        await venue.open()
        await venue.close()

    assert (venue.data, venue.execution) == ("synthetic", "simulated")


async def test_a_placed_order_is_reported_with_its_fills() -> None:
    """An immediate fill took; the time of creation is not stated."""
    fill = {"price": "49999.5", "qty": "0.4", "commission": "0.0004", "commissionAsset": "BTC", "tradeId": 5}
    changes = {"executedQty": "0.4", "cummulativeQuoteQty": "19999.8", "status": "PARTIALLY_FILLED", "fills": [fill]}
    async with opened() as (venue, stub):
        stub.answer("POST /api/v3/order", order_answer(**changes, newField={"unknown": 1}))
        report = await venue.place(ORDER)

    assert (report.order_id, report.status, report.remaining) == (28, OrderStatus.PARTIALLY_FILLED, Decimal("0.6"))
    assert (report.created_at, report.updated_at, report.working_since) == (None, NOW, NOW)
    assert report.fills == (
        Fill(
            symbol="BTCUSDT",
            trade_id=5,
            order_id=28,
            side=Side.BUY,
            price=Decimal("49999.5"),
            quantity=Decimal("0.4"),
            commission=Decimal("0.0004"),
            commission_asset="BTC",
            time=NOW,
            is_maker=False,
        ),
    )


async def test_an_order_that_is_asked_for() -> None:
    """With everything that is only sometimes there."""
    answer = order_answer(
        time=NOW - 9,
        updateTime=NOW - 5,
        stopPrice="40000",
        trailingDelta=100,
        trailingTime=-1,
        workingTime=-1,
        strategyId=3,
        strategyType=1_000_000,
        preventedQuantity="0.2",
        preventedMatchId=4,
        selfTradePreventionMode="TRANSFER",
        status="EXPIRED",
        expiryReason="OCO_TRIGGER",
    )
    del answer["transactTime"], answer["fills"]
    async with opened() as (venue, stub):
        stub.answer("GET /api/v3/order", answer)
        report = await venue.order("BTCUSDT", "mine")
        query = dict(parse_qsl(stub.asked[0].query))

    assert query.items() >= {"symbol": "BTCUSDT", "origClientOrderId": "mine"}.items()
    assert (report.created_at, report.updated_at, report.working_since) == (NOW - 9, NOW - 5, None)
    assert (report.trailing_delta, report.trailing_since, report.strategy_id) == (100, None, 3)
    assert (report.expiry_reason, report.prevented_quantity) == (ExpiryReason.OCO_TRIGGER, Decimal("0.2"))
    assert (report.self_trade_prevention, report.prevented_match_id) == (SelfTradePrevention.DECREMENT, 4)


async def test_a_reason_we_do_not_know_is_passed_over() -> None:
    """The status says what matters."""
    async with opened() as (venue, stub):
        stub.answer("GET /api/v3/order", order_answer(status="EXPIRED", expiryReason="NEW_RULE"))
        report = await venue.order("BTCUSDT", "mine")

    assert (report.status, report.expiry_reason) == (OrderStatus.EXPIRED, None)


@pytest.mark.parametrize("change", [{"transactTime": None}, {"selfTradePreventionMode": "WHATEVER"}, {"side": "HOLD"}])
async def test_an_order_that_makes_no_sense_is_not_taken(change: dict[str, Any]) -> None:
    """No time at all, an undocumented mode, no side."""
    async with opened() as (venue, stub):
        stub.answer("GET /api/v3/order", order_answer(**change))
        with pytest.raises(ProtocolBroken):
            await venue.order("BTCUSDT", "mine")


async def test_a_placed_order_that_makes_no_sense_is_unknown() -> None:
    """It may well be there."""
    async with opened() as (venue, stub):
        stub.answer("POST /api/v3/order", order_answer(selfTradePreventionMode="WHATEVER"))
        with pytest.raises(StatusUnknown):
            await venue.place(ORDER)


async def test_a_missing_order() -> None:
    """OrderNotFound."""
    async with opened() as (venue, stub):
        stub.answer("GET /api/v3/order", {"code": -2013, "msg": "Order does not exist."}, status=400)
        with pytest.raises(OrderNotFound):
            await venue.order("BTCUSDT", "mine")


async def test_a_cancelled_order_keeps_its_own_id() -> None:
    """In a cancel's answer clientOrderId is the cancel's."""
    answer = order_answer(clientOrderId="the-cancel", origClientOrderId="mine", status="CANCELED")
    async with opened() as (venue, stub):
        stub.answer("DELETE /api/v3/order", answer)
        report = await venue.cancel("BTCUSDT", "mine")

    assert (report.client_order_id, report.status) == ("mine", OrderStatus.CANCELED)


async def test_cancelling_one_of_a_list_may_be_answered_with_the_list() -> None:
    """The order asked for is found in it; where it is not, the outcome is unknown."""
    async with opened() as (venue, stub):
        for _ in range(2):
            stub.answer("DELETE /api/v3/order", list_answer())
        report = await venue.cancel("BTCUSDT", "c29")
        with pytest.raises(StatusUnknown, match="not in the answer"):
            await venue.cancel("BTCUSDT", "other")

    assert report.order_id == 29


async def test_cancelling_all_flattens_lists_and_accepts_none() -> None:
    """-2011 is the exchange's word for nothing open; of a single order it is an error."""
    unknown = {"code": -2011, "msg": "Unknown order sent."}
    async with opened() as (venue, stub):
        stub.answer("DELETE /api/v3/openOrders", [order_answer(orderId=1), list_answer()])
        stub.answer("DELETE /api/v3/openOrders", unknown, status=400)
        stub.answer("DELETE /api/v3/order", unknown, status=400)

        assert [one.order_id for one in await venue.cancel_all("BTCUSDT")] == [1, 28, 29]
        assert await venue.cancel_all("BTCUSDT") == ()
        with pytest.raises(CancelRefused):
            await venue.cancel("BTCUSDT", "mine")


async def test_a_list_is_placed_and_cancelled() -> None:
    """Its orders are reported in the order of their ids."""
    async with opened() as (venue, stub):
        stub.answer("POST /api/v3/orderList/oco", list_answer())
        stub.answer("DELETE /api/v3/orderList", list_answer(listOrderStatus="ALL_DONE"))
        placed = await venue.place_list(NewOco(client_list_id="my-list", above=ORDER, below=ORDER))
        cancelled = await venue.cancel_list("BTCUSDT", "my-list")

    assert (placed.list_id, placed.contingency, placed.status) == (7, Contingency.OCO, ListStatus.EXECUTING)
    assert [order.order_id for order in placed.orders] == [28, 29]
    assert cancelled.status is ListStatus.ALL_DONE


@pytest.mark.parametrize("reports", [[], [order_answer(orderId=28)]])
async def test_a_list_without_its_orders_is_unknown(reports: list[dict[str, Any]]) -> None:
    """A pair whose stop is not stated must not be taken for one without: the exchange promises all of them."""
    answer = list_answer(orderReports=reports)
    async with opened() as (venue, stub):
        for route in ("POST /api/v3/orderList/oco", "DELETE /api/v3/orderList", "DELETE /api/v3/openOrders"):
            stub.answer(route, [answer] if route.endswith("openOrders") else answer)
        with pytest.raises(StatusUnknown, match="not those that it names"):
            await venue.place_list(NewOco(client_list_id="my-list", above=ORDER, below=ORDER))
        with pytest.raises(StatusUnknown, match="not those that it names"):
            await venue.cancel_list("BTCUSDT", "my-list")
        with pytest.raises(StatusUnknown, match="not those that it names"):
            await venue.cancel_all("BTCUSDT")


async def test_an_answer_about_another_order_is_unknown() -> None:
    """What became of ours it does not say."""
    async with opened() as (venue, stub):
        stub.answer("POST /api/v3/order", order_answer(clientOrderId="theirs"))
        with pytest.raises(StatusUnknown, match="another order"):
            await venue.place(ORDER)


async def test_an_order_is_not_held_back_by_a_stream_that_is_down() -> None:
    """The account cannot be heard (404): the reader is told first, the order goes out at once."""
    async with opened() as (venue, stub):
        events = venue.events()
        stub.answer("POST /api/v3/order", order_answer())
        async with asyncio.timeout(1):
            await venue.place(ORDER)
            assert isinstance(await anext(events), StreamLost)


async def test_an_order_is_not_held_back_by_a_stream_that_hangs() -> None:
    """A handshake without an answer: after two seconds the reader is told, and the order goes out."""
    async with opened() as (venue, stub):
        stub.standing["GET /ws-api/v3"] = hang
        events = venue.events()
        stub.answer("POST /api/v3/order", order_answer())
        async with asyncio.timeout(3):
            await venue.place(ORDER)
            lost = await anext(events)

        assert isinstance(lost, StreamLost)
        assert "longer than 2 s" in lost.reason


async def hang(request: web.Request) -> web.StreamResponse:
    """Answer after everybody has given up."""
    await asyncio.sleep(2.5)
    return web.Response()


async def test_a_list_that_is_asked_for_is_completed_by_its_orders() -> None:
    """The exchange names them only."""
    bare = {name: value for name, value in list_answer().items() if name != "orderReports"}
    async with opened() as (venue, stub):
        stub.answer("GET /api/v3/orderList", bare)
        stub.answer("GET /api/v3/openOrderList", [bare | {"orderListId": 9}, bare])
        for number in (29, 28) * 3:
            stub.answer("GET /api/v3/order", order_answer(orderId=number))
        found = await venue.order_list("my-list")
        every = await venue.open_lists()
        asked = [dict(parse_qsl(one.query))["orderId"] for one in stub.of("GET /api/v3/order")]

    assert [order.order_id for order in found.orders] == [28, 29]
    assert [one.list_id for one in every] == [7, 9]
    assert asked == ["29", "28"] * 3


async def test_open_orders_are_sorted() -> None:
    """Oldest first; all symbols or one."""
    async with opened() as (venue, stub):
        for _ in range(2):
            stub.answer("GET /api/v3/openOrders", [order_answer(orderId=9), order_answer(orderId=2)])
        every, one = await venue.open_orders(), await venue.open_orders("BTCUSDT")
        symbols = [dict(parse_qsl(asked.query)).get("symbol") for asked in stub.asked]

    assert [order.order_id for order in every] == [order.order_id for order in one] == [2, 9]
    assert symbols == [None, "BTCUSDT"]


async def test_fills_from_an_id_on() -> None:
    """At most a thousand; the side follows from isBuyer."""
    trade = {"symbol": "BTCUSDT", "id": 7, "orderId": 28, "price": "5", "qty": "2", "commission": "0.01"}
    trade |= {"commissionAsset": "USDT", "time": NOW, "isBuyer": False, "isMaker": True}
    async with opened() as (venue, stub):
        stub.answer("GET /api/v3/myTrades", [trade])
        [fill] = await venue.fills("BTCUSDT", from_id=7, order_id=28)
        query = dict(parse_qsl(stub.asked[0].query))

    assert (fill.side, fill.value, fill.is_maker) == (Side.SELL, Decimal(10), True)
    assert query.items() >= {"fromId": "7", "orderId": "28", "limit": "1000"}.items()


async def test_balances_are_those_there_are() -> None:
    """An asset of nothing is left out."""
    async with opened() as (venue, _):
        assert await venue.balances() == (Balance("BTC", Decimal("0.5"), Decimal("0.1")),)


@pytest.mark.parametrize(("enabled", "taken_off"), [(True, Decimal("0.125")), (False, Decimal(0))])
async def test_commission_is_all_parts_together(enabled: bool, taken_off: Decimal) -> None:
    """A discount of 0.75 takes a quarter off the standard part, half of the whole for a maker here."""
    discount = {"enabledForAccount": True, "enabledForSymbol": enabled, "discountAsset": "BNB", "discount": "0.75"}
    tax = {"maker": "0.0005", "taker": "0.0005", "buyer": "0.0002", "seller": "0.0005"}
    answer = {"symbol": "BTCUSDT", "standardCommission": RATES, "taxCommission": tax, "discount": discount}
    async with opened() as (venue, stub):
        stub.answer("GET /api/v3/account/commission", answer)
        found = await venue.commission("BTCUSDT")

    assert (found.maker, found.taker, found.bnb_discount) == (Decimal("0.002"), Decimal("0.003"), taken_off)


async def test_instruments_are_asked_for_anew_each_time() -> None:
    """In the order asked for; the limits they come with hold from then on."""
    rows = [{**ROW, "symbol": name, "filters": [{"filterType": "SOMETHING_NEW", "x": 1}]} for name in ("B", "A")]
    async with opened() as (venue, stub):
        for _ in range(2):
            stub.answer("GET /api/v3/exchangeInfo", {"rateLimits": LIMITS, "symbols": rows})
            found = await venue.instruments(["A", "B"])
        query = dict(parse_qsl(stub.asked[1].query))
        used = venue.budget.used()

    assert [row.symbol for row in found] == ["A", "B"]
    assert found[0].filter("SOMETHING_NEW") == {"filterType": "SOMETHING_NEW", "x": 1}
    assert query == {"symbols": '["A","B"]'}
    assert used["REQUEST_WEIGHT 1M"][1] == 7777


async def test_symbols_that_are_not_there_are_named() -> None:
    """Where the exchange refuses them, and where it leaves one out."""
    async with opened() as (venue, stub):
        stub.answer("GET /api/v3/exchangeInfo", {"code": -1121, "msg": "Invalid symbol."}, status=400)
        stub.answer("GET /api/v3/exchangeInfo", {"rateLimits": LIMITS, "symbols": []})
        with pytest.raises(UnknownSymbol, match="one of NOPE, BTCUSDT"):
            await venue.instruments(["NOPE", "BTCUSDT"])
        with pytest.raises(ProtocolBroken, match="BTCUSDT"):
            await venue.instruments(["BTCUSDT"])

        assert await venue.instruments([]) == ()


async def test_a_filter_that_has_changed_is_named() -> None:
    """So that the caller can ask for the instrument anew."""
    async with opened() as (venue, stub):
        stub.answer("POST /api/v3/order", {"code": -1013, "msg": "Filter failure: PRICE_FILTER"}, status=400)
        with pytest.raises(FilterRefused) as caught:
            await venue.place(ORDER)

    assert caught.value.filter == "PRICE_FILTER"


async def test_closing_ends_the_events() -> None:
    """A reader's iteration ends; a second reader ends the first one's."""
    async with opened() as (venue, _):
        first = venue.events()
        second = venue.events()
        reading = asyncio.gather(*(_count(one) for one in (first, second)))
        await asyncio.sleep(0)
        await venue.close()

        async with asyncio.timeout(2):
            assert await reading == [0, 0]


async def _count(events: Any) -> int:
    return len([event async for event in events])


async def test_a_clock_that_is_wrong_is_refused_when_opening() -> None:
    """At the real exchange: one whose clock is an hour off cannot be told from a broken one of ours."""
    async with stub_exchange() as stub:
        set_scene(stub)
        stub.always("GET /api/v3/time", {"serverTime": NOW + 3_600_000})
        venue = venue_at(stub)
        venue.clock.most_off = 60_000
        with pytest.raises(ClockOff):
            await venue.open()
