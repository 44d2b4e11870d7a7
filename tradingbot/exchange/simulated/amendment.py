"""Making an order smaller without losing its place. Source: order_amend_keep_priority.md of Binance's spot API."""

from dataclasses import replace
from decimal import Decimal

from tradingbot.exchange.orders import Amendment, ExecutionType, OrderStatus
from tradingbot.exchange.simulated import refusals
from tradingbot.exchange.simulated.filters import MarketView, check_filters
from tradingbot.exchange.simulated.held import Held
from tradingbot.exchange.simulated.life import OrderLife
from tradingbot.exchange.simulated.market import Market

REJECTED = -2038


def check_amendment(market: Market, held: Held, quantity: Decimal, view: MarketView) -> None:
    """Raise why an order may not become this small: BadRequest (-2038) or FilterRefused."""
    if market.instrument.status != "TRADING":
        raise refusals.refused(refusals.CLOSED, REJECTED)
    if not market.instrument.amend_allowed:
        raise refusals.refused("Order amend is not supported for this symbol.")
    limit = market.instrument.number("MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends")
    if 0 < limit <= len(held.amendments):
        raise refusals.refused("Filter failure: MAX_NUM_ORDER_AMENDS", REJECTED)
    if quantity == held.quantity:
        raise refusals.refused("The requested action would change no state; rejecting", REJECTED)
    if quantity > held.quantity or held.order.quote_quantity is not None:
        raise refusals.refused("Order amend (quantity increase) is not supported.", REJECTED)
    if quantity <= held.executed + held.prevented:
        raise refusals.refused("The new quantity must be more than what has been executed.", REJECTED)
    others = view.position - held.left if held.buys else view.position
    counted_already = replace(view, open_orders=0, open_algo_orders=0, open_iceberg=0, position=others)
    check_filters(market.instrument, replace(held.order, quantity=quantity), counted_already)


def amend(life: OrderLife, held: Held, new_id: str, quantity: Decimal, now: int) -> None:
    """Make an order, and the other leg of its pair, smaller; the event's report has the client id it had until now."""
    found = life.lists.get(held.list_id)
    sibling = found and found.sibling(held)
    before = held.quantity
    both = [(held, new_id), (sibling, sibling.client_order_id)] if sibling and sibling.is_open else [(held, new_id)]
    for one, _ in both:
        one.quantity, one.updated_at = quantity, now
    if held.status is not OrderStatus.PENDING_NEW:
        life.lock(held)
    for one, client_order_id in both:
        _tell(life, one, client_order_id, before, now)


def _tell(life: OrderLife, held: Held, new_id: str, before: Decimal, now: int) -> None:
    execution_id = life.tell(ExecutionType.REPLACED, held, now, cancel_id=new_id)
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
