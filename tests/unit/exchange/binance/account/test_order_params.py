"""What is asked for, in the exchange's words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tradingbot.exchange.binance.account.order_params import list_params, order_params, plain
from tradingbot.exchange.errors import BadRequest
from tradingbot.exchange.orders import (
    NewOco,
    NewOrder,
    NewOto,
    NewOtoco,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)

TARGET = NewOrder(
    symbol="BTCUSDT",
    side=Side.SELL,
    type=OrderType.LIMIT_MAKER,
    client_order_id="target",
    quantity=Decimal("0.5"),
    price=Decimal(60_000),
)
STOP = NewOrder(
    symbol="BTCUSDT",
    side=Side.SELL,
    type=OrderType.STOP_LOSS_LIMIT,
    client_order_id="stop",
    quantity=Decimal("0.5"),
    price=Decimal(39_990),
    stop_price=Decimal(40_000),
    time_in_force=TimeInForce.GTC,
)
ENTRY = NewOrder(
    symbol="BTCUSDT",
    side=Side.BUY,
    type=OrderType.LIMIT,
    client_order_id="entry",
    quantity=Decimal("0.6"),
    price=Decimal(50_000),
    time_in_force=TimeInForce.GTC,
)
PAIR = (
    {
        "Type": "LIMIT_MAKER",
        "ClientOrderId": "target",
        "Price": "60000",
    },
    {
        "Type": "STOP_LOSS_LIMIT",
        "ClientOrderId": "stop",
        "Price": "39990",
        "StopPrice": "40000",
        "TimeInForce": "GTC",
    },
)


def prefixed(prefix: str, names: dict[str, str]) -> dict[str, str]:
    """The names with that before them."""
    return {prefix + name: value for name, value in names.items()}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-8"), "0.00000001"),
        (Decimal("0.10"), "0.1"),
        (Decimal("50500.0000000000"), "50500"),
        (Decimal(100), "100"),
        (Decimal("0.000"), "0"),
        (Decimal("12345678901234567890.123456789012345678"), "12345678901234567890.123456789012345678"),
        (7, "7"),
    ],
)
def test_numbers_are_plain(number: object, text: str) -> None:
    """Never with an exponent, never rounded, and without zeros that the exchange would count as decimals (-1111)."""
    assert plain(number) == text


def test_an_order_says_all_that_it_has() -> None:
    """Each field under the exchange's name, and an answer in full."""
    order = replace(
        STOP,
        trailing_delta=100,
        iceberg_quantity=Decimal("0.1"),
        self_trade_prevention=SelfTradePrevention.EXPIRE_TAKER,
        strategy_id=3,
        strategy_type=1_000_000,
    )

    assert order_params(order) == {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "type": "STOP_LOSS_LIMIT",
        "newClientOrderId": "stop",
        "quantity": "0.5",
        "price": "39990",
        "stopPrice": "40000",
        "trailingDelta": "100",
        "timeInForce": "GTC",
        "icebergQty": "0.1",
        "selfTradePreventionMode": "EXPIRE_TAKER",
        "strategyId": "3",
        "strategyType": "1000000",
        "newOrderRespType": "FULL",
    }


def test_a_market_order_may_be_of_a_value() -> None:
    """Then it has no quantity."""
    order = replace(ENTRY, type=OrderType.MARKET, quantity=None, price=None, time_in_force=None)

    params = order_params(replace(order, quote_quantity=Decimal(100)))

    assert params["quoteOrderQty"] == "100"
    assert params.keys().isdisjoint({"quantity", "price", "timeInForce"})


@pytest.mark.parametrize("name", ["", " ", "a b", "a" * 37, "x.y", "\u00e4", "a\n"])
def test_a_client_id_that_the_exchange_does_not_take_is_refused(name: str) -> None:
    """Before anything is sent: without one ccxt would invent an id, and nobody could ask for the order."""
    with pytest.raises(BadRequest, match="client id"):
        order_params(replace(ENTRY, client_order_id=name))
    for orders in (
        NewOco(client_list_id=name, above=TARGET, below=STOP),
        NewOco(client_list_id="list", above=TARGET, below=replace(STOP, client_order_id=name)),
    ):
        with pytest.raises(BadRequest, match="client id"):
            list_params(orders)


def test_an_oco() -> None:
    """Symbol, side and quantity once, the rest for each of the two."""
    above, below = PAIR

    assert list_params(NewOco(client_list_id="list", above=TARGET, below=STOP)) == {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "quantity": "0.5",
        "listClientOrderId": "list",
        "newOrderRespType": "FULL",
        **prefixed("above", above),
        **prefixed("below", below),
    }


def test_an_oto() -> None:
    """Side and quantity for each."""
    params = list_params(NewOto(client_list_id="list", working=ENTRY, pending=STOP))

    assert (params["workingSide"], params["workingQuantity"]) == ("BUY", "0.6")
    assert (params["pendingSide"], params["pendingQuantity"], params["pendingStopPrice"]) == ("SELL", "0.5", "40000")
    assert params.keys().isdisjoint({"side", "quantity"})


def test_an_otoco() -> None:
    """The pending pair shares side and quantity."""
    above, below = PAIR
    params = list_params(NewOtoco(client_list_id="list", working=ENTRY, above=TARGET, below=STOP))

    assert params.items() >= {**prefixed("pendingAbove", above), **prefixed("pendingBelow", below)}.items()
    assert (params["pendingSide"], params["pendingQuantity"], params["workingQuantity"]) == ("SELL", "0.5", "0.6")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"quantity": Decimal("0.4")}, "quantity"),
        ({"side": Side.BUY}, "side"),
        ({"symbol": "ETHUSDT"}, "symbol"),
        ({"self_trade_prevention": SelfTradePrevention.EXPIRE_BOTH}, "self trade prevention"),
        ({"quote_quantity": Decimal(5)}, "base asset"),
    ],
)
def test_members_that_do_not_fit_together_are_refused(change: dict[str, object], what: str) -> None:
    """Rather than one of the two values being sent for both."""
    other = replace(STOP, **change)  # type: ignore[arg-type]

    for orders in (
        NewOco(client_list_id="list", above=TARGET, below=other),
        NewOtoco(client_list_id="list", working=replace(ENTRY), above=TARGET, below=other),
    ):
        with pytest.raises(BadRequest, match=what):
            list_params(orders)
