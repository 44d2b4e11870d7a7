"""Placing, testing, cancelling, amending and replacing orders, as the exchange answers it."""

from typing import Any

import pytest

from tests.support.account import LIMIT, OCO, Desk, operation
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.errors import ReplaceFailed
from tradingbot.exchange.replay.gate.limits import LimitSettings
from tradingbot.exchange.replay.params import Params

REPLACE: dict[str, str | int] = {**LIMIT, "cancelReplaceMode": "STOP_ON_FAILURE"}


def _failed(desk: Desk, **changes: str | int) -> ReplaceFailed:
    error = desk.refusal("POST", "order/cancelReplace", **{**REPLACE, **changes})
    assert isinstance(error, ReplaceFailed)
    return error


def _halves(data: Any) -> tuple[str, str]:
    return data["cancelResult"], data["newOrderResult"]


def test_a_tested_order_is_not_placed() -> None:
    """An empty answer, and nothing is open."""
    desk = Desk()

    assert desk.ask("POST", "order/test", **LIMIT) == {}
    assert desk.ask("GET", "openOrders") == []


def test_a_tested_order_must_pass_the_filters() -> None:
    """It is judged as if it were placed."""
    error = Desk().refusal("POST", "order/test", **{**LIMIT, "price": "90.001"})

    assert (error.code, error.message) == (-1013, "Filter failure: PRICE_FILTER")


def test_a_tested_order_can_tell_its_commission() -> None:
    """The rates that it would pay."""
    desk = Desk(CostSettings(maker=0.001, taker=0.002))
    answer = desk.ask("POST", "order/test", **LIMIT, computeCommissionRates="true")

    assert answer["standardCommissionForOrder"] == {"maker": "0.00100000", "taker": "0.00200000"}
    assert list(answer) == [
        "standardCommissionForOrder",
        "specialCommissionForOrder",
        "taxCommissionForOrder",
        "discount",
    ]


