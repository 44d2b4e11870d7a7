"""Placing and cancelling order lists. Source: rest-api.md of Binance's spot API, "Order lists"."""

from collections.abc import Callable, Sequence
from typing import NoReturn

from tradingbot.exchange.orders import NewOrderList
from tradingbot.exchange.replay.answers.lists import cancel_list_answer, new_list_answer
from tradingbot.exchange.replay.answers.orders import Json, ResponseType
from tradingbot.exchange.replay.operation import Operation, Security
from tradingbot.exchange.replay.operations.list_params import oco_of, old_oco_of, oto_of, otoco_of
from tradingbot.exchange.replay.operations.order_params import client_id, response_type
from tradingbot.exchange.replay.operations.trading_orders import target
from tradingbot.exchange.replay.params import Params, refusal
from tradingbot.exchange.replay.world import World

_Parser = Callable[[Params], NewOrderList]


def _placing(parse: _Parser) -> Callable[[World, Params], Json]:
    def handle(world: World, params: Params) -> Json:
        orders, asked = parse(params), response_type(params)
        params.refuse_unknown()
        report = world.exchange.place_list(orders, world.clock.now_ms())
        return new_list_answer(report, asked or ResponseType.RESULT)

    return handle


def _refuse_opo(world: World, params: Params) -> NoReturn:
    world.exchange.instrument(params.symbol())
    raise refusal(-2010, "OPO orders are not supported for this symbol.")


def _cancel(world: World, params: Params) -> Json:
    symbol = params.symbol()
    list_id, own_id = target(params, "orderListId", "listClientOrderId")
    cancel_id = client_id(params)
    params.refuse_unknown()
    now = world.clock.now_ms()
    report = world.exchange.cancel_list(symbol, now, list_id=list_id, client_list_id=own_id, cancel_id=cancel_id)
    return cancel_list_answer(report, cancel_id)


def _list_operation(
    path: str, ws: str, orders: int, handle: Callable[[World, Params], Json], verb: str = "POST"
) -> Operation[World]:
    return Operation(
        verb=verb,
        path=f"/api/v3/{path}",
        ws=ws,
        security=Security.TRADE,
        weight=lambda _params: 1,
        handle=handle,
        orders=orders,
        is_order=True,
    )


OPERATIONS: Sequence[Operation[World]] = (
    _list_operation("orderList/oco", "orderList.place.oco", 2, _placing(oco_of)),
    _list_operation("order/oco", "orderList.place", 2, _placing(old_oco_of)),
    _list_operation("orderList/oto", "orderList.place.oto", 2, _placing(oto_of)),
    _list_operation("orderList/otoco", "orderList.place.otoco", 3, _placing(otoco_of)),
    _list_operation("orderList/opo", "orderList.place.opo", 2, _refuse_opo),
    _list_operation("orderList/opoco", "orderList.place.opoco", 3, _refuse_opo),
    _list_operation("orderList", "orderList.cancel", 0, _cancel, verb="DELETE"),
)
