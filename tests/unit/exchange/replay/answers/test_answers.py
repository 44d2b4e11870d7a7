"""Answers key by key and type by type, held against the examples of the exchange's documentation."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.account import OCO, Desk
from tests.support.simulated import RICH
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.replay.answers.orders import number

ACK = {"symbol": str, "orderId": int, "orderListId": int, "clientOrderId": str, "transactTime": int}
_STATE = {
    "price": str,
    "origQty": str,
    "executedQty": str,
    "origQuoteOrderQty": str,
    "cummulativeQuoteQty": str,
    "status": str,
    "timeInForce": str,
    "type": str,
    "side": str,
    "selfTradePreventionMode": str,
}
RESULT = {**ACK, **_STATE, "workingTime": int}
FULL = {**RESULT, "fills": list}
CANCEL = {**ACK, **_STATE, "origClientOrderId": str}
QUERY = {
    "symbol": str,
    "orderId": int,
    "orderListId": int,
    "clientOrderId": str,
    **_STATE,
    "stopPrice": str,
    "icebergQty": str,
    "time": int,
    "updateTime": int,
    "isWorking": bool,
    "workingTime": int,
}
LIST = {
    "orderListId": int,
    "contingencyType": str,
    "listStatusType": str,
    "listOrderStatus": str,
    "listClientOrderId": str,
    "transactionTime": int,
    "symbol": str,
    "orders": list,
}


def types(answer: dict[str, Any]) -> dict[str, type]:
    """The keys of an answer and the type of each value."""
    return {key: type(value) for key, value in answer.items()}


@pytest.mark.parametrize(("kind", "keys"), [("ACK", ACK), ("RESULT", RESULT), ("FULL", FULL)])
def test_a_placed_order_is_answered_as_was_asked(kind: str, keys: dict[str, type]) -> None:
    """Three lengths of the same answer."""
    assert keys == types(Desk().order(newOrderRespType=kind))


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, FULL),
        ({"type": "MARKET", "price": "", "timeInForce": ""}, FULL),
        ({"type": "LIMIT_MAKER", "timeInForce": ""}, ACK),
        ({"type": "TAKE_PROFIT", "price": "", "timeInForce": "", "stopPrice": "90"}, ACK),
    ],
)
def test_what_is_answered_by_default_depends_on_the_type(changes: dict[str, str], keys: dict[str, type]) -> None:
    """MARKET and LIMIT say all, the others only that they were taken."""
    assert keys == types(Desk().order(**changes))


def test_numbers_have_eight_decimals() -> None:
    """Prices and quantities are text."""
    answer = Desk().order()

    assert (answer["price"], answer["origQty"], answer["executedQty"]) == ("90.00000000", "1.00000000", "0.00000000")


def test_a_number_never_shows_more_than_there_is() -> None:
    """The ninth decimal is cut off, however large the number: a balance that shows can be spent."""
    assert number(Decimal("1.999999999")) == "1.99999999"
    assert number(Decimal("100000000000000000000.000000019")) == "100000000000000000000.00000001"
    assert number(Decimal("0E-16")) == "0.00000000"


def test_a_market_order_has_no_price_and_each_of_its_fills() -> None:
    """The price of a MARKET order is 0; what it paid is in its fills."""
    desk = Desk(CostSettings(maker=0.001, taker=0.001, spread_bps=0.0, slippage_bps=0.0, impact=0.0))
    desk.watched.book([("99", "1")], [("101", "1"), ("102", "4")])
    answer = desk.order(type="MARKET", price="", timeInForce="", quantity="3")

    assert (
        answer["price"],
        answer["status"],
        answer["cummulativeQuoteQty"],
    ) == ("0.00000000", "FILLED", "305.00000000")
    assert answer["fills"] == [
        {
            "price": "101.00000000",
            "qty": "1.00000000",
            "commission": "0.00100000",
            "commissionAsset": "BTC",
            "tradeId": 1,
        },
        {
            "price": "102.00000000",
            "qty": "2.00000000",
            "commission": "0.00200000",
            "commissionAsset": "BTC",
            "tradeId": 2,
        },
    ]


def test_conditional_keys_appear_where_they_apply() -> None:
    """A trailing iceberg of a strategy has six keys more, and does not work yet."""
    answer = Desk().order(
        type="STOP_LOSS_LIMIT",
        side="SELL",
        trailingDelta=200,
        icebergQty="0.5",
        strategyId=7,
        strategyType=1_000_001,
        newOrderRespType="RESULT",
    )
    extra = {key: answer[key] for key in answer.keys() - RESULT.keys()}
    since = extra.pop("trailingTime")

    assert extra == {
        "stopPrice": "0.00000000",
        "icebergQty": "0.50000000",
        "trailingDelta": 200,
        "strategyId": 7,
        "strategyType": 1_000_001,
    }
    assert (int, -1) == (type(since), answer["workingTime"])


def test_an_expired_order_says_why() -> None:
    """What an IOC order did not get is EXPIRED, with HTTP 200."""
    answer = Desk().order(timeInForce="IOC")

    assert (answer["status"], answer["expiryReason"]) == ("EXPIRED", "UNFILLED_IOC_QUANTITY_EXPIRED")
    assert {**FULL, "expiryReason": str} == types(answer)


def test_an_order_that_is_asked_for_has_its_times() -> None:
    """The keys of the query, without transactTime."""
    desk = Desk()
    placed = desk.order()
    answer = desk.ask("GET", "order", orderId=placed["orderId"])

    assert types(answer) == QUERY
    assert (placed["transactTime"], True) == (answer["time"], answer["isWorking"])


def test_a_stop_that_has_not_triggered_does_not_work() -> None:
    """isWorking is False and workingTime -1."""
    desk = Desk()
    placed = desk.order(type="STOP_LOSS", side="SELL", price="", timeInForce="", stopPrice="80")
    answer = desk.ask("GET", "order", orderId=placed["orderId"])

    assert (answer["isWorking"], answer["workingTime"], answer["stopPrice"]) == (False, -1, "80.00000000")


def test_a_cancel_is_answered_with_both_ids() -> None:
    """clientOrderId is that of the cancel, origClientOrderId that of the order."""
    desk = Desk()
    desk.order(newClientOrderId="mine")
    answer = desk.ask("DELETE", "order", origClientOrderId="mine", newClientOrderId="enough")

    assert types(answer) == CANCEL
    assert (
        answer["origClientOrderId"],
        answer["clientOrderId"],
        answer["status"],
    ) == ("mine", "enough", "CANCELED")


def test_a_list_is_answered_with_its_reports() -> None:
    """A new list says RESULT of each order, a cancelled one what a cancel says."""
    desk = Desk()
    placed = desk.ask("POST", "orderList/oco", **OCO)
    cancelled = desk.ask("DELETE", "orderList", orderListId=placed["orderListId"])

    assert {**LIST, "orderReports": list} == types(placed) == types(cancelled)
    assert [{"symbol": str, "orderId": int, "clientOrderId": str}] * 2 == [types(one) for one in placed["orders"]]
    assert {"STOP_LOSS_LIMIT": {**RESULT, "stopPrice": str}, "LIMIT_MAKER": RESULT} == {
        one["type"]: types(one) for one in placed["orderReports"]
    }
    assert {"STOP_LOSS_LIMIT": {**CANCEL, "stopPrice": str}, "LIMIT_MAKER": CANCEL} == {
        one["type"]: types(one) for one in cancelled["orderReports"]
    }


def test_a_list_goes_from_executing_to_done() -> None:
    """listStatusType and listOrderStatus go together."""
    desk = Desk()
    placed = desk.ask("POST", "orderList/oco", **OCO)
    cancelled = desk.ask("DELETE", "orderList", listClientOrderId=placed["listClientOrderId"])

    assert (
        placed["contingencyType"],
        placed["listStatusType"],
        placed["listOrderStatus"],
    ) == ("OCO", "EXEC_STARTED", "EXECUTING")
    assert (cancelled["listStatusType"], cancelled["listOrderStatus"]) == ("ALL_DONE", "ALL_DONE")


def test_a_list_that_is_asked_for_names_its_orders() -> None:
    """Without reports."""
    desk = Desk()
    placed = desk.ask("POST", "orderList/oco", **OCO)

    assert types(desk.bare("GET", "orderList", orderListId=placed["orderListId"])) == LIST


def test_a_prevented_match_is_told_to_the_taker_and_of_the_maker() -> None:
    """The taker's answer lists the matches, the maker's query says how much of it ended."""
    desk = Desk()
    resting = desk.order(price="99.5", newClientOrderId="resting")
    desk.watched.book([("99", "5")], [("101", "5")])
    taker = desk.order(side="SELL", price="99.5", quantity="2")
    maker = desk.ask("GET", "order", orderId=resting["orderId"])

    assert [
        {
            "preventedMatchId": 0,
            "makerOrderId": resting["orderId"],
            "price": "99.50000000",
            "makerPreventedQuantity": "1.00000000",
        }
    ] == taker["preventedMatches"]
    assert (
        maker["status"],
        maker["preventedMatchId"],
        maker["preventedQuantity"],
    ) == ("EXPIRED_IN_MATCH", 0, "1.00000000")


def test_an_account_has_the_keys_of_the_documentation() -> None:
    """Integers for commissions in basis points, text for rates and balances."""
    answer = Desk(CostSettings(maker=0.001, taker=0.0015)).bare("GET", "account")

    assert {
        "makerCommission": int,
        "takerCommission": int,
        "buyerCommission": int,
        "sellerCommission": int,
        "commissionRates": dict,
        "canTrade": bool,
        "canWithdraw": bool,
        "canDeposit": bool,
        "brokered": bool,
        "requireSelfTradePrevention": bool,
        "preventSor": bool,
        "updateTime": int,
        "accountType": str,
        "balances": list,
        "permissions": list,
        "uid": int,
    } == types(answer)
    assert (answer["makerCommission"], answer["takerCommission"]) == (10, 15)
    assert (answer["commissionRates"]) == {
        "maker": "0.00100000",
        "taker": "0.00150000",
        "buyer": "0.00000000",
        "seller": "0.00000000",
    }
    assert [
        {"asset": asset, "free": f"{amount:.8f}", "locked": "0.00000000"} for asset, amount in sorted(RICH.items())
    ] == sorted(answer["balances"], key=lambda row: row["asset"])


@pytest.mark.parametrize(("pays_in_bnb", "discount"), [(True, "0.75000000"), (False, "1.00000000")])
def test_the_commission_says_whether_bnb_pays_it(pays_in_bnb: bool, discount: str) -> None:
    """All of it is standard commission, which is multiplied by the discount."""
    costs = CostSettings(maker=0.001, taker=0.001, pay_fees_in_bnb=pays_in_bnb)
    answer = Desk(costs).ask("GET", "account/commission")
    rates = {"maker": "0.00100000", "taker": "0.00100000", "buyer": "0.00000000", "seller": "0.00000000"}

    assert list(answer) == ["symbol", "standardCommission", "specialCommission", "taxCommission", "discount"]
    assert rates == answer["standardCommission"]
    assert {
        "enabledForAccount": pays_in_bnb,
        "enabledForSymbol": pays_in_bnb,
        "discountAsset": "BNB",
        "discount": discount,
    } == answer["discount"]
