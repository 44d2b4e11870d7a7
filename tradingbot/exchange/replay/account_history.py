"""What the account did: past orders, lists, trades, amendments and prevented matches, by windows of time and id.

Source: "Account Endpoints" and "General Information on Endpoints" of rest-api.md of Binance's spot API: rows are
chronological; without a bound the newest ones are answered, from a start or an id on the oldest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from tradingbot.exchange.orders import Amendment, PreventedMatch
from tradingbot.exchange.replay.account import question
from tradingbot.exchange.replay.answers import Json, number, query_answer
from tradingbot.exchange.replay.answers_account import trade_answer
from tradingbot.exchange.replay.answers_lists import list_answer
from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.params import Params, refusal, required
from tradingbot.exchange.replay.world import World

Row = TypeVar("Row")

_DAY = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Span(Generic[Row]):
    """Which rows are wanted: ids from `first_id` on, times (ms UTC) from `start` to `end`, both included."""

    id_of: Callable[[Row], int]
    time_of: Callable[[Row], int]
    first_id: int | None
    start: int | None
    end: int | None
    limit: int

    def pick(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The wanted rows among those of the account, oldest first."""
        found = [row for row in rows if self._holds(row)]
        if self.first_id is None and self.start is None:
            return found[-self.limit :]
        return found[: self.limit]

    def _holds(self, row: Row) -> bool:
        time = self.time_of(row)
        after = (self.first_id is None or self.id_of(row) >= self.first_id) and (self.start is None or time >= self.start)
        return after and (self.end is None or time <= self.end)


def _span(
    params: Params, id_name: str, id_of: Callable[[Row], int], time_of: Callable[[Row], int]
) -> Span[Row]:
    """Raises -1127 for more than a day between start and end."""
    start, end = params.moment("startTime"), params.moment("endTime")
    if start is not None and end is not None and end - start > _DAY:
        raise refusal(-1127, "More than 24 hours between startTime and endTime.")
    return Span(id_of, time_of, params.integer(id_name), start, end, params.limit())


def _all_orders(world: World, params: Params) -> Sequence[Json]:
    symbol = params.symbol()
    span = _span(params, "orderId", lambda row: row.order_id, lambda row: row.created_at or 0)
    params.refuse_unknown()
    return [query_answer(one) for one in span.pick(world.exchange.orders(symbol))]


def _all_lists(world: World, params: Params) -> Sequence[Json]:
    span = _span(params, "fromId", lambda row: row.list_id, lambda row: row.time)
    if span.first_id is not None and (span.start is not None or span.end is not None):
        raise _bad_combination()
    params.refuse_unknown()
    return [list_answer(one) for one in span.pick(world.exchange.order_lists())]


def _trades(world: World, params: Params) -> Sequence[Json]:
    symbol, order_id = params.symbol(), params.integer("orderId")
    span = _span(params, "fromId", lambda row: row.trade_id, lambda row: row.time)
    bounded = span.start is not None or span.end is not None
    if bounded and (order_id is not None or span.first_id is not None):
        raise _bad_combination()
    params.refuse_unknown()
    exchange = world.exchange
    fills = [one for one in exchange.fills(symbol) if order_id in (None, one.order_id)]
    return [trade_answer(one, exchange.order(symbol, order_id=one.order_id).list_id) for one in span.pick(fills)]


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
    return [_match(one) for one in rows[:limit]]


def _match(one: PreventedMatch) -> Json:
    return {
        "symbol": one.symbol,
        "preventedMatchId": one.match_id,
        "takerOrderId": one.taker_order_id,
        "makerSymbol": one.symbol,
        "makerOrderId": one.maker_order_id,
        "tradeGroupId": one.match_id,
        "selfTradePreventionMode": one.mode.value,
        "price": number(one.price),
        "makerPreventedQuantity": number(one.quantity),
        "transactTime": one.time,
    }


def _bad_combination() -> Exception:
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
