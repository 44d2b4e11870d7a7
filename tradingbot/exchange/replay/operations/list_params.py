"""Order lists out of the parameters of a request. Source: "Order lists" of rest-api.md of Binance's spot API."""

from decimal import Decimal

from tradingbot.exchange.orders import NewOco, NewOrder, NewOto, NewOtoco, OrderType, Side
from tradingbot.exchange.replay.operations.order_params import (
    Common,
    Names,
    client_id,
    list_leg,
    order_type,
    prefixed,
    self_trade_prevention,
    side,
)
from tradingbot.exchange.replay.params import Params, required

_ABOVE, _BELOW = prefixed("above"), prefixed("below")
_WORKING, _PENDING = prefixed("working"), prefixed("pending")
_PENDING_ABOVE, _PENDING_BELOW = prefixed("pendingAbove"), prefixed("pendingBelow")
_OLD_LIMIT = prefixed("limit", {"price": "price"})
_OLD_STOP = prefixed(
    "stop",
    {
        "price": "stopLimitPrice",
        "timeInForce": "stopLimitTimeInForce",
        "stopPrice": "stopPrice",
        "trailingDelta": "trailingDelta",
    },
)


def oco_of(params: Params) -> NewOco:
    """`orderList/oco`; raises as `order_of`, and -1160."""
    above, below = _pair(params, _common(params, "side", "quantity"), _ABOVE, _BELOW)
    return NewOco(client_list_id=_list_id(params), above=above, below=below)


def old_oco_of(params: Params) -> NewOco:
    """`order/oco`, deprecated in 2024 and still sent: a limit order and a stop, without saying which is above."""
    common = _common(params, "side", "quantity")
    required("price", params.decimal("price"))
    required("stopPrice", params.decimal("stopPrice"))
    kind = OrderType.STOP_LOSS if params.decimal("stopLimitPrice") is None else OrderType.STOP_LOSS_LIMIT
    limit = list_leg(params, _OLD_LIMIT, OrderType.LIMIT_MAKER, common)
    stop = list_leg(params, _OLD_STOP, kind, common)
    above, below = (limit, stop) if common.side is Side.SELL else (stop, limit)
    return NewOco(client_list_id=_list_id(params), above=above, below=below)


def oto_of(params: Params) -> NewOto:
    """`orderList/oto`; raises as `order_of`."""
    working = _working(params)
    common = _common(params, "pendingSide", "pendingQuantity")
    pending = list_leg(params, _PENDING, order_type(params, "pendingType"), common)
    return NewOto(client_list_id=_list_id(params), working=working, pending=pending)


def otoco_of(params: Params) -> NewOtoco:
    """`orderList/otoco`; raises as `oco_of`."""
    working = _working(params)
    common = _common(params, "pendingSide", "pendingQuantity")
    above, below = _pair(params, common, _PENDING_ABOVE, _PENDING_BELOW)
    return NewOtoco(client_list_id=_list_id(params), working=working, above=above, below=below)


def _list_id(params: Params) -> str:
    return client_id(params, "listClientOrderId")


def _common(params: Params, side_name: str, quantity_name: str) -> Common:
    return Common(
        symbol=params.symbol(),
        side=side(params, side_name),
        quantity=_quantity(params, quantity_name),
        self_trade_prevention=self_trade_prevention(params),
    )


def _quantity(params: Params, name: str) -> Decimal:
    return required(name, params.decimal(name))


def _working(params: Params) -> NewOrder:
    common = _common(params, "workingSide", "workingQuantity")
    return list_leg(params, _WORKING, order_type(params, "workingType"), common)


def _pair(params: Params, common: Common, above: Names, below: Names) -> tuple[NewOrder, NewOrder]:
    return (
        list_leg(params, above, order_type(params, above("type")), common),
        list_leg(params, below, order_type(params, below("type")), common),
    )
