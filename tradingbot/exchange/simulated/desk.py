"""Orders as they are placed, found, cancelled and amended: their ids and the checks before the engine."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count

from tradingbot.exchange.orders import (
    ZERO,
    Amendment,
    ExecutionType,
    NewOco,
    NewOrder,
    NewOrderList,
    OrderListReport,
    OrderReport,
    OrderStatus,
)
from tradingbot.exchange.simulated import refusals
from tradingbot.exchange.simulated.activation import objection, reckon
from tradingbot.exchange.simulated.admission import check_list, check_open, check_order, members_of, prevention_of
from tradingbot.exchange.simulated.filters import MarketView, check_filters, check_list_filters, is_algo
from tradingbot.exchange.simulated.held import Held, HeldList
from tradingbot.exchange.simulated.life import OrderLife, cancelled
from tradingbot.exchange.simulated.market import Market
from tradingbot.exchange.simulated.matching import Matching

Which = tuple[str, int | None, str | None]
"""A symbol, and the exchange's or the client's id of an order or list."""

_UNKNOWN = "Unknown order sent."
_WRONG_CLIENT_ID = "Client order ID is not correct for this order ID"


class Desk:
    """Takes requests of the account; what they do to orders is up to `OrderLife` and `Matching`."""

    def __init__(self, life: OrderLife, matching: Matching) -> None:
        self._life = life
        self._matching = matching
        self._orders: dict[str, dict[int, Held]] = {}
        self._by_client: dict[tuple[str, str], Held] = {}
        self._lists_by_client: dict[str, HeldList] = {}
        self._order_ids = count(1)
        self._list_ids = count(1)

    def place(self, market: Market, order: NewOrder, now: int) -> OrderReport:
        """Check, accept and match one order."""
        held = self._admit(market, order, now)
        self._number([held], -1)
        self._life.accept([held], now)
        self._matching.enter(market, held, now)
        report = held.report(with_fills=True)
        self._matching.settle(now)
        return report

    def check(self, market: Market, order: NewOrder, now: int) -> None:
        """Raise what an order is refused for before it reaches the engine."""
        check_order(market.instrument, order)
        check_open(market.instrument)
        prevention_of(market.instrument, order)
        check_filters(market.instrument, order, self._view(market, now))

    def place_list(self, market: Market, orders: NewOrderList, now: int) -> OrderListReport:
        """Check, accept and match the orders of a list."""
        found = self._admit_list(market, orders, now)
        at_once = found.legs if found.working is None else (found.working,)
        self._life.lists[found.list_id] = self._lists_by_client[found.client_list_id] = found
        pending = found.legs if found.working is not None else ()
        for held in pending:
            held.status = OrderStatus.PENDING_NEW
        self._life.tell_list(found, now)
        self._life.accept(at_once, now)
        for held in pending:
            self._life.tell(ExecutionType.NEW, held, now)
        for held in at_once:
            if held.is_open:
                self._matching.enter(market, held, now)
        report = found.report(with_fills=True)
        self._matching.settle(now)
        return report

    def cancel(self, which: Which, cancel_id: str, only: OrderStatus | None, now: int) -> OrderReport:
        """Cancel an order, and with it its list."""
        held = self.open_order(which)
        if only is not None and held.status is not only:
            raise refusals.refused("Order was not canceled due to cancel restrictions.", -2011)
        self._life.close(held, cancelled(cancel_id), now)
        return held.report()

    def cancel_list(self, which: Which, cancel_id: str, now: int) -> OrderListReport:
        """Cancel every order of a list."""
        symbol, list_id, client_list_id = which
        found = self._list(list_id, client_list_id)
        if found is None or found.symbol != symbol or not found.is_open:
            raise refusals.refused(_UNKNOWN, -2011)
        self._cancel_members(found, cancel_id, now)
        return found.report()

    def cancel_all(self, market: Market, cancel_id: str, now: int) -> Sequence[OrderReport | OrderListReport]:
        """Cancel all open orders of a symbol."""
        reports: list[OrderReport | OrderListReport] = []
        for held in list(market.orders.values()):
            found = self._life.lists.get(held.list_id)
            if not held.is_open:
                continue
            if found is None:
                self._life.close(held, cancelled(cancel_id), now)
                reports.append(held.report())
            else:
                self._cancel_members(found, cancel_id, now)
                reports.append(found.report())
        if not reports:
            raise refusals.refused(_UNKNOWN, -2011)
        return reports

    def amend(self, market: Market, held: Held, new_id: str, quantity: Decimal, now: int) -> OrderReport:
        """Make an order, and the other leg of its pair, smaller; its event carries the id it had until now."""
        self._check_amendment(market, held, new_id, quantity, now)
        found = self._life.lists.get(held.list_id)
        sibling = found and found.sibling(held)
        before = held.quantity
        for one in [held, sibling] if sibling else [held]:
            one.quantity, one.updated_at = quantity, now
        if held.status is not OrderStatus.PENDING_NEW:
            self._life.lock(held)
        self._amended(held, new_id, before, now)
        if sibling:
            self._amended(sibling, sibling.client_order_id, before, now)
        if new_id != held.client_order_id:
            del self._by_client[held.symbol, held.client_order_id]
            held.client_order_id = new_id
            self._by_client[held.symbol, new_id] = held
            if found:
                self._life.tell_list(found, now)
        return held.report()

    def _amended(self, held: Held, new_id: str, before: Decimal, now: int) -> None:
        execution_id = self._life.tell(ExecutionType.REPLACED, held, now, cancel_id=new_id)
        held.amendments.append(
            Amendment(
                symbol=held.symbol,
                order_id=held.order_id,
                execution_id=execution_id,
                previous_client_id=held.client_order_id,
                client_order_id=new_id,
                previous_quantity=before,
                quantity=held.quantity,
                time=now,
            )
        )

    def find(self, which: Which) -> Held:
        """An order, open or not; where both ids are given they must be of one order."""
        symbol, order_id, client_order_id = which
        if order_id is not None:
            held = self._orders.get(symbol, {}).get(order_id)
            if held and client_order_id is not None and held.client_order_id != client_order_id:
                raise refusals.not_found(_WRONG_CLIENT_ID, -2039)
        else:
            held = self._by_client.get((symbol, client_order_id or ""))
        if held is None:
            raise refusals.not_found()
        return held

    def open_order(self, which: Which) -> Held:
        """An open order; raises CancelRefused."""
        symbol, order_id, client_order_id = which
        if order_id is not None:
            held = self._orders.get(symbol, {}).get(order_id)
        else:
            held = self._by_client.get((symbol, client_order_id or ""))
        wrong = held and order_id is not None and client_order_id not in (None, held.client_order_id)
        if held is None or wrong or not held.is_open:
            raise refusals.refused(_UNKNOWN, -2011)
        return held

    def find_list(self, list_id: int | None, client_list_id: str | None) -> HeldList:
        """A list, open or not."""
        found = self._list(list_id, client_list_id)
        if found is None:
            raise refusals.not_found("Order list does not exist.", -2018)
        return found

    def of(self, symbol: str) -> Sequence[Held]:
        """All orders of a symbol, oldest first."""
        return list(self._orders.get(symbol, {}).values())

    def _list(self, list_id: int | None, client_list_id: str | None) -> HeldList | None:
        if list_id is not None:
            return self._life.lists.get(list_id)
        return self._lists_by_client.get(client_list_id or "")

    def _cancel_members(self, found: HeldList, cancel_id: str, now: int) -> None:
        first = next(held for held in found.members if held.is_open)
        self._life.close(first, cancelled(cancel_id), now)

    def _admit(self, market: Market, order: NewOrder, now: int) -> Held:
        self.check(market, order, now)
        held = self._new(market, order, now)
        self._check_client_ids([order])
        reckon(market, held, now)
        self._check_engine(market, [held])
        return held

    def _admit_list(self, market: Market, orders: NewOrderList, now: int) -> HeldList:
        members = members_of(orders)
        for order in members:
            check_order(market.instrument, order)
        check_list(market.instrument, orders)
        check_open(market.instrument)
        held = [self._new(market, order, now) for order in members]
        check_list_filters(market.instrument, members, self._view(market, now))
        self._check_client_ids(members)
        known = self._lists_by_client.get(orders.client_list_id)
        if known is not None and known.is_open:
            raise refusals.refused(refusals.DUPLICATE)
        pair = isinstance(orders, NewOco)
        first = held if pair else held[:1]
        for one in first:
            reckon(market, one, now)
        self._check_engine(market, first)
        found = HeldList(
            list_id=next(self._list_ids),
            client_list_id=orders.client_list_id,
            symbol=orders.symbol,
            working=None if pair else held[0],
            legs=tuple(held if pair else held[1:]),
            time=now,
        )
        self._number(held, found.list_id)
        for leg in found.legs:
            leg.holder = found.legs[0].order_id
        return found

    def _new(self, market: Market, order: NewOrder, now: int) -> Held:
        return Held(
            order=order,
            order_id=0,
            holder=0,
            client_order_id=order.client_order_id,
            quantity=order.quantity or ZERO,
            created_at=now,
            updated_at=now,
            prevention=prevention_of(market.instrument, order),
        )

    def _number(self, orders: Sequence[Held], list_id: int) -> None:
        for held in orders:
            held.order_id = held.holder = next(self._order_ids)
            held.list_id = list_id
            self._orders.setdefault(held.symbol, {})[held.order_id] = held
            self._life.markets[held.symbol].orders[held.order_id] = held
            self._by_client[held.symbol, held.client_order_id] = held

    def _check_client_ids(self, orders: Sequence[NewOrder]) -> None:
        for order in orders:
            known = self._by_client.get((order.symbol, order.client_order_id))
            if known is not None and known.is_open:
                raise refusals.refused(refusals.DUPLICATE)
        if len({order.client_order_id for order in orders}) < len(orders):
            raise refusals.refused(refusals.DUPLICATE)

    def _check_engine(self, market: Market, orders: Sequence[Held]) -> None:
        text = objection(self._life, market, orders)
        if text is not None:
            raise refusals.refused(text)

    def _view(self, market: Market, now: int) -> MarketView:
        instrument = market.instrument
        orders = market.orders.values()
        lists = {held.list_id for held in orders} - {-1}
        buys = sum((held.left for held in orders if held.buys), ZERO)
        return MarketView(
            last=market.last,
            average=market.average(now),
            open_orders=len(orders),
            open_algo_orders=sum(is_algo(held.order) for held in orders),
            open_iceberg=sum(bool(held.order.iceberg_quantity) for held in orders),
            open_lists=len(lists),
            position=self._life.books.ledger.balance(instrument.base_asset).total + buys,
        )

    def _check_amendment(self, market: Market, held: Held, new_id: str, quantity: Decimal, now: int) -> None:
        if not market.instrument.amend_allowed:
            raise refusals.refused("Order amend is not supported for this symbol.")
        limit = market.instrument.number("MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends")
        if 0 < limit <= len(held.amendments):
            raise refusals.refused("Filter failure: MAX_NUM_ORDER_AMENDS", -2038)
        if quantity == held.quantity:
            raise refusals.refused("The requested action would change no state; rejecting", -2038)
        if quantity > held.quantity or held.order.quote_quantity is not None:
            raise refusals.refused("Order amend (quantity increase) is not supported.", -2038)
        if quantity <= held.executed + held.prevented:
            raise refusals.refused("The new quantity must be more than what has been executed.", -2038)
        known = self._by_client.get((held.symbol, new_id))
        if known is not None and known is not held and known.is_open:
            raise refusals.refused(refusals.DUPLICATE)
        view = self._view(market, now)
        check_filters(
            market.instrument, replace(held.order, quantity=quantity), replace(view, open_orders=0, open_algo_orders=0)
        )
