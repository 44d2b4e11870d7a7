"""What becomes of orders: accepted, triggered, traded, cancelled, expired - with their locks, lists and events."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count

from tradingbot.exchange.events import AccountEvent, BalancesEvent, ListEvent, OrderEvent
from tradingbot.exchange.orders import (
    ZERO,
    ExecutionType,
    ExpiryReason,
    Fill,
    ListStatus,
    OrderStatus,
    PreventedMatch,
)
from tradingbot.exchange.simulated.booking import Books
from tradingbot.exchange.simulated.held import Held, HeldList
from tradingbot.exchange.simulated.market import Market
from tradingbot.exchange.simulated.pricing import SMALLEST, Execution


def ignore(_event: AccountEvent) -> None:
    """The listener where nobody listens."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Why and how an order ends without its last trade."""

    status: OrderStatus
    execution: ExecutionType
    reason: ExpiryReason | None = None
    cancel_id: str | None = None
    reject_reason: str = "NONE"
    prevented: PreventedMatch | None = None


def expired(reason: ExpiryReason) -> Ending:
    """The exchange ends it."""
    return Ending(OrderStatus.EXPIRED, ExecutionType.EXPIRED, reason)


def cancelled(cancel_id: str | None) -> Ending:
    """The trader ends it."""
    return Ending(OrderStatus.CANCELED, ExecutionType.CANCELED, cancel_id=cancel_id)


PREVENTED = Ending(OrderStatus.EXPIRED_IN_MATCH, ExecutionType.TRADE_PREVENTION)


