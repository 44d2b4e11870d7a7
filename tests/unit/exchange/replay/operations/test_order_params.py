"""Orders out of parameters: what each type must and may have, and the code for each mistake."""

import re

import pytest

from tests.support.account import Desk
from tradingbot.exchange.orders import NewOrder
from tradingbot.exchange.replay.operations.order_params import order_of
from tradingbot.exchange.replay.params import Params

_STOP = {"type": "STOP_LOSS", "timeInForce": "", "price": ""}
_MARKET = {"type": "MARKET", "timeInForce": "", "price": ""}


def _order(**values: str) -> NewOrder:
    return order_of(Params({"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1", **values}))


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"side": ""}, -1102, "Mandatory parameter 'side' was not sent, was empty/null, or malformed."),
        ({"type": ""}, -1102, "Mandatory parameter 'type' was not sent, was empty/null, or malformed."),
        ({"timeInForce": ""}, -1102, "Mandatory parameter 'timeInForce' was not sent, was empty/null, or malformed."),
        ({"quantity": ""}, -1102, "Mandatory parameter 'quantity' was not sent, was empty/null, or malformed."),
        ({"price": ""}, -1102, "Mandatory parameter 'price' was not sent, was empty/null, or malformed."),
        ({**_STOP}, -1102, "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!"),
        (
            {**_MARKET, "quantity": ""},
            -1102,
            "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!",
        ),
        ({"stopPrice": "80"}, -1106, "Parameter 'stopPrice' sent when not required."),
        ({"trailingDelta": "100"}, -1106, "Parameter 'trailingDelta' sent when not required."),
        ({"quoteOrderQty": "100"}, -1106, "Parameter 'quoteOrderQty' sent when not required."),
        ({**_MARKET, "price": "90"}, -1106, "Parameter 'price' sent when not required."),
        ({**_MARKET, "timeInForce": "GTC"}, -1106, "Parameter 'timeInForce' sent when not required."),
        ({**_MARKET, "icebergQty": "0.5"}, -1106, "Parameter 'icebergQty' sent when not required."),
        ({"type": "LIMIT_MAKER"}, -1106, "Parameter 'timeInForce' sent when not required."),
        ({"side": "buy"}, -1117, "Invalid side."),
        ({"type": "STOP"}, -1116, "Invalid orderType."),
        ({"timeInForce": "GTX"}, -1115, "Invalid timeInForce."),
        ({"newOrderRespType": "SHORT"}, -1130, "Data sent for parameter 'newOrderRespType' is not valid."),
        (
            {"selfTradePreventionMode": "ALWAYS"},
            -1130,
            "Data sent for parameter 'selfTradePreventionMode' is not valid.",
        ),
        (
            {"selfTradePreventionMode": "NONE"},
            -1013,
            "This symbol does not allow the specified self-trade prevention mode.",
        ),
        ({"quantity": "0"}, -1013, "Invalid quantity."),
        ({"price": "0"}, -1013, "Invalid price."),
        ({"quantity": "1.123456789"}, -1111, "Parameter 'quantity' has too much precision."),
        ({"price": "90.123456789"}, -1111, "Parameter 'price' has too much precision."),
        ({"symbol": "ETHUSDT"}, -1121, "Invalid symbol."),
        ({"pegPriceType": "PRIMARY_PEG"}, -2010, "Pegged orders are not supported for this symbol."),
        ({"colour": "red"}, -1104, "Not all sent parameters were read; read '6' parameter(s) but was sent '7'."),
    ],
)
def test_each_mistake_has_its_code_and_words(changes: dict[str, str], code: int, words: str) -> None:
    """Clients tell mistakes apart by the code, and by the words where one code stands for several."""
    assert (code, words) == Desk().refused_order(**changes)


def test_a_strategy_type_is_from_a_million() -> None:
    """-1134."""
    code, words = Desk().refused_order(strategyType=999_999)

    assert (code, "strategyType" in words) == (-1134, True)


def test_nothing_is_placed_where_a_parameter_is_unknown() -> None:
    """What is refused has changed nothing."""
    desk = Desk()
    desk.refused_order(colour="red")

    assert desk.ask("GET", "openOrders") == []


def test_an_order_without_an_id_gets_one_of_its_own() -> None:
    """22 characters that no other order has."""
    ids = {_order().client_order_id for _ in range(100)}

    assert len(ids) == 100
    assert all(re.fullmatch("[A-Za-z0-9_-]{22}", one) for one in ids)


def test_an_order_keeps_the_id_it_was_given() -> None:
    """A client finds its order by the id it gave."""
    assert _order(newClientOrderId="mine").client_order_id == "mine"
