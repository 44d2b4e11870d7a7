"""What reports make of the row of an order; they may come late, twice and out of order, and then change nothing."""

from msgspec.structs import replace

from tradingbot.journal.bodies import Intent, OrderAbsent, OrderReported, OrderUnknown
from tradingbot.journal.rows import OrderRow

INTENT, UNKNOWN, ABSENT = "INTENT", "UNKNOWN", "ABSENT"
_PROGRESS = {INTENT: 0, UNKNOWN: 0, ABSENT: 0, "PENDING_NEW": 1, "NEW": 2, "PARTIALLY_FILLED": 3}
_ENDED = 4  # FILLED, CANCELED, REJECTED, EXPIRED, EXPIRED_IN_MATCH


def new_order(body: Intent, number: int, time: int) -> OrderRow:
    """The row of an order that is about to be sent."""
    return OrderRow(
        entry=number,
        client_order_id=body.client_order_id,
        trade=body.trade,
        lane=body.lane,
        symbol=body.symbol,
        side=body.side,
        type=body.type,
        purpose=body.purpose,
        quantity=body.quantity,
        quote_quantity=body.quote_quantity,
        price=body.price,
        stop_price=body.stop_price,
        client_list_id=body.client_list_id,
        state=INTENT,
        intended_at=time,
    )


def after_report(row: OrderRow, body: OrderReported | OrderUnknown | OrderAbsent) -> OrderRow:
    """The row as it stands after the report; the same where the report says nothing new.

    What has been executed never becomes less and an ended order never opens again. Not knowing, or finding nothing,
    does not undo an end; whatever the exchange says later does undo not knowing.
    """
    reached = _PROGRESS.get(row.state, _ENDED)
    if isinstance(body, OrderUnknown):
        return row if reached == _ENDED else replace(row, state=UNKNOWN, reason=body.reason)
    if isinstance(body, OrderAbsent):
        return row if reached == _ENDED else replace(row, state=ABSENT)
    progress = _PROGRESS.get(body.state, _ENDED)
    executed = body.executed_quantity
    if executed < row.executed_quantity or (executed == row.executed_quantity and progress <= reached):
        return row
    return replace(
        row,
        state=body.state if progress >= reached else row.state,
        order_id=body.order_id,
        executed_quantity=executed,
        executed_value=body.executed_value,
        updated_at=body.updated_at,
        reason=body.reason,
    )
