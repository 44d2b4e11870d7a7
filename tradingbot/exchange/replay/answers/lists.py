"""What the exchange says of an order list."""

from tradingbot.exchange.orders import ListStatus, OrderListReport, OrderStatus
from tradingbot.exchange.replay.answers.orders import Json, ResponseType, cancel_answer, new_order_answer

LIST_STATUS_TYPE = {
    ListStatus.EXECUTING: "EXEC_STARTED",
    ListStatus.ALL_DONE: "ALL_DONE",
    ListStatus.REJECT: "RESPONSE",
}


def list_answer(report: OrderListReport) -> Json:
    """A list that was asked for: its members are named, not reported."""
    return {
        "orderListId": report.list_id,
        "contingencyType": report.contingency.value,
        "listStatusType": LIST_STATUS_TYPE[report.status],
        "listOrderStatus": report.status.value,
        "listClientOrderId": report.client_list_id,
        "transactionTime": report.time,
        "symbol": report.symbol,
        "orders": [
            {"symbol": one.symbol, "orderId": one.order_id, "clientOrderId": one.client_order_id}
            for one in report.orders
        ],
    }


def new_list_answer(report: OrderListReport, kind: ResponseType) -> Json:
    """The answer to placing a list."""
    return list_answer(report) | {"orderReports": [new_order_answer(one, kind) for one in report.orders]}


def cancel_list_answer(report: OrderListReport, cancel_id: str) -> Json:
    """The answer to cancelling a list, or any order of it; what had ended before is named but not reported."""
    ended = [one for one in report.orders if one.status is OrderStatus.CANCELED]
    return list_answer(report) | {"orderReports": [cancel_answer(one, cancel_id) for one in ended]}
