"""What is refused before an order reaches the engine."""

from typing import Any

import pytest

from tests.support.instruments import filters, instrument
from tests.support.simulated import BUY, SELL, START, Watched, limit, maker, market, order, stop
from tradingbot.exchange.errors import BadRequest, FilterRefused, OrderRefused, Reason
from tradingbot.exchange.orders import NewOrder, NewOto, OrderStatus, OrderType, TimeInForce

LIMIT, STOP, TAKE = OrderType.LIMIT, OrderType.STOP_LOSS, OrderType.TAKE_PROFIT


def world(**changes: Any) -> Watched:
    """BTC at 100, with an instrument that differs."""
    made = Watched(instruments=[instrument("BTC", step="0.001", **changes)])
    made.trade(100)
    return made


@pytest.mark.parametrize(
    ("bad", "code", "text"),
    [
        (order(BUY, LIMIT, 1), -1102, "Mandatory parameter 'price'"),
        (order(BUY, LIMIT, price=99), -1102, "Mandatory parameter 'quantity'"),
        (order(BUY, LIMIT, 1, price=99, time_in_force=None), -1102, "Mandatory parameter 'timeInForce'"),
        (market(BUY), -1102, "'quantity' or 'quoteOrderQty'"),
        (market(BUY, 1, quote_quantity=50), -1128, "Combination of optional parameters"),
        (market(BUY, 1, price=99), -1106, "Parameter 'price' sent when not required"),
        (limit(BUY, 1, 99, stop_price=98), -1106, "Parameter 'stopPrice'"),
        (maker(BUY, 1, 99, time_in_force=TimeInForce.GTC), -1106, "Parameter 'timeInForce'"),
        (stop(BUY, 1), -1102, "'stopPrice' or 'trailingDelta'"),
        (limit(BUY, 0, 99), -1013, "Invalid quantity"),
        (limit(BUY, 1, 0), -1013, "Invalid price"),
        (limit(BUY, 1, 99, strategy_type=5), -1134, "strategyType"),
    ],
)
def test_each_type_has_its_parameters(bad: NewOrder, code: int, text: str) -> None:
    """What is missing or too much is named as on the wire."""
    with pytest.raises(BadRequest, match=text) as refusal:
        world().place(bad)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (OrderType.MARKET, "Market orders are not supported for this symbol."),
        (STOP, "Stop loss orders are not supported for this symbol."),
        (TAKE, "Take profit orders are not supported for this symbol."),
        (LIMIT, "Unsupported order combination"),
    ],
)
def test_a_type_that_the_symbol_does_not_offer_is_refused(kind: OrderType, text: str) -> None:
    """In the exchange's own words."""
    orders = {OrderType.MARKET: market(BUY, 1), STOP: stop(SELL, 1, 95), LIMIT: limit(BUY, 1, 99)}
    orders[TAKE] = order(SELL, TAKE, 1, stop_price=105)
    with pytest.raises(OrderRefused) as refusal:
        world(order_types=()).place(orders[kind])

    assert refusal.value.message == text


@pytest.mark.parametrize(
    ("switch", "bad"),
    [
        ("quote_order_qty_market_allowed", market(BUY, quote_quantity=50)),
        ("iceberg_allowed", limit(BUY, 5, 99, iceberg_quantity=1)),
        ("allow_trailing_stop", order(SELL, STOP, 1, trailing_delta=100)),
    ],
)
def test_what_a_symbol_switches_off_is_refused(switch: str, bad: NewOrder) -> None:
    """It is taken where it is switched on."""
    with pytest.raises(OrderRefused, match=r"not support"):
        world(**{switch: False}).place(bad)
    world().place(bad)


