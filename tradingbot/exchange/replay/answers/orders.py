"""What the exchange says of an order: answers to placing, asking, cancelling and amending, key by key.

Prices and quantities are strings of eight decimals, the rest cut off, so that no balance shows more than there is;
times and ids are integers. Keys that depend on the order appear only
where they apply. Source: "Conditional fields in Order Responses" of rest-api.md of Binance's spot API.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Context, Decimal
from enum import StrEnum
from typing import Any

from tradingbot.exchange.orders import Fill, OrderReport, OrderType, PreventedMatch
from tradingbot.exchange.simulated.filters import ALGO_TYPES

Json = dict[str, Any]


_UNIT, _CUT = Decimal("1E-8"), Context(prec=64, rounding=ROUND_DOWN)
TRADE_GROUP = 1
"""The group of accounts that may not trade with each other: the one account there is."""


class ResponseType(StrEnum):
    """How much an answer to placing an order says."""

    ACK = "ACK"
    RESULT = "RESULT"
    FULL = "FULL"


def default_response(kind: OrderType) -> ResponseType:
    """What is answered to an order of this type when nothing was asked for."""
    return ResponseType.FULL if kind in (OrderType.MARKET, OrderType.LIMIT) else ResponseType.ACK


def number(value: Decimal) -> str:
    """A price or quantity as the exchange writes it."""
    return f"{value.quantize(_UNIT, context=_CUT):f}"


def new_order_answer(report: OrderReport, kind: ResponseType, prevented: Sequence[PreventedMatch] = ()) -> Json:
    """The answer to placing an order; `prevented` are the matches with own orders that it was kept from."""
    answer = _identity(report)
    if kind is ResponseType.ACK:
        return answer
    answer |= _state(report) | {"workingTime": _moment(report.working_since)} | _extras(report)
    if kind is ResponseType.FULL:
        answer["fills"] = [_fill(fill) for fill in report.fills]
    if prevented:
        answer["preventedMatches"] = [_prevented(match) for match in prevented]
    return answer


def cancel_answer(report: OrderReport, cancel_id: str) -> Json:
    """The answer to cancelling: `clientOrderId` is the id of the cancel, not of the order."""
    own = {"symbol": report.symbol, "origClientOrderId": report.client_order_id}
    return own | _identity(report) | {"clientOrderId": cancel_id} | _state(report) | _extras(report)


def query_answer(report: OrderReport) -> Json:
    """An order that was asked for."""
    answer = _identity(report) | _state(report)
    del answer["transactTime"]
    return (
        answer
        | _extras(report)
        | {
            "stopPrice": number(report.stop_price),
            "icebergQty": number(report.iceberg_quantity),
            "time": report.created_at,
            "updateTime": report.updated_at,
            "isWorking": report.working_since is not None,
            "workingTime": _moment(report.working_since),
        }
    )


def amended_order(report: OrderReport, previous_client_id: str) -> Json:
    """The order in the answer to amending it, which has names of its own for some keys."""
    renamed = {"origQty": "qty", "origQuoteOrderQty": "quoteOrderQty", "cummulativeQuoteQty": "cumulativeQuoteQty"}
    state = {renamed.get(key, key): value for key, value in _state(report).items()}
    answer = _identity(report) | {"origClientOrderId": previous_client_id} | state
    del answer["transactTime"]
    answer["preventedQty"] = number(report.prevented_quantity)
    if report.working_since is not None:
        answer["workingTime"] = report.working_since
    return answer | _extras(report)


def prevented_match(match: PreventedMatch) -> Json:
    """A prevented match that was asked for."""
    return {
        "symbol": match.symbol,
        "preventedMatchId": match.match_id,
        "takerOrderId": match.taker_order_id,
        "makerSymbol": match.symbol,
        "makerOrderId": match.maker_order_id,
        "tradeGroupId": TRADE_GROUP,
        "selfTradePreventionMode": match.mode.value,
        "price": number(match.price),
        **_prevented_quantities(match),
        "transactTime": match.time,
    }


def _prevented(match: PreventedMatch) -> Json:
    own = {"preventedMatchId": match.match_id, "makerOrderId": match.maker_order_id, "price": number(match.price)}
    return own | _prevented_quantities(match)


def _prevented_quantities(match: PreventedMatch) -> Json:
    quantities = {"takerPreventedQuantity": match.taker_quantity, "makerPreventedQuantity": match.maker_quantity}
    return {name: number(value) for name, value in quantities.items() if value}


def _identity(report: OrderReport) -> Json:
    return {
        "symbol": report.symbol,
        "orderId": report.order_id,
        "orderListId": report.list_id,
        "clientOrderId": report.client_order_id,
        "transactTime": report.updated_at,
    }


def _state(report: OrderReport) -> Json:
    return {
        "price": number(report.price),
        "origQty": number(report.quantity),
        "executedQty": number(report.executed_quantity),
        "origQuoteOrderQty": number(report.quote_quantity),
        "cummulativeQuoteQty": number(report.executed_value),
        "status": report.status.value,
        "timeInForce": report.time_in_force.value,
        "type": report.type.value,
        "side": report.side.value,
        "selfTradePreventionMode": report.self_trade_prevention.value,
    }


def _extras(report: OrderReport) -> Json:
    answer: Json = {}
    if report.type in ALGO_TYPES:
        answer["stopPrice"] = number(report.stop_price)
    if report.iceberg_quantity:
        answer["icebergQty"] = number(report.iceberg_quantity)
    if report.trailing_delta is not None:
        answer["trailingDelta"] = report.trailing_delta
        answer["trailingTime"] = _moment(report.trailing_since)
    if report.strategy_id is not None:
        answer["strategyId"] = report.strategy_id
    if report.strategy_type is not None:
        answer["strategyType"] = report.strategy_type
    if report.prevented_match_id is not None:
        answer["preventedMatchId"] = report.prevented_match_id
        answer["preventedQuantity"] = number(report.prevented_quantity)
    if report.expiry_reason is not None:
        answer["expiryReason"] = report.expiry_reason.value
    return answer


def _fill(fill: Fill) -> Json:
    return {
        "price": number(fill.price),
        "qty": number(fill.quantity),
        "commission": number(fill.commission),
        "commissionAsset": fill.commission_asset,
        "tradeId": fill.trade_id,
    }


def _moment(time: int | None) -> int:
    return -1 if time is None else time
