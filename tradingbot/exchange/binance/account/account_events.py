"""What is known of the account from its stream: nothing twice, no order going backwards, no fill lost."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace
from typing import TypeVar

from tradingbot.exchange.binance.account.account_frames import (
    AccountFrame,
    AccountPosition,
    BalanceUpdate,
    ExecutionReport,
    ListStatusFrame,
)
from tradingbot.exchange.binance.wire.mailbox import Mailbox
from tradingbot.exchange.events import AccountEvent, ListEvent
from tradingbot.exchange.orders import ListStatus, OrderListReport, OrderReport

MEMORY = 10_000  # orders and events that are remembered

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class AccountEvents:
    """Takes frames in whatever order they come and tells events in one that can be believed.

    A report that is older than what is known of its order is told only if it is a trade, which is not to be lost: with
    the order as it is known. A list is told when all its orders have been reported, and one that is done when none
    of them is known to be open any more.
    """

    def __init__(self, events: Mailbox[AccountEvent]) -> None:
        self._events = events
        self._seen: OrderedDict[Hashable, None] = OrderedDict()
        self._orders: OrderedDict[tuple[str, int], tuple[int, OrderReport]] = OrderedDict()
        self._lists: OrderedDict[int, ListStatusFrame] = OrderedDict()
        self._balances: dict[str, int] = {}

    def take(self, frame: AccountFrame) -> None:
        """A frame of the account; others are none of ours."""
        match frame:
            case ExecutionReport():
                self._order(frame)
            case AccountPosition():
                self._position(frame)
            case BalanceUpdate():
                if self._is_new(frame):
                    self._events.put(frame.event())
            case ListStatusFrame():
                if self._is_new((frame.list_id, frame.status, frame.transaction_time)):
                    _remember(self._lists, frame.list_id, frame)
                    self._tell_list(frame.list_id)

    def _order(self, frame: ExecutionReport) -> None:
        if not self._is_new((frame.symbol, frame.execution_id)):
            return
        event = frame.event()
        key = (frame.symbol, frame.order_id)
        known_id, known = self._orders.get(key, (-1, event.report))
        if frame.execution_id > known_id:
            _remember(self._orders, key, (frame.execution_id, event.report))
            self._events.put(event)
        elif event.fill is not None:
            self._events.put(replace(event, report=known))
        self._tell_list(frame.list_id)

    def _position(self, frame: AccountPosition) -> None:
        event = frame.event()
        newer = tuple(one for one in event.balances if frame.time >= self._balances.get(one.asset, 0))
        self._balances |= {one.asset: frame.time for one in newer}
        if newer:
            self._events.put(replace(event, balances=newer))

    def _tell_list(self, list_id: int) -> None:
        frame = self._lists.get(list_id)
        if frame is None:
            return
        members = [self._orders.get((one.symbol, one.order_id)) for one in frame.members]
        reports = tuple(member[1] for member in members if member is not None)
        if len(reports) < len(members):
            return
        if frame.status is not ListStatus.EXECUTING and any(report.status.is_open for report in reports):
            return
        del self._lists[list_id]
        report = OrderListReport(
            symbol=frame.symbol,
            list_id=list_id,
            client_list_id=frame.client_list_id,
            contingency=frame.contingency,
            status=frame.status,
            time=frame.transaction_time,
            orders=tuple(sorted(reports, key=lambda one: one.order_id)),
        )
        self._events.put(ListEvent(report=report, time=frame.time))

    def _is_new(self, key: Hashable) -> bool:
        if key in self._seen:
            return False
        _remember(self._seen, key, None)
        return True


def _remember(memory: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > MEMORY:
        memory.popitem(last=False)