def test_lists_may_be_switched_off() -> None:
    """Pairs, and orders that wait for another, each by themselves."""
    above, below = maker(SELL, 1, 110), stop(SELL, 1, 95)
    waiting = NewOto(client_list_id="list", working=limit(BUY, 1, 99), pending=limit(SELL, 1, 105))

    with pytest.raises(OrderRefused, match="OCO orders are not supported"):
        world(oco_allowed=False).oco(above, below)
    with pytest.raises(OrderRefused, match="OTO orders are not supported"):
        world(oto_allowed=False).exchange.place_list(waiting, START)
    world(oto_allowed=False).oco(above, below)


def test_a_list_is_of_one_symbol() -> None:
    """A pair across two is none."""
    made = Watched(instruments=[instrument("BTC", step="0.001"), instrument("ETH", step="0.001")])
    made.trade(100)
    with pytest.raises(BadRequest, match=r"Unsupported order combination\."):
        made.oco(maker(SELL, 1, 110), stop(SELL, 1, 95, symbol="ETHUSDT"))


@pytest.mark.parametrize("status", ["HALT", "BREAK", "CANCEL_ONLY", "END_OF_DAY"])
def test_a_closed_market_takes_no_order_but_a_cancel(status: str) -> None:
    """What was open can be taken back."""
    made = world()
    report = made.place(limit(BUY, 1, 99))
    made.exchange.set_instruments([instrument("BTC", step="0.001", status=status)])

    with pytest.raises(OrderRefused, match=r"Market is closed\.") as refusal:
        made.place(limit(BUY, 1, 99))
    assert refusal.value.reason is Reason.MARKET_CLOSED
    assert made.cancel(report).status is OrderStatus.CANCELED


def test_filters_may_change_while_running() -> None:
    """A coarser step is a refusal from then on; what is open stays."""
    made = world()
    report = made.place(limit(BUY, "1.001", 99))
    made.exchange.set_instruments([instrument("BTC", filters=filters("1"))])

    with pytest.raises(FilterRefused, match="LOT_SIZE"):
        made.place(limit(BUY, "1.001", 99))
    made.trade(98)
    assert made.look(report).status is OrderStatus.FILLED


def test_iceberg_orders_rest_whole() -> None:
    """The visible part is smaller than the whole, and only of an order that may rest."""
    with pytest.raises(OrderRefused, match="IcebergQty exceeds QTY"):
        world().place(limit(BUY, 1, 99, iceberg_quantity=1))
    with pytest.raises(OrderRefused, match="Unsupported order combination"):
        world().place(limit(BUY, 2, 99, iceberg_quantity=1, time_in_force=TimeInForce.IOC))


def test_a_refused_order_leaves_no_trace() -> None:
    """No event, no order, no client id taken."""
    made = world()
    made.told.clear()
    with pytest.raises(OrderRefused, match="insufficient balance"):
        made.place(limit(BUY, 1_000, 99, client_order_id="mine"))

    assert (made.told, made.exchange.orders("BTCUSDT")) == ([], [])
    assert made.place(limit(BUY, 1, 99, client_order_id="mine")).status is OrderStatus.NEW


def test_a_check_judges_what_comes_before_the_engine_and_places_nothing() -> None:
    """Filters, but not the balance, as the exchange's own test of an order."""
    made = world()
    made.exchange.check(limit(BUY, 1_000, 99), made.later())
    with pytest.raises(FilterRefused, match="LOT_SIZE"):
        made.exchange.check(limit(BUY, "0.0005", 99), made.later())

    assert made.exchange.open_orders() == []


def test_the_number_of_open_orders_is_limited() -> None:
    """Five stops; the sixth is refused by the engine's count, until one is gone."""
    made = world()
    stops = [made.place(stop(SELL, 1, 95)) for _ in range(5)]
    with pytest.raises(OrderRefused, match="Filter failure: MAX_NUM_ALGO_ORDERS") as refusal:
        made.place(stop(SELL, 1, 95))
    assert refusal.value.reason is Reason.FILTER

    made.cancel(stops[0])
    made.place(stop(SELL, 1, 95))
