"""Questions about the account: what is open, and what was, by windows of time and id."""

from typing import Any

import pytest

from tests.support.account import OCO, Desk
from tests.support.simulated import BUY, SELL, limit, market
from tradingbot.domain.timeframe import DAY_MS


def _ids(rows: Any) -> list[int]:
    return [row["orderId"] for row in rows]


def _traded() -> Desk:
    """Three trades of two orders, a second apart."""
    desk = Desk()
    desk.watched.book([("99", "1"), ("98", "1")], [("101", "5")])
    desk.watched.place(market(SELL, 2))
    desk.watched.place(market(BUY, 1))
    return desk


def test_open_orders_are_of_one_symbol_or_of_all() -> None:
    """Oldest first, members of lists included."""
    desk = Desk()
    first = desk.order()
    pair = desk.ask("POST", "orderList/oco", **OCO)

    assert [first["orderId"], *_ids(pair["orders"])] == _ids(desk.bare("GET", "openOrders"))
    assert len(desk.ask("GET", "openOrders")) == 3
    assert [pair["orderListId"]] == [one["orderListId"] for one in desk.bare("GET", "openOrderList")]


@pytest.mark.parametrize(
    ("verb", "path", "sent", "code", "words"),
    [
        ("GET", "order", {}, -1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"),
        ("GET", "order", {"orderId": 99}, -2013, "Order does not exist."),
        ("GET", "openOrders", {"symbol": "XYZUSDT"}, -1121, "Invalid symbol."),
        ("GET", "myTrades", {"orderId": 1, "startTime": 1}, -1128, "Combination of optional parameters invalid."),
        ("GET", "myTrades", {"fromId": 1, "endTime": 1}, -1128, "Combination of optional parameters invalid."),
        (
            "GET",
            "myTrades",
            {"startTime": 0, "endTime": DAY_MS + 1},
            -1127,
            "More than 24 hours between startTime and endTime.",
        ),
        (
            "GET",
            "allOrders",
            {"startTime": 0, "endTime": DAY_MS + 1},
            -1127,
            "More than 24 hours between startTime and endTime.",
        ),
        ("GET", "myPreventedMatches", {}, -1128, "Combination of optional parameters invalid."),
        ("GET", "order/amendments", {}, -1102, "Mandatory parameter 'orderId'"),
        ("GET", "account/commission", {"symbol": "XYZUSDT"}, -1121, "Invalid symbol."),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(
    verb: str, path: str, sent: dict[str, str | int], code: int, words: str
) -> None:
    """By code and words."""
    error = Desk().refusal(verb, path, **sent)

    assert (code, True) == (error.code, words in error.message)


def test_both_ids_must_be_of_one_order() -> None:
    """-2039 where the client's id is another order's."""
    desk = Desk()
    placed = desk.order(newClientOrderId="mine")

    assert desk.refusal("GET", "order", orderId=placed["orderId"], origClientOrderId="yours").code == -2039
    assert desk.ask("GET", "order", orderId=placed["orderId"], origClientOrderId="mine")["status"] == "NEW"


def test_an_order_that_never_traded_is_archived_after_ninety_days() -> None:
    """-2026; one that is still open is not."""
    desk = Desk()
    gone, kept = desk.order()["orderId"], desk.order()["orderId"]
    desk.ask("DELETE", "order", orderId=gone)
    desk.watched.now += 90 * DAY_MS + 1

    assert desk.refusal("GET", "order", orderId=gone).code == -2026
    assert desk.ask("GET", "order", orderId=kept)["status"] == "NEW"


def test_an_account_tells_when_it_changed_last() -> None:
    """0 before anything happened."""
    desk = Desk()
    before = desk.bare("GET", "account")["updateTime"]
    placed = desk.order()

    assert (before, desk.bare("GET", "account")["updateTime"]) == (0, placed["transactTime"])


def test_all_orders_begin_at_an_id_or_end_with_the_newest() -> None:
    """Chronological either way."""
    desk = Desk()
    ids = [desk.order()["orderId"] for _ in range(4)]

    assert ids == _ids(desk.ask("GET", "allOrders"))
    assert ids[-2:] == _ids(desk.ask("GET", "allOrders", limit=2))
    assert ids[1:3] == _ids(desk.ask("GET", "allOrders", orderId=ids[1], limit=2))


def test_all_orders_can_be_bounded_in_time() -> None:
    """Both ends are included; from a start on the oldest come first."""
    desk = Desk()
    placed = [desk.order() for _ in range(4)]
    times = [one["transactTime"] for one in placed]
    ids = _ids(placed)

    assert ids[1:3] == _ids(desk.ask("GET", "allOrders", startTime=times[1], endTime=times[2]))
    assert ids[1:2] == _ids(desk.ask("GET", "allOrders", startTime=times[1], limit=1))
    assert ids[2:3] == _ids(desk.ask("GET", "allOrders", endTime=times[2], limit=1))


def test_all_lists_can_be_asked_for_by_id() -> None:
    """From an id on; an id and a time exclude each other."""
    desk = Desk()
    lists = [desk.ask("POST", "orderList/oco", **OCO)["orderListId"] for _ in range(2)]

    assert lists == [one["orderListId"] for one in desk.bare("GET", "allOrderList")]
    assert lists[1:] == [one["orderListId"] for one in desk.bare("GET", "allOrderList", fromId=lists[1])]


def test_a_trade_has_the_keys_of_the_documentation() -> None:
    """Text for numbers, integers for ids."""
    desk = _traded()
    row = desk.ask("GET", "myTrades")[0]

    assert {
        "symbol": "BTCUSDT",
        "id": 1,
        "orderId": 1,
        "orderListId": -1,
        "price": "99.00000000",
        "qty": "1.00000000",
        "quoteQty": "99.00000000",
        "commission": "0.00000000",
        "commissionAsset": "USDT",
        "time": row["time"],
        "isBuyer": False,
        "isMaker": False,
        "isBestMatch": True,
    } == row


@pytest.mark.parametrize(
    ("sent", "ids"),
    [
        ({}, [1, 2, 3]),
        ({"limit": 2}, [2, 3]),
        ({"fromId": 2}, [2, 3]),
        ({"fromId": 1, "limit": 1}, [1]),
        ({"orderId": 1}, [1, 2]),
        ({"orderId": 1, "fromId": 2}, [2]),
        ({"startTime": 0, "limit": 1}, [1]),
        ({"endTime": 0}, []),
    ],
)
def test_trades_are_asked_for_by_order_id_or_time(sent: dict[str, str | int], ids: list[int]) -> None:
    """Every combination that the exchange supports."""
    assert ids == [row["id"] for row in _traded().ask("GET", "myTrades", **sent)]


def test_trades_of_a_list_name_it() -> None:
    """orderListId is that of the order."""
    desk = Desk()
    pair = desk.ask("POST", "orderList/oco", **OCO)
    desk.watched.trade(130)

    assert {pair["orderListId"]} == {row["orderListId"] for row in desk.ask("GET", "myTrades")}


def test_amendments_are_kept() -> None:
    """Each with the ids and sizes before and after."""
    desk = Desk()
    placed = desk.order(quantity="3", newClientOrderId="three")
    for size, name in (("2", "two"), ("1", "one")):
        desk.ask("PUT", "order/amend/keepPriority", orderId=placed["orderId"], newQty=size, newClientOrderId=name)
    rows = desk.ask("GET", "order/amendments", orderId=placed["orderId"])

    assert [(row["origClientOrderId"], row["newClientOrderId"], row["origQty"], row["newQty"]) for row in rows] == [
        ("three", "two", "3.00000000", "2.00000000"),
        ("two", "one", "2.00000000", "1.00000000"),
    ]
    assert rows[1:] == desk.ask(
        "GET", "order/amendments", orderId=placed["orderId"], fromExecutionId=rows[1]["executionId"]
    )


def test_prevented_matches_are_found_by_either_order() -> None:
    """The one that came and the one that rested."""
    desk = Desk()
    desk.watched.book([("99", "5")], [("101", "5")])
    maker = desk.order(price="99.5")["orderId"]
    taker = desk.watched.place(limit(SELL, 2, "99.5")).order_id
    (row,) = desk.ask("GET", "myPreventedMatches", preventedMatchId=0)

    assert {
        "symbol": "BTCUSDT",
        "preventedMatchId": 0,
        "takerOrderId": taker,
        "makerSymbol": "BTCUSDT",
        "makerOrderId": maker,
        "tradeGroupId": 1,
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "price": "99.50000000",
        "makerPreventedQuantity": "1.00000000",
        "transactTime": row["transactTime"],
    } == row
    assert [row] == desk.ask("GET", "myPreventedMatches", orderId=maker)
    assert [row] == desk.ask("GET", "myPreventedMatches", orderId=taker)
    assert desk.ask("GET", "myPreventedMatches", orderId=taker, fromPreventedMatchId=1) == []


def test_the_unfilled_order_count_is_told() -> None:
    """One row an interval."""
    assert Desk().bare("GET", "rateLimit/order") == [
        {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 100, "count": 0},
        {"rateLimitType": "ORDERS", "interval": "DAY", "intervalNum": 1, "limit": 200_000, "count": 0},
    ]


def test_the_filters_of_a_symbol_are_told() -> None:
    """As exchangeInfo states them."""
    answer = Desk().ask("GET", "myFilters")

    assert (answer["exchangeFilters"], answer["assetFilters"]) == ([], [])
    assert answer["symbolFilters"][0]["filterType"] == "PRICE_FILTER"


def test_zero_balances_can_be_left_out() -> None:
    """An asset of which nothing is left."""
    desk = Desk()
    desk.watched.place(market(SELL, 10))
    everything = desk.bare("GET", "account")["balances"]
    some = desk.bare("GET", "account", omitZeroBalances="true")["balances"]

    assert {"USDT"} == {row["asset"] for row in some}
    assert {"asset": "BTC", "free": "0.00000000", "locked": "0.00000000"} in everything
