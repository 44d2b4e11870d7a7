"""What is asked for, in the exchange's words: nothing is rounded, nothing is left out.

Source: "Trading endpoints" and "Order lists" of Binance's REST documentation.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from tradingbot.exchange.errors import BadRequest
from tradingbot.exchange.orders import NewOco, NewOrder, NewOrderList, NewOto, NewOtoco

Params = dict[str, str]
_ID = re.compile(r"[a-zA-Z0-9_-]{1,36}")

_ORDER_FIELDS = {
    "symbol": "symbol",
    "side": "side",
    "type": "type",
    "client_order_id": "newClientOrderId",
    "quantity": "quantity",
    "quote_quantity": "quoteOrderQty",
    "price": "price",
    "stop_price": "stopPrice",
    "trailing_delta": "trailingDelta",
    "time_in_force": "timeInForce",
    "iceberg_quantity": "icebergQty",
    "self_trade_prevention": "selfTradePreventionMode",
    "strategy_id": "strategyId",
    "strategy_type": "strategyType",
}
_LEG_FIELDS = {
    "type": "Type",
    "client_order_id": "ClientOrderId",
    "price": "Price",
    "stop_price": "StopPrice",
    "trailing_delta": "TrailingDelta",
    "time_in_force": "TimeInForce",
    "iceberg_quantity": "IcebergQty",
    "strategy_id": "StrategyId",
    "strategy_type": "StrategyType",
}
_OF_A_WHOLE_LEG = {"side": "Side", "quantity": "Quantity"}


def order_params(order: NewOrder) -> Params:
    """Of POST order, answered in full; raises BadRequest for a client id that the exchange does not take."""
    _check_ids(order.client_order_id)
    return _named(order, _ORDER_FIELDS) | {"newOrderRespType": "FULL"}


def list_params(orders: NewOrderList) -> Params:
    """Of POST orderList/oco, /oto and /otoco, answered in full.

    Raises BadRequest where members differ in what the exchange takes only once for all of them, and for client ids that
    it does not take.
    """
    every = members(orders)
    _check_ids(orders.client_list_id, *(order.client_order_id for order in every))
    match orders:
        case NewOco(above=above, below=below):
            legs = _same(above, below, "side", "quantity") | _leg(above, "above") | _leg(below, "below")
        case NewOto(working=working, pending=pending):
            legs = _whole_leg(working, "working") | _whole_leg(pending, "pending")
        case NewOtoco(working=working, above=above, below=below):
            pair = _leg(above, "pendingAbove") | _leg(below, "pendingBelow")
            shared = {f"pending{name.title()}": text for name, text in _same(above, below, "side", "quantity").items()}
            legs = _whole_leg(working, "working") | shared | pair
    if any(order.quote_quantity is not None for order in every):
        raise BadRequest("An order of a list takes its quantity in the base asset: the exchange knows no other")
    common = _same(every[0], every[1], "symbol") | _same(every[0], every[-1], "symbol")
    for other in every[1:]:
        common |= _same(every[0], other, "self_trade_prevention")
    return common | legs | {"listClientOrderId": orders.client_list_id, "newOrderRespType": "FULL"}


def members(orders: NewOrderList) -> Sequence[NewOrder]:
    """The orders of a list, the working one first."""
    match orders:
        case NewOco(above=above, below=below):
            return (above, below)
        case NewOto(working=working, pending=pending):
            return (working, pending)
        case NewOtoco(working=working, above=above, below=below):
            return (working, above, below)


def plain(value: object) -> str:
    """As the exchange reads it: numbers without an exponent, and without zeros that say nothing but count as digits."""
    if not isinstance(value, Decimal):
        return str(value)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _check_ids(*ids: str) -> None:
    """An order whose id differs from ours could not be asked for: ccxt invents one where there is none."""
    for one in ids:
        if not _ID.fullmatch(one):
            raise BadRequest(f"{one!r} is no client id: 1 to 36 letters (a-z), digits, hyphens and underscores")


def _named(order: NewOrder, names: Mapping[str, str], prefix: str = "") -> Params:
    values = {prefix + name: getattr(order, field) for field, name in names.items()}
    return {name: plain(value) for name, value in values.items() if value is not None}


def _leg(order: NewOrder, prefix: str) -> Params:
    return _named(order, _LEG_FIELDS, prefix)


def _whole_leg(order: NewOrder, prefix: str) -> Params:
    return _named(order, _LEG_FIELDS | _OF_A_WHOLE_LEG, prefix)


def _same(one: NewOrder, other: NewOrder, *fields: str) -> Params:
    for field in fields:
        if getattr(one, field) != getattr(other, field):
            raise BadRequest(f"The orders of a list differ in their {field.replace('_', ' ')}: the exchange takes one")
    return _named(one, {field: _ORDER_FIELDS[field] for field in fields})
