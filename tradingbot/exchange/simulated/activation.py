"""Whether the engine takes an order as the market stands, and the placing of an OTO's pending orders."""

from collections.abc import Sequence
from decimal import ROUND_UP, Decimal

from tradingbot.domain.filters import floor_to_step
from tradingbot.exchange.orders import ZERO, ExecutionType, ExpiryReason, OrderStatus, OrderType
from tradingbot.exchange.simulated import refusals
from tradingbot.exchange.simulated.filters import is_algo, triggers_above
from tradingbot.exchange.simulated.held import BIPS, MARKET_TYPES, Held, HeldList
from tradingbot.exchange.simulated.life import Ending, OrderLife
from tradingbot.exchange.simulated.market import Market
from tradingbot.exchange.simulated.pricing import SMALLEST, cost_at_once, crosses

_REJECT_REASONS = {
    refusals.BALANCE: "INSUFFICIENT_BALANCES",
    refusals.PRICE_RELATION: "OCO_BAD_PRICES",
    refusals.WOULD_TRIGGER: "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY",
    refusals.WOULD_MATCH: "WOULD_MATCH_IMMEDIATELY",
}


def objection(life: OrderLife, market: Market, legs: Sequence[Held]) -> str | None:
    """Why the engine refuses an order, or a pair, as the market stands; None where it takes it."""
    if len(legs) == 2 and not _prices_relate(market, legs):
        return refusals.PRICE_RELATION
    for held in legs:
        if _would_trigger(market, held):
            return refusals.WOULD_TRIGGER
        if held.order.type is OrderType.LIMIT_MAKER and (crosses(market, held) or market.rival(held)):
            return refusals.WOULD_MATCH
    asset = market.instrument.quote_asset if legs[0].buys else market.instrument.base_asset
    if max(held.need() for held in legs) > life.books.ledger.free(asset):
        return refusals.BALANCE
    return None


def reckon(market: Market, held: Held, now: int) -> None:
    """Set the price by which its funds are reckoned, and the quantity that a quote amount stands for."""
    amount = held.order.quote_quantity
    bid, ask = market.top()
    price = ask if held.buys else bid
    if amount is not None:
        if not price:
            raise refusals.refused(refusals.NO_BOOK)
        held.quantity = floor_to_step(amount / price, market.step or SMALLEST)
    elif held.order.type is OrderType.MARKET:
        held.reserve = (cost_at_once(market, held, now) / held.left).quantize(SMALLEST, ROUND_UP) if held.buys else ZERO
    elif held.order.type in MARKET_TYPES:
        held.reserve = _expected_trigger(market, held)


def activate(life: OrderLife, market: Market, found: HeldList, now: int) -> Sequence[Held]:
    """Place the pending orders of a list, or reject them as they would have been rejected by themselves."""
    legs = found.legs
    for held in legs:
        reckon(market, held, now)
    text = objection(life, market, legs)
    if text is None:
        life.accept(legs, now)
    else:
        rejected = Ending(
            OrderStatus.REJECTED,
            ExecutionType.REJECTED,
            ExpiryReason.REJECTED,
            reject_reason=_REJECT_REASONS[text],
        )
        life.close(legs[0], rejected, now)
    return legs


def _expected_trigger(market: Market, held: Held) -> Decimal:
    order, last = held.order, market.last or ZERO
    if order.stop_price is not None:
        return order.stop_price
    return (last * (1 + (order.trailing_delta or 0) / BIPS)).quantize(SMALLEST, ROUND_UP)


def _would_trigger(market: Market, held: Held) -> bool:
    stop, last = held.order.stop_price, market.last
    if stop is None or last is None or not is_algo(held.order):
        return False
    return last >= stop if triggers_above(held.order) else last <= stop


def _prices_relate(market: Market, legs: Sequence[Held]) -> bool:
    last = market.last
    above, below = (_reference(held) for held in legs)
    if above is not None and below is not None and not above > below:
        return False
    if last is None:
        return True
    return (above is None or above > last) and (below is None or below < last)


def _reference(held: Held) -> Decimal | None:
    return held.order.price if held.order.type is OrderType.LIMIT_MAKER else held.order.stop_price
