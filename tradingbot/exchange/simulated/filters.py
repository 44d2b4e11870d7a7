"""Binance's symbol filters, judged in the order in which the exchange states them.

Source: filters.md and errors.md of Binance's spot API. A limit of 0 switches its rule off; a filter of an unknown type
is ignored, as the exchange adds some from time to time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Any

from tradingbot.exchange.errors import ExchangeError, typed
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import ZERO, NewOrder, OrderType, Side

STOP_TYPES = frozenset({OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT})
TAKE_PROFIT_TYPES = frozenset({OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT})
ALGO_TYPES = STOP_TYPES | TAKE_PROFIT_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketView:
    """What an order is judged against: the symbol's prices and what the account has open there.

    `average` is the volume-weighted price of the last minutes; a rule whose price is not known yet (None) passes.
    `position` is the free and locked base asset plus the quantity of all open buy orders.
    """

    last: Decimal | None = None
    average: Decimal | None = None
    open_orders: int = 0
    open_algo_orders: int = 0
    open_iceberg: int = 0
    open_lists: int = 0
    position: Decimal = ZERO


Values = Mapping[str, Any]
Rule = Callable[[Values, NewOrder, MarketView], bool]


def check_filters(instrument: Instrument, order: NewOrder, view: MarketView) -> None:
    """Raise what the exchange answers to an order that breaks a rule of its symbol.

    -1111 for too many decimals; -1013 "Filter failure: NAME" for what the order says by itself, in the order of the
    instrument's filters; then -2010 with the same text for what the matching engine counts.
    """
    _check_precision(instrument, order)
    _judge(instrument, order, view, _BY_ORDER, -1013)
    _judge(instrument, order, view, _BY_ACCOUNT, -2010)


def check_list_filters(instrument: Instrument, orders: Sequence[NewOrder], view: MarketView) -> None:
    """`check_filters` of each order of a list, each counted before the next, and of the number of lists."""
    for order in orders:
        _check_precision(instrument, order)
        _judge(instrument, order, view, _BY_ORDER, -1013)
    for order in orders:
        _judge(instrument, order, view, _BY_ACCOUNT, -2010)
        view = _with(view, order)
    limit = instrument.number("MAX_NUM_ORDER_LISTS", "maxNumOrderLists")
    if 0 < limit <= view.open_lists:
        raise _failure(-2010, "MAX_NUM_ORDER_LISTS")


def is_algo(order: NewOrder) -> bool:
    """Whether MAX_NUM_ALGO_ORDERS counts it."""
    return order.type in ALGO_TYPES


def triggers_above(order: NewOrder) -> bool:
    """Whether a stop or take-profit order waits above the market: STOP_LOSS BUY and TAKE_PROFIT SELL do."""
    return (order.type in STOP_TYPES) == (order.side is Side.BUY)


def _failure(code: int, name: str) -> ExchangeError:
    return typed(code, f"Filter failure: {name}", status=400, changes=True)


def _judge(instrument: Instrument, order: NewOrder, view: MarketView, rules: Mapping[str, Rule], code: int) -> None:
    for values in instrument.filters:
        name = str(values.get("filterType"))
        rule = rules.get(name)
        if rule and not rule(values, order, view):
            raise _failure(code, name)


def _with(view: MarketView, order: NewOrder) -> MarketView:
    return replace(
        view,
        open_orders=view.open_orders + 1,
        open_algo_orders=view.open_algo_orders + is_algo(order),
        open_iceberg=view.open_iceberg + bool(order.iceberg_quantity),
    )


def _check_precision(instrument: Instrument, order: NewOrder) -> None:
    base, quote = instrument.base_asset_precision, instrument.quote_asset_precision
    for name, value, precision in (
        ("quantity", order.quantity, base),
        ("quoteOrderQty", order.quote_quantity, quote),
        ("price", order.price, quote),
        ("stopPrice", order.stop_price, quote),
        ("icebergQty", order.iceberg_quantity, base),
    ):
        if value is not None and _decimals(value) > precision:
            raise typed(-1111, f"Parameter '{name}' has too much precision.", status=400, changes=True)


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _number(values: Values, key: str) -> Decimal:
    return Decimal(str(values.get(key, "0")))


def _within(value: Decimal, low: Decimal, high: Decimal) -> bool:
    return (not low or value >= low) and (not high or value <= high)


def _on_grid(values: Values, value: Decimal | None, names: tuple[str, str, str]) -> bool:
    if value is None:
        return True
    low, high, step = (_number(values, name) for name in names)
    return _within(value, low, high) and (not step or value % step == 0)


def _price_filter(values: Values, order: NewOrder, _view: MarketView) -> bool:
    return all(_on_grid(values, price, _PRICE) for price in (order.price, order.stop_price))


_LOT = ("minQty", "maxQty", "stepSize")
_PRICE = ("minPrice", "maxPrice", "tickSize")


def _lot_size(values: Values, order: NewOrder, _view: MarketView) -> bool:
    return all(_on_grid(values, quantity, _LOT) for quantity in (order.quantity, order.iceberg_quantity or None))


def _market_lot_size(values: Values, order: NewOrder, _view: MarketView) -> bool:
    return order.type is not OrderType.MARKET or _on_grid(values, order.quantity, _LOT)


def _iceberg_parts(values: Values, order: NewOrder, _view: MarketView) -> bool:
    limit = _number(values, "limit")
    if not limit or not order.iceberg_quantity or order.quantity is None:
        return True
    return (order.quantity / order.iceberg_quantity).to_integral_value(ROUND_CEILING) <= limit


def _reference(values: Values, view: MarketView) -> Decimal | None:
    return view.average if _number(values, "avgPriceMins") else view.last


def _notional_of(values: Values, order: NewOrder, view: MarketView) -> Decimal | None:
    if order.quote_quantity is not None:
        return order.quote_quantity
    price = _reference(values, view) if order.price is None else order.price
    return None if price is None or order.quantity is None else price * order.quantity


def _notional(values: Values, order: NewOrder, view: MarketView) -> bool:
    value = _notional_of(values, order, view)
    at_market = order.price is None
    low = ZERO if at_market and not values.get("applyMinToMarket") else _number(values, "minNotional")
    high = ZERO if at_market and not values.get("applyMaxToMarket") else _number(values, "maxNotional")
    return value is None or _within(value, low, high)


def _min_notional(values: Values, order: NewOrder, view: MarketView) -> bool:
    value = _notional_of(values, order, view)
    applies = order.price is not None or values.get("applyToMarket")
    return value is None or not applies or value >= _number(values, "minNotional")


def _percent(values: Values, order: NewOrder, view: MarketView, up: str, down: str) -> bool:
    average = _reference(values, view)
    if order.price is None or average is None:
        return True
    return _within(order.price, average * _number(values, down), average * _number(values, up))


def _percent_price(values: Values, order: NewOrder, view: MarketView) -> bool:
    return _percent(values, order, view, "multiplierUp", "multiplierDown")


def _percent_price_by_side(values: Values, order: NewOrder, view: MarketView) -> bool:
    side = "bid" if order.side is Side.BUY else "ask"
    return _percent(values, order, view, f"{side}MultiplierUp", f"{side}MultiplierDown")


def _trailing_delta(values: Values, order: NewOrder, _view: MarketView) -> bool:
    if order.trailing_delta is None:
        return True
    where = "Above" if triggers_above(order) else "Below"
    low, high = (_number(values, f"{bound}Trailing{where}Delta") for bound in ("min", "max"))
    return _within(Decimal(order.trailing_delta), low, high)


def _room(limit: Decimal, open_now: int) -> bool:
    return not limit or open_now < limit


def _max_num_orders(values: Values, _order: NewOrder, view: MarketView) -> bool:
    return _room(_number(values, "maxNumOrders"), view.open_orders)


def _max_num_algo_orders(values: Values, order: NewOrder, view: MarketView) -> bool:
    return not is_algo(order) or _room(_number(values, "maxNumAlgoOrders"), view.open_algo_orders)


def _max_num_iceberg_orders(values: Values, order: NewOrder, view: MarketView) -> bool:
    return not order.iceberg_quantity or _room(_number(values, "maxNumIcebergOrders"), view.open_iceberg)


def _max_position(values: Values, order: NewOrder, view: MarketView) -> bool:
    limit = _number(values, "maxPosition")
    if not limit or order.side is not Side.BUY:
        return True
    return view.position + _bought(order, view) <= limit


def _bought(order: NewOrder, view: MarketView) -> Decimal:
    """The quantity of a purchase; what it comes to at the last price where it names a quote amount."""
    if order.quantity is None and order.quote_quantity is not None and view.last:
        return order.quote_quantity / view.last
    return order.quantity or ZERO


_BY_ORDER: Mapping[str, Rule] = {
    "PRICE_FILTER": _price_filter,
    "LOT_SIZE": _lot_size,
    "MARKET_LOT_SIZE": _market_lot_size,
    "ICEBERG_PARTS": _iceberg_parts,
    "TRAILING_DELTA": _trailing_delta,
    "PERCENT_PRICE": _percent_price,
    "PERCENT_PRICE_BY_SIDE": _percent_price_by_side,
    "NOTIONAL": _notional,
    "MIN_NOTIONAL": _min_notional,
}
_BY_ACCOUNT: Mapping[str, Rule] = {
    "MAX_NUM_ORDERS": _max_num_orders,
    "MAX_NUM_ALGO_ORDERS": _max_num_algo_orders,
    "MAX_NUM_ICEBERG_ORDERS": _max_num_iceberg_orders,
    "MAX_POSITION": _max_position,
}
