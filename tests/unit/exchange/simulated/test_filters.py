"""Each filter of a symbol refuses what is just outside it and passes what is just inside."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from tests.support.instruments import instrument
from tests.support.simulated import BUY, SELL, limit, maker, market, order, stop
from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import NewOrder, OrderType
from tradingbot.exchange.simulated.filters import MarketView, check_filters, check_list_filters

VIEW = MarketView(last=Decimal(110), average=Decimal(100))
STOP_LIMIT, TAKE_PROFIT = OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT


def _with(*filters: Mapping[str, Any]) -> Instrument:
    return instrument("BTC", filters=filters)


def _judgement(rules: Instrument, placed: NewOrder, view: MarketView = VIEW) -> tuple[int | None, str] | None:
    try:
        check_filters(rules, placed, view)
    except ExchangeError as error:
        return error.code, error.message.removeprefix("Filter failure: ")
    return None


PRICE = {"filterType": "PRICE_FILTER", "minPrice": "1.00", "maxPrice": "1000.00", "tickSize": "0.05"}
LOT = {"filterType": "LOT_SIZE", "minQty": "0.10", "maxQty": "50.00", "stepSize": "0.05"}
MARKET_LOT = {"filterType": "MARKET_LOT_SIZE", "minQty": "1", "maxQty": "5", "stepSize": "0.5"}
ICEBERG = {"filterType": "ICEBERG_PARTS", "limit": 10}
PERCENT = {"filterType": "PERCENT_PRICE", "multiplierUp": "1.2", "multiplierDown": "0.9", "avgPriceMins": 5}
BY_SIDE = {
    "filterType": "PERCENT_PRICE_BY_SIDE",
    "bidMultiplierUp": "1.1",
    "bidMultiplierDown": "0.5",
    "askMultiplierUp": "3",
    "askMultiplierDown": "0.8",
    "avgPriceMins": 5,
}
NOTIONAL = {
    "filterType": "NOTIONAL",
    "minNotional": "10",
    "applyMinToMarket": True,
    "maxNotional": "1000",
    "applyMaxToMarket": False,
    "avgPriceMins": 5,
}
MIN_NOTIONAL = {"filterType": "MIN_NOTIONAL", "minNotional": "10", "applyToMarket": True, "avgPriceMins": 0}
TRAILING = {
    "filterType": "TRAILING_DELTA",
    "minTrailingAboveDelta": 10,
    "maxTrailingAboveDelta": 2000,
    "minTrailingBelowDelta": 50,
    "maxTrailingBelowDelta": 500,
}


def _trailing(delta: int, kind: OrderType = OrderType.STOP_LOSS, side: Any = SELL) -> NewOrder:
    return order(side, kind, 1, trailing_delta=delta)


def _iceberg(part: str) -> NewOrder:
    return limit(BUY, "10", "100", iceberg_quantity=part)


@pytest.mark.parametrize(
    ("rule", "passes", "fails"),
    [
        (PRICE, limit(BUY, 1, "1.00"), limit(BUY, 1, "0.95")),
        (PRICE, limit(BUY, 1, "1000.00"), limit(BUY, 1, "1000.05")),
        (PRICE, limit(BUY, 1, "99.95"), limit(BUY, 1, "99.99")),
        (PRICE, stop(SELL, 1, "99.95"), stop(SELL, 1, "99.99")),
        (PRICE, market(BUY, 1), stop(SELL, 1, "0.05")),
        (LOT, limit(BUY, "0.10", 100), limit(BUY, "0.05", 100)),
        (LOT, limit(BUY, "50", 100), limit(BUY, "50.05", 100)),
        (LOT, market(BUY, "1.05"), market(BUY, "1.01")),
        (LOT, _iceberg("0.10"), _iceberg("0.01")),
        (LOT, market(BUY, quote_quantity="1"), market(BUY, "0.01")),
        (MARKET_LOT, market(BUY, "1.5"), market(BUY, "1.2")),
        (MARKET_LOT, market(BUY, "5"), market(BUY, "5.5")),
        (MARKET_LOT, limit(BUY, "5.7", 100), market(BUY, "0.5")),
        (ICEBERG, _iceberg("1"), _iceberg("0.99")),
        (PERCENT, limit(BUY, 1, 120), limit(BUY, 1, "120.01")),
        (PERCENT, limit(SELL, 1, 90), limit(SELL, 1, "89.99")),
        (PERCENT, market(SELL, 1), maker(SELL, 1, 121)),
        (BY_SIDE, limit(BUY, 1, 110), limit(BUY, 1, "110.01")),
        (BY_SIDE, limit(BUY, 1, 50), limit(BUY, 1, "49.99")),
        (BY_SIDE, limit(SELL, 1, 300), limit(SELL, 1, "300.01")),
        (BY_SIDE, limit(SELL, 1, 80), limit(SELL, 1, "79.99")),
        (NOTIONAL, limit(BUY, "0.1", 100), limit(BUY, "0.1", "99.99")),
        (NOTIONAL, limit(BUY, 10, 100), limit(BUY, 10, "100.01")),
        (NOTIONAL, market(BUY, "0.1"), market(BUY, "0.09")),
        (NOTIONAL, market(BUY, 1000), market(BUY, quote_quantity="9.99")),
        (MIN_NOTIONAL, limit(BUY, "0.1", 100), limit(BUY, "0.1", "99.99")),
        (MIN_NOTIONAL, market(BUY, "0.091"), market(BUY, "0.09")),
        (TRAILING, _trailing(50), _trailing(49)),
        (TRAILING, _trailing(500), _trailing(501)),
        (TRAILING, _trailing(10, side=BUY), _trailing(9, side=BUY)),
        (TRAILING, _trailing(2000, TAKE_PROFIT), _trailing(2001, TAKE_PROFIT)),
        (TRAILING, _trailing(500, TAKE_PROFIT, BUY), _trailing(501, TAKE_PROFIT, BUY)),
        (TRAILING, stop(SELL, 1, 90), _trailing(1)),
    ],
)
def test_a_rule_ends_where_it_says(rule: Mapping[str, Any], passes: NewOrder, fails: NewOrder) -> None:
    """The limit itself passes, the next step beyond does not: -1013 names the filter."""
    assert _judgement(_with(rule), passes) is None
    assert _judgement(_with(rule), fails) == (-1013, rule["filterType"])


@pytest.mark.parametrize("rule", [PRICE, LOT, MARKET_LOT, ICEBERG, PERCENT, BY_SIDE, NOTIONAL, MIN_NOTIONAL, TRAILING])
def test_a_limit_of_zero_is_no_limit(rule: Mapping[str, Any]) -> None:
    """An order that breaks every rule passes where all of them are 0."""
    off = {key: "0" if key not in ("filterType", "avgPriceMins") else value for key, value in rule.items()}
    wild = limit(BUY, "77777.77777777", "0.00000001", iceberg_quantity="0.00000001")

    assert _judgement(_with(off), wild) is None
    assert _judgement(_with(off), _trailing(1)) is None


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ({**NOTIONAL, "applyMinToMarket": False}, market(BUY, "0.01")),
        ({**MIN_NOTIONAL, "applyToMarket": False}, market(BUY, "0.01")),
    ],
)
def test_a_market_order_is_spared_where_the_filter_says_so(rule: Mapping[str, Any], wrong: NewOrder) -> None:
    """A limit order of the same value is not."""
    assert _judgement(_with(rule), wrong) is None
    assert _judgement(_with(rule), limit(BUY, "0.01", 100)) == (-1013, rule["filterType"])


def test_the_largest_value_may_apply_to_market_orders() -> None:
    """Reckoned at the average price."""
    rule = {**NOTIONAL, "applyMaxToMarket": True}

    assert _judgement(_with(rule), market(BUY, 10)) is None
    assert _judgement(_with(rule), market(BUY, "10.01")) == (-1013, "NOTIONAL")


def test_without_minutes_the_last_price_is_the_measure() -> None:
    """avgPriceMins 0."""
    rule = {**PERCENT, "avgPriceMins": 0}

    assert _judgement(_with(rule), limit(BUY, 1, 132)) is None
    assert _judgement(_with(rule), limit(BUY, 1, "132.01")) == (-1013, "PERCENT_PRICE")


@pytest.mark.parametrize("rule", [PERCENT, BY_SIDE])
def test_before_the_first_price_nothing_is_measured_by_it(rule: Mapping[str, Any]) -> None:
    """A rule whose price is not known passes."""
    assert _judgement(_with(rule), limit(BUY, 1, 9999), MarketView()) is None


@pytest.mark.parametrize(
    ("rule", "view", "placed"),
    [
        ({"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 3}, MarketView(open_orders=3), limit(BUY, 1, 100)),
        (
            {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
            MarketView(open_algo_orders=5),
            stop(SELL, 1, 90),
        ),
        (
            {"filterType": "MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": 1},
            MarketView(open_iceberg=1),
            _iceberg("1"),
        ),
        ({"filterType": "MAX_POSITION", "maxPosition": "10"}, MarketView(position=Decimal("9.01")), limit(BUY, 1, 100)),
    ],
)
def test_what_the_engine_counts_is_refused_by_it(rule: Mapping[str, Any], view: MarketView, placed: NewOrder) -> None:
    """-2010 with the text of a filter; with nothing open the same order passes."""
    assert _judgement(_with(rule), placed, view) == (-2010, rule["filterType"])
    assert _judgement(_with(rule), placed, MarketView()) is None


def test_a_purchase_for_quote_value_is_a_position_too() -> None:
    """100 at a last price of 100 are one coin."""
    rules = _with({"filterType": "MAX_POSITION", "maxPosition": "10"})
    purchase = market(BUY, quote_quantity=100)

    assert _judgement(rules, purchase, MarketView(last=Decimal(100), position=Decimal("9.01"))) == (
        -2010,
        "MAX_POSITION",
    )
    assert _judgement(rules, purchase, MarketView(last=Decimal(100), position=Decimal(9))) is None


def test_counts_concern_their_own_kind_of_order() -> None:
    """A full count of stops refuses no limit, a full position no sale."""
    rules = _with(
        {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
        {"filterType": "MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": 1},
        {"filterType": "MAX_POSITION", "maxPosition": "10"},
    )
    full = MarketView(open_algo_orders=5, open_iceberg=1, position=Decimal(10))

    assert _judgement(rules, limit(SELL, 1, 100), full) is None


def test_the_first_filter_of_the_list_speaks() -> None:
    """An order that breaks all is refused by the one that the exchange states first."""
    wrong = limit(BUY, "0.01", "0.01")

    assert _judgement(_with(PRICE, LOT, NOTIONAL), wrong) == (-1013, "PRICE_FILTER")
    assert _judgement(_with(NOTIONAL, LOT, PRICE), wrong) == (-1013, "NOTIONAL")


def test_what_an_order_says_is_judged_before_what_is_open() -> None:
    """Even where the count stands first."""
    rules = _with({"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 1}, LOT)

    assert _judgement(rules, limit(BUY, "0.01", 100), MarketView(open_orders=1)) == (-1013, "LOT_SIZE")


@pytest.mark.parametrize(
    ("placed", "name"),
    [
        (limit(BUY, "1.123456789", 100), "quantity"),
        (limit(BUY, 1, "100.000000001"), "price"),
        (stop(SELL, 1, "90.000000001"), "stopPrice"),
        (market(BUY, quote_quantity="100.000000001"), "quoteOrderQty"),
        (_iceberg("1.000000001"), "icebergQty"),
    ],
)
def test_too_many_decimals_come_first(placed: NewOrder, name: str) -> None:
    """-1111 names the parameter, before any filter is asked."""
    assert _judgement(_with(PRICE, LOT), placed) == (-1111, f"Parameter '{name}' has too much precision.")


def test_an_unknown_filter_is_ignored() -> None:
    """The exchange adds some from time to time."""
    assert _judgement(_with({"filterType": "T_PLUS_SELL", "endTime": 1}), limit(BUY, 1, 100)) is None


def test_the_orders_of_a_list_count_one_after_the_other() -> None:
    """Room for one is no room for two."""
    rules = _with({"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 3})
    pair = (maker(SELL, 1, 120), stop(SELL, 1, 90))
    check_list_filters(rules, pair, MarketView(open_orders=1))

    with pytest.raises(ExchangeError, match="MAX_NUM_ORDERS"):
        check_list_filters(rules, pair, MarketView(open_orders=2))


def test_each_leg_of_a_list_is_judged() -> None:
    """The second one's price too."""
    with pytest.raises(ExchangeError, match="PRICE_FILTER") as caught:
        check_list_filters(_with(PRICE), (maker(SELL, 1, 120), stop(SELL, 1, "90.01")), VIEW)

    assert caught.value.code == -1013


def test_the_number_of_lists_is_bounded() -> None:
    """-2010; twenty are open."""
    rules = _with({"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20})
    pair = (maker(SELL, 1, 120), stop(SELL, 1, 90))
    check_list_filters(rules, pair, MarketView(open_lists=19))

    with pytest.raises(ExchangeError, match="MAX_NUM_ORDER_LISTS") as caught:
        check_list_filters(rules, pair, MarketView(open_lists=20))

    assert caught.value.code == -2010
