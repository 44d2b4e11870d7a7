"""The account and what is open in it. Source: "Account Endpoints" of rest-api.md of Binance's spot API."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tradingbot.domain.timeframe import DAY_MS
from tradingbot.exchange.orders import ZERO, Balance, OrderReport
from tradingbot.exchange.replay.answers.account import account_answer, commission_answer
from tradingbot.exchange.replay.answers.lists import list_answer
from tradingbot.exchange.replay.answers.orders import Json, query_answer
from tradingbot.exchange.replay.operation import Operation, Security
from tradingbot.exchange.replay.operations.trading_orders import target
from tradingbot.exchange.replay.params import Params, refusal
from tradingbot.exchange.replay.world import World
from tradingbot.exchange.simulated.exchange import SimulatedExchange

_ARCHIVED_AFTER = 90 * DAY_MS


def _account(world: World, params: Params) -> Json:
    omit_zero = params.flag("omitZeroBalances")
    params.refuse_unknown()
    exchange = world.exchange
    balances = {one.asset: one for one in exchange.balances()}
    if not omit_zero:
        for asset in _assets(exchange):
            balances.setdefault(asset, Balance(asset, ZERO, ZERO))
    return account_answer(tuple(balances.values()), exchange.rates, exchange.updated_at)


def _assets(exchange: SimulatedExchange) -> Iterator[str]:
    for instrument in map(exchange.instrument, exchange.symbols):
        yield instrument.base_asset
        yield instrument.quote_asset


def _commission(world: World, params: Params) -> Json:
    symbol = params.symbol()
    params.refuse_unknown()
    return commission_answer(world.exchange.commission(symbol))


def _order(world: World, params: Params) -> Json:
    symbol = params.symbol()
    order_id, own_id = target(params)
    params.refuse_unknown()
    report = world.exchange.order(symbol, order_id=order_id, client_order_id=own_id)
    if _is_archived(report, world.clock.now_ms()):
        raise refusal(
            -2026,
            "Order was canceled or expired with no executed qty over 90 days ago and has been archived.",
        )
    return query_answer(report)


def _is_archived(report: OrderReport, now: int) -> bool:
    return not report.status.is_open and not report.executed_quantity and now - report.updated_at > _ARCHIVED_AFTER


def _open_orders(world: World, params: Params) -> Sequence[Json]:
    symbol = params.symbol() if "symbol" in params else None
    params.refuse_unknown()
    return [query_answer(one) for one in world.exchange.open_orders(symbol)]


def _order_list(world: World, params: Params) -> Json:
    list_id, own_id = target(params, "orderListId", "origClientOrderId")
    params.refuse_unknown()
    return list_answer(world.exchange.order_list(list_id=list_id, client_list_id=own_id))


def _open_lists(world: World, params: Params) -> Sequence[Json]:
    params.refuse_unknown()
    return [list_answer(one) for one in world.exchange.open_lists()]


def _order_counts(world: World, params: Params) -> Sequence[Json]:
    params.refuse_unknown()
    return world.limits.order_counts(world.clock.now_ms())


def _filters(world: World, params: Params) -> Json:
    symbol = params.symbol()
    params.refuse_unknown()
    return {"exchangeFilters": [], "symbolFilters": list(world.exchange.instrument(symbol).filters), "assetFilters": []}


def question(
    path: str, ws: str, weight: int | Callable[[Params], int], handle: Callable[[World, Params], Any]
) -> Operation[World]:
    """A question about the account: a GET that changes nothing."""
    return Operation(
        verb="GET",
        path=f"/api/v3/{path}",
        ws=ws,
        security=Security.USER_DATA,
        weight=weight if callable(weight) else lambda _params: weight,
        handle=handle,
    )


OPERATIONS: Sequence[Operation[World]] = (
    question("account", "account.status", 20, _account),
    question("account/commission", "account.commission", 20, _commission),
    question("order", "order.status", 4, _order),
    question("openOrders", "openOrders.status", lambda params: 6 if "symbol" in params else 80, _open_orders),
    question("orderList", "orderList.status", 4, _order_list),
    question("openOrderList", "openOrderLists.status", 6, _open_lists),
    question("rateLimit/order", "account.rateLimits.orders", 40, _order_counts),
    question("myFilters", "myFilters", 40, _filters),
)
