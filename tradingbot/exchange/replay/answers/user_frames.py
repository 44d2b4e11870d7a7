"""The events of the user stream, key by key. Source: user-data-stream.md of Binance's spot API."""

from tradingbot.exchange.events import AccountEvent, BalancesEvent, ListEvent, OrderEvent, TransferEvent
from tradingbot.exchange.orders import OrderReport, OrderStatus
from tradingbot.exchange.replay.answers.lists import LIST_STATUS_TYPE
from tradingbot.exchange.replay.answers.orders import TRADE_GROUP, Json, number

_NOTHING = "0.00000000"


def user_frame(event: AccountEvent) -> Json | None:
    """The event as the exchange sends it; None for what only a client can notice."""
    match event:
        case OrderEvent():
            return execution_report(event)
        case ListEvent():
            return list_status(event)
        case BalancesEvent():
            return account_position(event)
        case TransferEvent():
            return balance_update(event)
        case _:
            return None


def execution_report(event: OrderEvent) -> Json:
    """An order changed."""
    report = event.report
    return {
        "e": "executionReport",
        "E": event.time,
        "s": report.symbol,
        "c": report.client_order_id if event.cancel_id is None else event.cancel_id,
        "S": report.side.value,
        "o": report.type.value,
        "f": report.time_in_force.value,
        "q": number(report.quantity),
        "p": number(report.price),
        "P": number(report.stop_price),
        "F": number(report.iceberg_quantity),
        "g": report.list_id,
        "C": "" if event.cancel_id is None else report.client_order_id,
        "x": event.execution.value,
        "X": report.status.value,
        "r": event.reject_reason,
        "i": report.order_id,
        "z": number(report.executed_quantity),
        **_last_fill(event),
        "T": event.time,
        "I": event.execution_id,
        "w": _on_the_book(report),
        "M": False,
        "O": report.created_at,
        "Z": number(report.executed_value),
        "Q": number(report.quote_quantity),
        "V": report.self_trade_prevention.value,
        **_conditional(report),
        **_prevented(event),
    }


def list_status(event: ListEvent) -> Json:
    """An order list changed."""
    report = event.report
    return {
        "e": "listStatus",
        "E": event.time,
        "s": report.symbol,
        "g": report.list_id,
        "c": report.contingency.value,
        "l": "UPDATED" if event.renamed else LIST_STATUS_TYPE[report.status],
        "L": report.status.value,
        "r": "NONE",
        "C": report.client_list_id,
        "T": report.time,
        "O": [{"s": one.symbol, "i": one.order_id, "c": one.client_order_id} for one in report.orders],
    }


def account_position(event: BalancesEvent) -> Json:
    """Balances that may have changed, as they are now."""
    return {
        "e": "outboundAccountPosition",
        "E": event.time,
        "u": event.time,
        "B": [{"a": one.asset, "f": number(one.free), "l": number(one.locked)} for one in event.balances],
    }


def balance_update(event: TransferEvent) -> Json:
    """A deposit, withdrawal or transfer."""
    return {"e": "balanceUpdate", "E": event.time, "a": event.asset, "d": number(event.change), "T": event.time}


def _last_fill(event: OrderEvent) -> Json:
    fill = event.fill
    if fill is None:
        return {"l": _NOTHING, "L": _NOTHING, "Y": _NOTHING, "n": "0", "N": None, "t": -1, "m": False}
    return {
        "l": number(fill.quantity),
        "L": number(fill.price),
        "Y": number(fill.value),
        "n": number(fill.commission),
        "N": fill.commission_asset,
        "t": fill.trade_id,
        "m": fill.is_maker,
    }


def _on_the_book(report: OrderReport) -> bool:
    return report.working_since is not None and report.status in (OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED)


def _conditional(report: OrderReport) -> Json:
    frame: Json = {}
    if report.working_since is not None:
        frame["W"] = report.working_since
    if report.trailing_delta is not None:
        frame["d"] = report.trailing_delta
        frame["D"] = -1 if report.trailing_since is None else report.trailing_since
    if report.strategy_id is not None:
        frame["j"] = report.strategy_id
    if report.strategy_type is not None:
        frame["J"] = report.strategy_type
    if report.expiry_reason is not None:
        frame["eR"] = report.expiry_reason.value
    return frame


def _prevented(event: OrderEvent) -> Json:
    """What self-trade prevention ended of the order: in all (A), and now (B), with whom and at which price."""
    report, match = event.report, event.prevented
    if match is None:
        return {}
    is_taker = report.order_id == match.taker_order_id
    quantity = match.taker_quantity if is_taker else match.maker_quantity
    return {
        "v": match.match_id,
        "A": number(report.prevented_quantity),
        "B": number(quantity),
        "u": TRADE_GROUP,
        "U": match.maker_order_id if is_taker else match.taker_order_id,
        "Cs": match.symbol,
        "pl": number(match.quantity),
        "pL": number(match.price),
        "pY": number(match.quantity * match.price),
    }