def test_without_an_id_there_is_nothing_to_cancel() -> None:
    """-1102 names both."""
    error = Desk().refusal("DELETE", "order")

    assert (
        error.code,
        error.message,
    ) == (-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!")


@pytest.mark.parametrize(
    ("only", "code", "words"),
    [
        ("ONLY_PARTIALLY_FILLED", -2011, "Order was not canceled due to cancel restrictions."),
        ("ONLY_OLD", -1145, "`cancelRestrictions` has to be either `ONLY_NEW` or `ONLY_PARTIALLY_FILLED`."),
    ],
)
def test_a_cancel_can_be_restricted(only: str, code: int, words: str) -> None:
    """The order stays as it is where it is not in the wanted state."""
    desk = Desk()
    placed = desk.order()
    error = desk.refusal("DELETE", "order", orderId=placed["orderId"], cancelRestrictions=only)

    assert (code, words) == (error.code, error.message)
    assert len(desk.ask("GET", "openOrders")) == 1


def test_cancelling_a_member_answers_its_list() -> None:
    """The list ends with it."""
    desk = Desk()
    placed = desk.ask("POST", "orderList/oco", **OCO)
    answer = desk.ask("DELETE", "order", orderId=placed["orders"][0]["orderId"])

    assert (placed["orderListId"], "ALL_DONE") == (answer["orderListId"], answer["listOrderStatus"])
    assert {"CANCELED"} == {one["status"] for one in answer["orderReports"]}


def test_everything_of_a_symbol_can_be_cancelled() -> None:
    """Orders as orders, lists as lists."""
    desk = Desk()
    desk.order(newClientOrderId="mine")
    desk.ask("POST", "orderList/oco", **OCO)
    single, pair = desk.ask("DELETE", "openOrders")

    assert (single["origClientOrderId"], pair["contingencyType"], len(pair["orderReports"])) == ("mine", "OCO", 2)
    assert desk.ask("GET", "openOrders") == []


def test_nothing_open_cannot_be_cancelled() -> None:
    """-2011, as for an unknown order."""
    error = Desk().refusal("DELETE", "openOrders")

    assert (error.code, error.message) == (-2011, "Unknown order sent.")


def test_a_replacement_answers_both_halves() -> None:
    """The new order may have the id of the old one."""
    desk = Desk()
    desk.order(newClientOrderId="mine")
    answer = desk.ask(
        "POST",
        "order/cancelReplace",
        **{**REPLACE, "price": "91", "cancelOrigClientOrderId": "mine", "newClientOrderId": "mine"},
        cancelNewClientOrderId="enough",
    )

    assert _halves(answer) == ("SUCCESS", "SUCCESS")
    assert (answer["cancelResponse"]["clientOrderId"], answer["cancelResponse"]["status"]) == ("enough", "CANCELED")
    assert tuple(answer["newOrderResponse"][key] for key in ("clientOrderId", "price", "fills")) == (
        "mine",
        "91.00000000",
        [],
    )


def test_the_money_of_the_old_order_pays_the_new_one() -> None:
    """The balance is judged after the cancel."""
    desk = Desk()
    old = desk.order(quantity="100")
    answer = desk.ask("POST", "order/cancelReplace", **{**REPLACE, "quantity": "110"}, cancelOrderId=old["orderId"])

    assert _halves(answer) == ("SUCCESS", "SUCCESS")


def test_a_failed_cancel_stops_the_replacement() -> None:
    """-2022 with HTTP 400; the second half is not attempted."""
    desk = Desk()
    error = _failed(desk, cancelOrderId=99)

    assert (error.code, error.status, error.message) == (-2022, 400, "Order cancel-replace failed.")
    assert error.data == {
        "cancelResult": "FAILURE",
        "newOrderResult": "NOT_ATTEMPTED",
        "cancelResponse": {"code": -2011, "msg": "Unknown order sent."},
        "newOrderResponse": None,
    }
    assert desk.ask("GET", "openOrders") == []


def test_a_failed_cancel_may_be_allowed() -> None:
    """-2021 with HTTP 409: the new order stands."""
    desk = Desk()
    error = _failed(desk, cancelOrderId=99, cancelReplaceMode="ALLOW_FAILURE")

    assert (error.code, error.status, error.message) == (-2021, 409, "Order cancel-replace partially failed.")
    assert _halves(error.data) == ("FAILURE", "SUCCESS")
    assert [error.data["newOrderResponse"]["orderId"]] == [one["orderId"] for one in desk.ask("GET", "openOrders")]


def test_a_new_order_may_fail_after_the_cancel() -> None:
    """-2021 with HTTP 409: the old order is gone."""
    desk = Desk()
    old = desk.order()
    error = _failed(desk, cancelOrderId=old["orderId"], type="LIMIT_MAKER", timeInForce="", price="110")

    assert (error.code, error.status) == (-2021, 409)
    assert _halves(error.data) == ("SUCCESS", "FAILURE")
    assert error.data["newOrderResponse"] == {"code": -2010, "msg": "Order would immediately match and take."}
    assert desk.ask("GET", "openOrders") == []


def test_both_halves_may_fail() -> None:
    """-2022 with both errors."""
    error = _failed(Desk(), cancelOrderId=99, cancelReplaceMode="ALLOW_FAILURE", quantity="1000")

    assert (error.code, error.status, _halves(error.data)) == (-2022, 400, ("FAILURE", "FAILURE"))


def test_filters_are_judged_before_the_cancel() -> None:
    """The old order stays."""
    desk = Desk()
    old = desk.order()
    error = desk.refusal("POST", "order/cancelReplace", **{**REPLACE, "price": "90.001"}, cancelOrderId=old["orderId"])

    assert error.code == -1013
    assert len(desk.ask("GET", "openOrders")) == 1


def test_a_symbol_may_not_offer_replacing() -> None:
    """-2010, and nothing is cancelled."""
    desk = Desk(cancel_replace_allowed=False)
    old = desk.order()
    error = desk.refusal("POST", "order/cancelReplace", **REPLACE, cancelOrderId=old["orderId"])

    assert error.message == "Order cancel-replace is not supported for this symbol."
    assert len(desk.ask("GET", "openOrders")) == 1


@pytest.mark.parametrize("missing", ["cancelReplaceMode", "cancelOrderId"])
def test_a_replacement_says_what_and_how(missing: str) -> None:
    """-1102."""
    error = Desk().refusal("POST", "order/cancelReplace", **{**REPLACE, "cancelOrderId": 1, missing: ""})

    assert error.code == -1102


def _exhausted() -> tuple[Desk, int]:
    desk = Desk(limits=LimitSettings(orders_day=1))
    desk.limits.add_orders(1, desk.watched.now)
    return desk, desk.order()["orderId"]


def test_beyond_the_order_limit_nothing_is_replaced() -> None:
    """-1015 with HTTP 429; the old order stays."""
    desk, old = _exhausted()
    error = desk.refusal("POST", "order/cancelReplace", **REPLACE, cancelOrderId=old)

    assert (error.code, error.status) == (-1015, 429)
    assert len(desk.ask("GET", "openOrders")) == 1


def test_beyond_the_order_limit_the_cancel_alone_can_be_wanted() -> None:
    """-2021 with HTTP 429; the old order is gone."""
    desk, old = _exhausted()
    error = _failed(desk, cancelOrderId=old, orderRateLimitExceededMode="CANCEL_ONLY")

    assert (error.code, error.status, _halves(error.data)) == (-2021, 429, ("SUCCESS", "FAILURE"))
    assert error.data["newOrderResponse"]["code"] == -1015
    assert desk.ask("GET", "openOrders") == []


def test_a_replacement_counts_even_where_it_was_not_attempted() -> None:
    """The unfilled order count rises by one."""
    desk = Desk()
    _failed(desk, cancelOrderId=99)

    assert [row["count"] for row in desk.bare("GET", "rateLimit/order")] == [1, 1]


def test_an_order_is_amended_in_place() -> None:
    """The order keeps its number; the answer says what it was called before."""
    desk = Desk()
    placed = desk.order(quantity="2", newClientOrderId="mine")
    answer = desk.ask("PUT", "order/amend/keepPriority", orderId=placed["orderId"], newQty="1")
    amended = answer["amendedOrder"]

    assert list(answer) == ["transactTime", "executionId", "amendedOrder"]
    assert {
        "symbol": "BTCUSDT",
        "orderId": placed["orderId"],
        "orderListId": -1,
        "clientOrderId": amended["clientOrderId"],
        "origClientOrderId": "mine",
        "price": "90.00000000",
        "qty": "1.00000000",
        "executedQty": "0.00000000",
        "quoteOrderQty": "0.00000000",
        "cumulativeQuoteQty": "0.00000000",
        "status": "NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "preventedQty": "0.00000000",
        "workingTime": placed["workingTime"],
    } == amended
    assert len(amended["clientOrderId"]) == 22


def test_an_amended_member_names_its_list() -> None:
    """A list's status comes with it."""
    desk = Desk()
    placed = desk.ask("POST", "orderList/oco", **{**OCO, "quantity": "2"})
    answer = desk.ask("PUT", "order/amend/keepPriority", orderId=placed["orders"][0]["orderId"], newQty="1")

    assert placed["orderListId"] == answer["listStatus"]["orderListId"]
    assert list(answer["listStatus"]) == [
        "orderListId",
        "contingencyType",
        "listOrderStatus",
        "listClientOrderId",
        "symbol",
        "orders",
    ]


def test_an_order_cannot_grow() -> None:
    """-2038; and a size must be said."""
    desk = Desk()
    placed = desk.order()
    error = desk.refusal("PUT", "order/amend/keepPriority", orderId=placed["orderId"], newQty="2")

    assert (error.code, error.message) == (-2038, "Order amend (quantity increase) is not supported.")
    assert desk.refusal("PUT", "order/amend/keepPriority", orderId=placed["orderId"]).code == -1102


@pytest.mark.parametrize("path", ["orderList/opo", "orderList/opoco"])
def test_orders_by_proceeds_are_not_offered(path: str) -> None:
    """As on a symbol without OPO."""
    error = Desk().refusal("POST", path)

    assert (error.code, error.message) == (-2010, "OPO orders are not supported for this symbol.")


def test_the_old_form_of_an_oco_is_taken() -> None:
    """Public clients still send it."""
    desk = Desk()
    answer = desk.ask("POST", "order/oco", side="SELL", quantity="1", price="120", stopPrice="90")

    assert {("LIMIT_MAKER", "120.00000000"), ("STOP_LOSS", "0.00000000")} == {
        (one["type"], one["price"]) for one in answer["orderReports"]
    }


def test_an_oto_waits_for_its_working_order() -> None:
    """The second order is PENDING_NEW."""
    answer = Desk().ask(
        "POST",
        "orderList/oto",
        workingType="LIMIT",
        workingSide="BUY",
        workingPrice="90",
        workingQuantity="1",
        workingTimeInForce="GTC",
        pendingType="MARKET",
        pendingSide="SELL",
        pendingQuantity="1",
    )

    assert (
        answer["contingencyType"],
        [one["status"] for one in answer["orderReports"]],
        [one["workingTime"] > 0 for one in answer["orderReports"]],
    ) == ("OTO", ["NEW", "PENDING_NEW"], [True, False])


def test_a_cancelled_list_reports_what_was_cancelled() -> None:
    """Its working order had filled before: named, and no more."""
    desk = Desk()
    placed = desk.ask(
        "POST",
        "orderList/oto",
        workingType="LIMIT",
        workingSide="BUY",
        workingPrice="90",
        workingQuantity="1",
        workingTimeInForce="GTC",
        pendingType="LIMIT",
        pendingSide="SELL",
        pendingQuantity="1",
        pendingPrice="120",
        pendingTimeInForce="GTC",
    )
    desk.watched.trade(80)
    answer = desk.ask("DELETE", "orderList", orderListId=placed["orderListId"])

    assert len(answer["orders"]) == 2
    assert [(one["side"], one["status"]) for one in answer["orderReports"]] == [("SELL", "CANCELED")]


@pytest.mark.parametrize(
    ("verb", "path", "sent", "weight", "orders"),
    [
        ("POST", "order", {}, 1, 1),
        ("POST", "order/test", {}, 1, 0),
        ("POST", "order/test", {"computeCommissionRates": "true"}, 20, 0),
        ("DELETE", "order", {}, 1, 0),
        ("DELETE", "openOrders", {}, 1, 0),
        ("PUT", "order/amend/keepPriority", {}, 4, 0),
        ("POST", "orderList/oco", {}, 1, 2),
        ("POST", "orderList/oto", {}, 1, 2),
        ("POST", "orderList/otoco", {}, 1, 3),
        ("GET", "account", {}, 20, 0),
        ("GET", "order", {}, 4, 0),
        ("GET", "openOrders", {"symbol": "BTCUSDT"}, 6, 0),
        ("GET", "openOrders", {}, 80, 0),
        ("GET", "myTrades", {}, 20, 0),
        ("GET", "myTrades", {"orderId": "1"}, 5, 0),
        ("GET", "allOrders", {}, 20, 0),
        ("GET", "rateLimit/order", {}, 40, 0),
        ("GET", "openOrderList", {}, 6, 0),
    ],
)
def test_each_request_costs_what_the_documentation_says(
    verb: str, path: str, sent: dict[str, str], weight: int, orders: int
) -> None:
    """Request weight, and what it adds to the unfilled order count."""
    found = operation(verb, path)

    assert (weight, orders) == (found.weight(Params(sent)), found.orders)
