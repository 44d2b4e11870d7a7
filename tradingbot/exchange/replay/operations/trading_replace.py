"""Cancelling an order and placing another in one request, and making an order smaller in place.

Source: "Cancel an Existing Order and Send a New Order" and "Order Amend Keep Priority" of rest-api.md of Binance's API.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum

from tradingbot.exchange.errors import ExchangeError, Refused, TooManyOrders, typed
from tradingbot.exchange.replay.answers.lists import list_answer
from tradingbot.exchange.replay.answers.orders import Json, amended_order
from tradingbot.exchange.replay.operation import Operation, Security
from tradingbot.exchange.replay.operations.order_params import client_id, order_of, response_type
from tradingbot.exchange.replay.operations.trading_orders import cancel, cancel_of, place, target
from tradingbot.exchange.replay.params import Params, refusal, required
from tradingbot.exchange.replay.world import World

_CANCEL_NAMES = ("cancelOrderId", "cancelOrigClientOrderId", "cancelNewClientOrderId")


class ReplaceMode(StrEnum):
    """Whether the new order is tried where the cancel has failed."""

    STOP_ON_FAILURE = "STOP_ON_FAILURE"
    ALLOW_FAILURE = "ALLOW_FAILURE"


class ExceededMode(StrEnum):
    """What is done where the account may place no more orders."""

    DO_NOTHING = "DO_NOTHING"
    CANCEL_ONLY = "CANCEL_ONLY"


def _replace(world: World, params: Params) -> Json:
    order, asked = order_of(params), response_type(params)
    wanted = cancel_of(params, _CANCEL_NAMES)
    mode = required("cancelReplaceMode", params.choice("cancelReplaceMode", ReplaceMode))
    exceeded = params.choice("orderRateLimitExceededMode", ExceededMode) or ExceededMode.DO_NOTHING
    params.refuse_unknown()
    if not world.exchange.instrument(order.symbol).cancel_replace_allowed:
        raise refusal(-2010, "Order cancel-replace is not supported for this symbol.")
    world.exchange.check(order, world.clock.now_ms())
    too_many = _too_many(world)
    if too_many and exceeded is ExceededMode.DO_NOTHING:
        raise too_many
    if not too_many:
        world.limits.add_orders(1, world.clock.now_ms())  # it counts even where it is not attempted
    cancelled = _attempt(lambda: cancel(world, wanted))
    placed: Json | ExchangeError | None = too_many
    if isinstance(cancelled, ExchangeError) and mode is ReplaceMode.STOP_ON_FAILURE:
        placed = None
    elif not too_many:
        placed = _attempt(lambda: place(world, order, asked))
    return _both(cancelled, placed, 429 if too_many and mode is ReplaceMode.STOP_ON_FAILURE else None)


def _too_many(world: World) -> TooManyOrders | None:
    try:
        world.limits.check_orders(1, world.clock.now_ms())
    except TooManyOrders as error:
        return error
    return None


def _attempt(action: Callable[[], Json]) -> Json | ExchangeError:
    try:
        return action()
    except Refused as error:
        return error


def _both(cancelled: Json | ExchangeError, placed: Json | ExchangeError | None, status: int | None) -> Json:
    """The answer where both halves succeeded, else the error with both: 409 for one half, 400 for none."""
    data = {
        "cancelResult": _result(cancelled),
        "newOrderResult": _result(placed),
        "cancelResponse": _response(cancelled),
        "newOrderResponse": _response(placed),
    }
    successes = (data["cancelResult"], data["newOrderResult"]).count("SUCCESS")
    if successes == 2:
        return data
    if successes == 1:
        message = "Order cancel-replace partially failed."
        raise typed(-2021, message, status=status or 409, changes=True, data=data)
    raise typed(-2022, "Order cancel-replace failed.", status=status or 400, changes=True, data=data)


def _result(half: Json | ExchangeError | None) -> str:
    if half is None:
        return "NOT_ATTEMPTED"
    return "FAILURE" if isinstance(half, ExchangeError) else "SUCCESS"


def _response(half: Json | ExchangeError | None) -> Json | None:
    return {"code": half.code, "msg": half.message} if isinstance(half, ExchangeError) else half


def _amend(world: World, params: Params) -> Json:
    symbol = params.symbol()
    order_id, own_id = target(params)
    quantity = required("newQty", params.decimal("newQty"))
    new_id = client_id(params)
    params.refuse_unknown()
    exchange = world.exchange
    report = exchange.amend(
        symbol,
        world.clock.now_ms(),
        order_id=order_id,
        client_order_id=own_id,
        new_client_order_id=new_id,
        quantity=quantity,
    )
    last = exchange.amendments(symbol, report.order_id)[-1]
    answer: Json = {
        "transactTime": last.time,
        "executionId": last.execution_id,
        "amendedOrder": amended_order(report, last.previous_client_id),
    }
    if report.list_id != -1:
        members = list_answer(exchange.order_list(list_id=report.list_id))
        del members["listStatusType"], members["transactionTime"]
        answer["listStatus"] = members
    return answer


OPERATIONS: Sequence[Operation[World]] = (
    Operation(
        verb="POST",
        path="/api/v3/order/cancelReplace",
        ws="order.cancelReplace",
        security=Security.TRADE,
        weight=lambda _params: 1,
        handle=_replace,
        counts_itself=True,
        is_order=True,
    ),
    Operation(
        verb="PUT",
        path="/api/v3/order/amend/keepPriority",
        ws="order.amend.keepPriority",
        security=Security.TRADE,
        weight=lambda _params: 4,
        handle=_amend,
        is_order=True,
    ),
)
