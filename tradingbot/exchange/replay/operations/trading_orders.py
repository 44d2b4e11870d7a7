"""Placing, testing, cancelling and amending orders. Source: rest-api.md of Binance's spot API, "Trading endpoints"."""

from collections.abc import Sequence
from dataclasses import dataclass

from tradingbot.exchange.orders import NewOrder, OrderListReport, OrderReport, OrderStatus
from tradingbot.exchange.replay.answers.account import order_commission_answer
from tradingbot.exchange.replay.answers.lists import cancel_list_answer
from tradingbot.exchange.replay.answers.orders import (
    Json,
    ResponseType,
    cancel_answer,
    default_response,
    new_order_answer,
)
from tradingbot.exchange.replay.operation import Operation, Security
from tradingbot.exchange.replay.operations.order_params import (
    cancel_restriction,
    client_id,
    fresh_id,
    order_of,
    response_type,
)
from tradingbot.exchange.replay.params import Params, either
from tradingbot.exchange.replay.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """An order to cancel, by one id or both; `cancel_id` is the id of the cancel itself."""

    symbol: str
    order_id: int | None
    client_order_id: str | None
    cancel_id: str
    only: OrderStatus | None


def cancel_of(params: Params, names: Sequence[str] = ("orderId", "origClientOrderId", "newClientOrderId")) -> Cancel:
    """What to cancel, by parameters of these names; raises -1102 where no id was sent, -1145."""
    symbol = params.symbol()
    order_id, own_id = target(params, *names[:2])
    return Cancel(
        symbol=symbol,
        order_id=order_id,
        client_order_id=own_id,
        cancel_id=client_id(params, names[2]),
        only=cancel_restriction(params),
    )


def target(
    params: Params, id_name: str = "orderId", client_id_name: str = "origClientOrderId"
) -> tuple[int | None, str | None]:
    """The ids by which an order or list is named, one or both; raises -1102 where neither was sent."""
    order_id, own_id = params.integer(id_name), params.client_id(client_id_name)
    if order_id is None and own_id is None:
        raise either(client_id_name, id_name)
    return order_id, own_id


def place(world: World, order: NewOrder, asked: ResponseType | None) -> Json:
    """Place an order; what is answered where nothing was asked for depends on its type."""
    report = world.exchange.place(order, world.clock.now_ms())
    prevented = [
        match for match in world.exchange.prevented_matches(order.symbol) if match.taker_order_id == report.order_id
    ]
    return new_order_answer(report, asked or default_response(order.type), prevented)


def cancel(world: World, wanted: Cancel) -> Json:
    """Cancel an order; where it belongs to a list, the list ends with it and is answered."""
    report = world.exchange.cancel(
        wanted.symbol,
        world.clock.now_ms(),
        order_id=wanted.order_id,
        client_order_id=wanted.client_order_id,
        cancel_id=wanted.cancel_id,
        only=wanted.only,
    )
    if report.list_id == -1:
        return cancel_answer(report, wanted.cancel_id)
    return cancel_list_answer(world.exchange.order_list(list_id=report.list_id), wanted.cancel_id)


def _place(world: World, params: Params) -> Json:
    order, asked = order_of(params), response_type(params)
    params.refuse_unknown()
    return place(world, order, asked)


def _test(world: World, params: Params) -> Json:
    order, rates_wanted = order_of(params), params.flag("computeCommissionRates")
    response_type(params)
    params.refuse_unknown()
    world.exchange.check(order, world.clock.now_ms())
    return order_commission_answer(world.exchange.commission(order.symbol)) if rates_wanted else {}


def _cancel(world: World, params: Params) -> Json:
    wanted = cancel_of(params)
    params.refuse_unknown()
    return cancel(world, wanted)


def _cancel_all(world: World, params: Params) -> Sequence[Json]:
    symbol, cancel_id = params.symbol(), fresh_id()
    params.refuse_unknown()
    return [_ended(one, cancel_id) for one in world.exchange.cancel_all(symbol, world.clock.now_ms(), cancel_id)]


def _ended(report: OrderReport | OrderListReport, cancel_id: str) -> Json:
    if isinstance(report, OrderListReport):
        return cancel_list_answer(report, cancel_id)
    return cancel_answer(report, cancel_id)


def _test_weight(params: Params) -> int:
    return 20 if params.flag("computeCommissionRates") else 1


def _one(_params: Params) -> int:
    return 1


OPERATIONS: Sequence[Operation[World]] = (
    Operation(
        verb="POST",
        path="/api/v3/order",
        ws="order.place",
        security=Security.TRADE,
        weight=_one,
        handle=_place,
        orders=1,
        is_order=True,
    ),
    Operation(
        verb="POST",
        path="/api/v3/order/test",
        ws="order.test",
        security=Security.TRADE,
        weight=_test_weight,
        handle=_test,
    ),
    Operation(
        verb="DELETE",
        path="/api/v3/order",
        ws="order.cancel",
        security=Security.TRADE,
        weight=_one,
        handle=_cancel,
        is_order=True,
    ),
    Operation(
        verb="DELETE",
        path="/api/v3/openOrders",
        ws="openOrders.cancelAll",
        security=Security.TRADE,
        weight=_one,
        handle=_cancel_all,
        is_order=True,
    ),
)