@dataclass(slots=True, eq=False)
class OrderLife:
    """The one place that changes orders. `due` are the lists whose pending orders are to be placed now."""

    books: Books
    markets: Mapping[str, Market]
    listener: Callable[[AccountEvent], None] = ignore
    due: deque[HeldList] = field(default_factory=deque)
    lists: dict[int, HeldList] = field(default_factory=dict)
    prevented: list[PreventedMatch] = field(default_factory=list)
    balances_at: int = 0
    _executions: Iterator[int] = field(default_factory=lambda: count(1))
    _trades: Iterator[int] = field(default_factory=lambda: count(1))

    def accept(self, orders: Sequence[Held], now: int) -> None:
        """An order, or a pair, is in force: lock the funds, tell of it."""
        for held in orders:
            held.status, held.updated_at = OrderStatus.NEW, now
            held.working_since = None if held.waits_for_trigger else now
        self.lock(orders[0])
        for held in orders:
            self.tell(ExecutionType.NEW, held, now)

    def trigger(self, held: Held, now: int) -> None:
        """Its stop was reached: the other leg ends, and it works from now on."""
        self._end_sibling(held, now)
        held.triggered, held.working_since, held.updated_at = True, now, now
        self.tell(ExecutionType.NEW, held, now)

    def fill(self, market: Market, held: Held, execution: Execution, now: int) -> None:
        """Book a trade; the other leg of a pair ends before it."""
        self._end_sibling(held, now)
        fill = self.books.book(market, held, execution, next(self._trades), now)
        market.fills.append(fill)
        held.updated_at = now
        held.status = OrderStatus.FILLED if _is_done(market, held, execution) else OrderStatus.PARTIALLY_FILLED
        if not held.is_open:
            self._remove(held)
        self.lock(held)
        self.tell(ExecutionType.TRADE, held, now, fill=fill)
        if not held.is_open:
            self._after_fill(held, now)

    def close(self, held: Held, ending: Ending, now: int) -> None:
        """End an order and, with it, what hangs on it."""
        held.status, held.expiry_reason, held.updated_at = ending.status, ending.reason, now
        self._remove(held)
        self.lock(held)
        self.tell(
            ending.execution,
            held,
            now,
            reject_reason=ending.reject_reason,
            cancel_id=ending.cancel_id,
            prevented=ending.prevented,
        )
        if held.list_id in self.lists:
            self._after_close(self.lists[held.list_id], held, ending, now)

    def prevent(self, held: Held, quantity: Decimal, match: PreventedMatch, now: int) -> None:
        """A match with an own order was prevented; the order ends when nothing is left of it."""
        held.prevented += quantity
        held.prevented_match_id = match.match_id
        held.updated_at = now
        if held.left <= ZERO:
            self.close(held, replace(PREVENTED, prevented=match), now)
        else:
            self.lock(held)
            self.tell(ExecutionType.TRADE_PREVENTION, held, now, prevented=match)

    def lock(self, held: Held) -> None:
        """Lock what the open orders of its holder need, the dearest leg only; at most what there is."""
        market = self.markets[held.symbol]
        asset = market.instrument.quote_asset if held.buys else market.instrument.base_asset
        ledger = self.books.ledger
        need = max((one.need() for one in self._sharing(held) if one.is_active), default=ZERO)
        ledger.hold(held.holder, asset, min(need, ledger.held(held.holder) + ledger.free(asset)))

    def tell(
        self,
        execution: ExecutionType,
        held: Held,
        now: int,
        *,
        fill: Fill | None = None,
        reject_reason: str = "NONE",
        cancel_id: str | None = None,
        prevented: PreventedMatch | None = None,
    ) -> int:
        """Report an order, then the balances that have changed; the number of the report."""
        event = OrderEvent(
            execution=execution,
            execution_id=next(self._executions),
            report=held.report(),
            time=now,
            fill=fill,
            reject_reason=reject_reason,
            cancel_id=cancel_id,
            prevented=prevented,
        )
        self.listener(event)
        self.tell_balances(now)
        return event.execution_id

    def tell_balances(self, now: int) -> None:
        """Report the balances that have changed, if any."""
        changed = self.books.ledger.take_changed()
        if changed:
            self.balances_at = now
            self.listener(BalancesEvent(balances=changed, time=now))

    def tell_list(self, held_list: HeldList, now: int, *, renamed: bool = False) -> None:
        """Report an order list."""
        held_list.time = now
        self.listener(ListEvent(report=held_list.report(), time=now, renamed=renamed))

    def _sharing(self, held: Held) -> tuple[Held, ...]:
        found = self.lists.get(held.list_id)
        if found is None:
            return (held,)
        return tuple(one for one in found.members if one.holder == held.holder)

    def _remove(self, held: Held) -> None:
        self.markets[held.symbol].orders.pop(held.order_id, None)
        if held.order.quote_quantity is not None:
            held.quantity = held.executed

    def _end_sibling(self, held: Held, now: int) -> None:
        found = self.lists.get(held.list_id)
        sibling = found and found.sibling(held)
        if sibling and sibling.is_open:
            sibling.status, sibling.expiry_reason = OrderStatus.EXPIRED, ExpiryReason.OCO_TRIGGER
            sibling.updated_at = now
            self._remove(sibling)
            self.lock(held)
            self.tell(ExecutionType.EXPIRED, sibling, now)

    def _after_fill(self, held: Held, now: int) -> None:
        found = self.lists.get(held.list_id)
        if found is None:
            return
        if held is found.working:
            self.due.append(found)
        self._finish(found, now)

    def _after_close(self, found: HeldList, held: Held, ending: Ending, now: int) -> None:
        for other in found.members:
            if other.is_open:
                self.close(other, _consequence(found, held, ending), now)
        self._finish(found, now)

    def _finish(self, found: HeldList, now: int) -> None:
        if not found.is_open and found.status is ListStatus.EXECUTING:
            found.status = ListStatus.ALL_DONE
            self.tell_list(found, now)


def _is_done(market: Market, held: Held, execution: Execution) -> bool:
    value = held.value_left
    if value is None:
        return held.left <= ZERO
    return value < execution.price * max(market.step, SMALLEST)


def _consequence(found: HeldList, held: Held, ending: Ending) -> Ending:
    if ending.status in (OrderStatus.CANCELED, OrderStatus.REJECTED):
        return ending
    if held is found.working:
        return expired(ExpiryReason.OTO_PHASE_ONE_EXPIRED)
    return expired(ExpiryReason.EXCHANGE_CANCELED)
