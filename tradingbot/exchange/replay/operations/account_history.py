"""What the account did: past orders, lists, trades, amendments and prevented matches, by windows of time and id.

Source: "Account Endpoints" and "General Information on Endpoints" of rest-api.md of Binance's spot API: rows are
chronological; without a bound the newest ones are answered, from a start or an id on the oldest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tradingbot.domain.timeframe import DAY_MS
from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.orders import Amendment
from tradingbot.exchange.replay.answers.account import trade_answer
from tradingbot.exchange.replay.answers.lists import list_answer
from tradingbot.exchange.replay.answers.orders import Json, number, prevented_match, query_answer
from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.operations.account_state import question
from tradingbot.exchange.replay.params import Params, refusal, required
from tradingbot.exchange.replay.world import World

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which rows are wanted: ids from `first_id` on, times (ms UTC) from `start` to `end`, both included."""

    first_id: int | None
    start: int | None
    end: int | None
    limit: int

    @property
    def in_time(self) -> bool:
        """Whether the time is bounded."""
        return self.start is not None or self.end is not None

    def pick(self, rows: Sequence[Row], key: Callable[[Row], tuple[int, int]]) -> Sequence[Row]:
        """The wanted ones of rows that are oldest first; `key` gives the id and the time of a row."""
        found = [row for row in rows if self._hold(*key(row))]
        newest = self.first_id is None and self.start is None
        return found[-self.limit :] if newest else found[: self.limit]

    def _hold(self, row_id: int, time: int) -> bool:
        return (
            (self.first_id is None or row_id >= self.first_id)
            and (self.start is None or time >= self.start)
            and (self.end is None or time <= self.end)
        )


def _bounds(params: Params, id_name: str) -> Bounds:
    """Raises -1127 for more than a day between start and end."""
    start, end = params.moment("startTime"), params.moment("endTime")
    if start is not None and end is not None and end - start > DAY_MS:
        raise refusal(-1127, "More than 24 hours between startTime and endTime.")
    return Bounds(params.integer(id_name), start, end, params.limit())


def _all_orders(world: World, params: Params) -> Sequence[Json]:
    symbol, bounds = params.symbol(), _bounds(params, "orderId")
    params.refuse_unknown()
    rows = bounds.pick(world.exchange.order_times(symbol), lambda row: row)
    return [query_answer(world.exchange.order(symbol, order_id=order_id)) for order_id, _ in rows]


def _all_lists(world: World, params: Params) -> Sequence[Json]:
    bounds = _bounds(params, "fromId")
    if bounds.first_id is not None and bounds.in_time:
        raise _bad_combination()
    params.refuse_unknown()
    rows = bounds.pick(world.exchange.order_lists(), lambda row: (row.list_id, row.time))
    return [list_answer(row) for row in rows]


def _trades(world: World, params: Params) -> Sequence[Json]:
    symbol, order_id, bounds = params.symbol(), params.integer("orderId"), _bounds(params, "fromId")
    if bounds.in_time and (order_id is not None or bounds.first_id is not None):
        raise _bad_combination()
    params.refuse_unknown()
    exchange = world.exchange
    fills = [one for one in exchange.fills(symbol) if order_id in (None, one.order_id)]
    rows = bounds.pick(fills, lambda row: (row.trade_id, row.time))
    return [trade_answer(row, exchange.order(symbol, order_id=row.order_id).list_id) for row in rows]


def _amendments(world: World, params: Params) -> Sequence[Json]:
    symbol, order_id = params.symbol(), required("orderId", params.integer("orderId"))
    first, limit = params.integer("fromExecutionId") or 0, params.limit()
    params.refuse_unknown()
    rows = [one for one in world.exchange.amendments(symbol, order_id) if one.execution_id >= first]
    return [_amendment(one) for one in rows[:limit]]


def _amendment(one: Amendment) -> Json:
    return {
        "symbol": one.symbol,
        "orderId": one.order_id,
        "executionId": one.execution_id,
        "origClientOrderId": one.previous_client_id,
        "newClientOrderId": one.client_order_id,
        "origQty": number(one.previous_quantity),
        "newQty": number(one.quantity),
        "time": one.time,
    }


def _prevented(world: World, params: Params) -> Sequence[Json]:
    symbol, match_id, order_id = params.symbol(), params.integer("preventedMatchId"), params.integer("orderId")
    first, limit = params.integer("fromPreventedMatchId") or 0, params.limit()
    if match_id is None and order_id is None:
        raise _bad_combination()
    params.refuse_unknown()
    rows = [
        one
        for one in world.exchange.prevented_matches(symbol)
        if one.match_id >= first
        and match_id in (None, one.match_id)
        and order_id in (None, one.taker_order_id, one.maker_order_id)
    ]
    return [prevented_match(one) for one in rows[:limit]]


def _bad_combination() -> ExchangeError:
    return refusal(-1128, "Combination of optional parameters invalid.")


OPERATIONS: Sequence[Operation[World]] = (
    question("allOrders", "allOrders", 20, _all_orders),
    question("allOrderList", "allOrderLists", 20, _all_lists),
    question("myTrades", "myTrades", lambda params: 5 if "orderId" in params else 20, _trades),
    question("order/amendments", "order.amendments", 4, _amendments),
    question(
        "myPreventedMatches",
        "myPreventedMatches",
        lambda params: 20 if "orderId" in params else 2,
        _prevented,
    ),
)
