"""Order lists out of parameters: both forms of an OCO, OTO and OTOCO."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.account import OCO, Desk
from tradingbot.exchange.orders import NewOco, NewOrder, OrderType, TimeInForce
from tradingbot.exchange.replay.operations.list_params import old_oco_of, oto_of, otoco_of
from tradingbot.exchange.replay.params import Params

_OTO = {
    "symbol": "BTCUSDT",
    "workingType": "LIMIT",
    "workingSide": "BUY",
    "workingPrice": "90",
    "workingQuantity": "2",
    "workingTimeInForce": "GTC",
    "pendingSide": "SELL",
    "pendingQuantity": "1",
}
_OLD = {"symbol": "BTCUSDT", "side": "SELL", "quantity": "1", "price": "120", "stopPrice": "90"}


def _old(**changes: str) -> NewOco:
    return old_oco_of(Params({**_OLD, **changes}))


def _kinds(orders: NewOco) -> tuple[OrderType, OrderType]:
    return orders.above.type, orders.below.type


def _numbers(order: NewOrder) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return order.quantity, order.price, order.stop_price


def test_the_old_form_of_a_sale_has_its_stop_below() -> None:
    """Without a limit for the stop it is a STOP_LOSS."""
    orders = _old(limitClientOrderId="up", stopClientOrderId="down")

    assert _kinds(orders) == (OrderType.LIMIT_MAKER, OrderType.STOP_LOSS)
    assert _numbers(orders.above) == (Decimal(1), Decimal(120), None)
    assert _numbers(orders.below) == (Decimal(1), None, Decimal(90))
    assert (orders.above.client_order_id, orders.below.client_order_id) == ("up", "down")


def test_the_old_form_of_a_purchase_has_its_stop_above() -> None:
    """With a limit for the stop it is a STOP_LOSS_LIMIT."""
    orders = _old(side="BUY", price="80", stopPrice="110", stopLimitPrice="111", stopLimitTimeInForce="FOK")

    assert _kinds(orders) == (OrderType.STOP_LOSS_LIMIT, OrderType.LIMIT_MAKER)
    assert _numbers(orders.above) == (Decimal(1), Decimal(111), Decimal(110))
    assert orders.above.time_in_force is TimeInForce.FOK


def test_an_oto_has_sides_and_quantities_of_its_own() -> None:
    """What is pending may be another size than what works."""
    orders = oto_of(Params({**_OTO, "pendingType": "STOP_LOSS", "pendingTrailingDelta": "100"}))

    assert (orders.working.side.value, orders.pending.side.value) == ("BUY", "SELL")
    assert _numbers(orders.working) == (Decimal(2), Decimal(90), None)
    assert (orders.pending.quantity, orders.pending.trailing_delta) == (Decimal(1), 100)


def test_an_otoco_has_a_pair_that_is_pending() -> None:
    """Each leg under its own prefix."""
    pair = {
        "pendingAboveType": "LIMIT_MAKER",
        "pendingAbovePrice": "120",
        "pendingBelowType": "STOP_LOSS",
        "pendingBelowStopPrice": "80",
        "pendingBelowClientOrderId": "down",
    }
    orders = otoco_of(Params({**_OTO, **pair}))

    assert _numbers(orders.above) == (Decimal(1), Decimal(120), None)
    assert _numbers(orders.below) == (Decimal(1), None, Decimal(80))
    assert orders.below.client_order_id == "down"


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"quantity": ""}, -1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."),
        ({"aboveType": ""}, -1102, "Mandatory parameter 'aboveType' was not sent, was empty/null, or malformed."),
        ({"abovePrice": ""}, -1102, "Mandatory parameter 'abovePrice' was not sent, was empty/null, or malformed."),
        (
            {"belowTimeInForce": ""},
            -1102,
            "Mandatory parameter 'belowTimeInForce' was not sent, was empty/null, or malformed.",
        ),
        (
            {"belowStopPrice": ""},
            -1102,
            "Param 'belowStopPrice' or 'belowTrailingDelta' must be sent, but both were empty/null!",
        ),
        ({"aboveStopPrice": "110"}, -1106, "Parameter 'aboveStopPrice' sent when not required."),
        ({"aboveTimeInForce": "GTC"}, -1106, "Parameter 'aboveTimeInForce' sent when not required."),
        ({"belowTimeInForce": "ALWAYS"}, -1115, "Invalid timeInForce."),
        ({"aboveType": "ABOVE"}, -1116, "Invalid orderType."),
        ({"side": "HOLD"}, -1117, "Invalid side."),
        ({"aboveType": "LIMIT", "aboveTimeInForce": "GTC"}, -1158, "Order type not supported in OCO."),
        (
            {"belowIcebergQty": "0.1", "belowTimeInForce": "IOC"},
            -1160,
            "Parameter 'belowIcebergQty' is not supported if `belowTimeInForce` is not GTC.",
        ),
        ({"side": "BUY"}, -1196, "A stop loss order in a buy OCO must be above."),
        (
            {"belowType": "LIMIT_MAKER", "belowStopPrice": "", "belowTimeInForce": ""},
            -1168,
            "At least one OCO order must be contingent.",
        ),
        (
            {"belowType": "TAKE_PROFIT_LIMIT"},
            -1199,
            "A take profit order in a sell OCO must be above.",
        ),
        ({"listClientOrderId": "a b"}, -1100, "legal range"),
    ],
)
def test_each_mistake_in_a_list_is_named(changes: dict[str, Any], code: int, words: str) -> None:
    """By the names that the list has for its parameters."""
    error = Desk().refusal("POST", "orderList/oco", **{**OCO, **changes})

    assert (code, True) == (error.code, words in error.message)


@pytest.mark.parametrize("missing", ["price", "stopPrice"])
def test_the_old_form_must_have_both_prices(missing: str) -> None:
    """-1102."""
    error = Desk().refusal("POST", "order/oco", **{**_OLD, missing: ""})

    assert (error.code, f"'{missing}'" in error.message) == (-1102, True)
