"""Requests of the account: the checks before the engine, and what is set in motion."""

from collections.abc import Sequence
from decimal import Decimal

from tradingbot.exchange.orders import (
    ZERO,
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
from tradingbot.exchange.simulated.amendment import amend, check_amendment
from tradingbot.exchange.simulated.filters import MarketView, check_filters, check_list_filters, is_algo
from tradingbot.exchange.simulated.held import Held, HeldList
from tradingbot.exchange.simulated.life import OrderLife, cancelled
from tradingbot.exchange.simulated.market import Market
from tradingbot.exchange.simulated.matching import Matching
from tradingbot.exchange.simulated.register import Register, Which


class Desk:
    """Takes requests; what they do to orders is up to `OrderLife` and `Matching`."""

    def __init__(self, life: OrderLife, matching: Matching) -> None:
        self.register = Register(life.lists)
        self._life = life
        self._matching = matching

    def place(self, market: Market, order: NewOrder, now: int) -> OrderReport:
        """Check, accept and match one order."""
        held = self._admit(market, order, now)
        self.register.enter(held)
        market.orders[held.order_id] = held
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
        self.register.enter_list(found)
        market.orders.update((held.order_id, held) for held in found.members)
        at_once, pending = (found.legs, ()) if found.working is None else ((found.working,), found.legs)
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
        held = self.register.find_open(which)
        if only is not None and held.status is not only:
            raise refusals.refused("Order was not canceled due to cancel restrictions.", -2011)
        self._life.close(held, cancelled(cancel_id), now)
        return held.report()

    def cancel_list(self, which: Which, cancel_id: str, now: int) -> OrderListReport:
        """Cancel every order of a list."""
        found = self.register.find_open_list(which)
        self._life.close(next(held for held in found.members if held.is_open), cancelled(cancel_id), now)
        return found.report()

    def cancel_all(self, market: Market, cancel_id: str, now: int) -> Sequence[OrderReport | OrderListReport]:
        """Cancel all open orders of a symbol."""
        if not market.orders:
            raise refusals.refused(refusals.UNKNOWN, -2011)
        reports: list[OrderReport | OrderListReport] = []
        while market.orders:
            held = next(iter(market.orders.values()))
            self._life.close(held, cancelled(cancel_id), now)
            found = self._life.lists.get(held.list_id)
            reports.append(found.report() if found else held.report())
        return reports

    def amend(self, market: Market, which: Which, new_id: str, quantity: Decimal, now: int) -> OrderReport:
        """Make an order smaller; its list is told where that changes its client id."""
        held = self.register.find_open(which)
        check_amendment(market, held, quantity, self._view(market, now))
        is_new = new_id != held.client_order_id
        if is_new:
            self.register.check_free(held.symbol, [new_id])
        amend(self._life, held, new_id, quantity, now)
        if is_new:
            self.register.rename(held, new_id)
            if held.list_id in self._life.lists:
                self._life.tell_list(self._life.lists[held.list_id], now, renamed=True)
        return held.report()

    def _admit(self, market: Market, order: NewOrder, now: int) -> Held:
        self.check(market, order, now)
        held = _new(market, order, now)
        self.register.check_free(order.symbol, [order.client_order_id])
        self._check_engine(market, [held], now)
        return held

    def _admit_list(self, market: Market, orders: NewOrderList, now: int) -> HeldList:
        members = members_of(orders)
        for order in members:
            check_order(market.instrument, order)
        check_list(market.instrument, orders)
        check_open(market.instrument)
        held = tuple(_new(market, order, now) for order in members)
        check_list_filters(market.instrument, members, self._view(market, now))
        self.register.check_free(orders.symbol, [order.client_order_id for order in members])
        self.register.check_list_free(orders.client_list_id)
        working = None if isinstance(orders, NewOco) else held[0]
        self._check_engine(market, [working] if working else held, now)
        return HeldList(
            list_id=0,
            client_list_id=orders.client_list_id,
            symbol=orders.symbol,
            working=working,
            legs=held[1:] if working else held,
            time=now,
        )

    def _check_engine(self, market: Market, orders: Sequence[Held], now: int) -> None:
        for held in orders:
            reckon(market, held, now)
        text = objection(self._life, market, orders)
        if text is not None:
            raise refusals.refused(text)

    def _view(self, market: Market, now: int) -> MarketView:
        orders = market.orders.values()
        buys = sum((held.left for held in orders if held.buys), ZERO)
        return MarketView(
            last=market.last,
            average=market.average(now),
            open_orders=len(orders),
            open_algo_orders=sum(is_algo(held.order) for held in orders),
            open_iceberg=sum(bool(held.order.iceberg_quantity) for held in orders),
            open_lists=len({held.list_id for held in orders} - {-1}),
            position=self._life.books.ledger.balance(market.instrument.base_asset).total + buys,
        )


def _new(market: Market, order: NewOrder, now: int) -> Held:
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
