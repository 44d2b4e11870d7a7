"""At which price and for how much an order trades: the core's `match`, carried over to exact numbers."""

import math
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from tradingbot.domain.filters import ceil_to_step, floor_to_step
from tradingbot.domain.state import Bar
from tradingbot.engine.match import LIMIT, MARKET, Order, match
from tradingbot.engine.match import Fill as CoreFill
from tradingbot.exchange.orders import ZERO
from tradingbot.exchange.simulated.held import Held
from tradingbot.exchange.simulated.market import Level, Market

SMALLEST = Decimal("1E-8")


@dataclass(frozen=True, slots=True)
class Execution:
    """One trade to be booked. `reference` is the price before costs; `level` is what it takes from the book."""

    quantity: Decimal
    price: Decimal
    reference: float
    is_maker: bool
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """How an order meets a candle: as which kind of the core's, at which of its prices, and for how much at most."""

    kind: int
    bar: Bar
    room: float
    price: float = 0.0


def flat_bar(price: float, quote_volume: float) -> Bar:
    """One trade as a candle."""
    return Bar(price, price, price, price, quote_volume)


def meet(market: Market, held: Held, meeting: Meeting, funds: Decimal) -> Execution | None:
    """The fill of an order against a candle, at most for what the account has (`funds`); None where there is none."""
    fill = _matched(held, meeting, market.terms, held.left)
    return _exact(market, held, fill, funds, is_maker=meeting.kind == LIMIT)


def at_once(market: Market, held: Held, now: int, funds: Decimal) -> Execution | None:
    """The next trade of an order that takes what the market offers now; None where it offers nothing to it."""
    if market.bids is None:
        return _from_last(market, held, market.room(now), now, funds)
    level = next((one for one in _offers(market, held) if one[1] > ZERO), None)
    return None if level is None else take_level(market, held, level, funds)


def take_level(market: Market, held: Held, level: Level, funds: Decimal) -> Execution | None:
    """What an order takes of one level of the book, at its price."""
    price = float(level[0])
    quantity = level[1] if held.value_left is not None else min(held.left, level[1])
    room = float(level[0] * level[1]) if held.value_left is not None else math.inf
    fill = _matched(held, Meeting(MARKET, flat_bar(price, math.inf), room), market.level_terms, quantity)
    found = _exact(market, held, fill, funds, is_maker=False, most=quantity)
    return found and Execution(found.quantity, level[0], price, False, level)


def against(market: Market, held: Held, level: Level, funds: Decimal) -> Execution | None:
    """A resting order met by an offer beyond its price: it trades as the maker, at its own price."""
    assert held.order.price is not None
    price = float(held.order.price)
    quantity = min(held.left, level[1])
    through = Bar(price, math.inf, 0.0, price, math.inf)
    fill = _matched(held, Meeting(LIMIT, through, math.inf, price), market.terms, quantity)
    found = _exact(market, held, fill, funds, is_maker=True, most=quantity)
    return found and Execution(found.quantity, found.price, found.reference, True, level)


def crosses(market: Market, held: Held) -> bool:
    """Whether an order with a limit would take at once; one without always does."""
    bid, ask = market.top()
    limit = held.order.price
    if limit is None:
        return True
    if held.buys:
        return ask is not None and ask <= limit
    return bid is not None and bid >= limit


def offered(market: Market, held: Held, now: int, before: Decimal | None = None) -> Decimal:
    """The quantity that could be taken at once, within the order's limit, at prices better than `before` only."""
    if market.bids is not None:
        levels = [level for level in _offers(market, held) if before is None or _is_better(held, level[0], before)]
        return sum((level[1] for level in levels), ZERO)
    found = _from_last(market, held, market.room(now), now, Decimal("Infinity"))
    return found.quantity if found and (before is None or _is_better(held, found.price, before)) else ZERO


def cost_at_once(market: Market, held: Held, now: int) -> Decimal:
    """The quote value of taking the whole quantity, at the last level's price beyond the depth; 0 without a price."""
    if market.bids is None:
        found = _from_last(market, held, math.inf, now, Decimal("Infinity"))
        return held.left * found.price if found else ZERO
    value, left, price = ZERO, held.left, ZERO
    for price, quantity in _offers(market, held):
        taken = min(left, quantity)
        value, left = value + taken * price, left - taken
    return value + left * price


def _is_better(held: Held, price: Decimal, other: Decimal) -> bool:
    return price < other if held.buys else price > other


def _offers(market: Market, held: Held) -> list[Level]:
    limit, levels = held.order.price, (market.asks if held.buys else market.bids) or []
    if limit is None:
        return levels
    return [level for level in levels if (level[0] <= limit if held.buys else level[0] >= limit)]


def _from_last(market: Market, held: Held, room: float, now: int, funds: Decimal) -> Execution | None:
    last = market.last
    if last is None or not crosses(market, held):
        return None
    bar = flat_bar(float(last), market.minute_value(now))
    return meet(market, held, Meeting(MARKET, bar, room), funds)


def _matched(held: Held, meeting: Meeting, rates: Any, quantity: Decimal) -> CoreFill:
    value = held.value_left
    if value is None:
        order = Order(held.sign, meeting.kind, float(quantity), 0.0, meeting.price)
    else:
        order = Order(held.sign, meeting.kind, 0.0, float(value), meeting.price)
    return match(order, meeting.bar, rates, meeting.room)


def _exact(
    market: Market, held: Held, fill: CoreFill, funds: Decimal, *, is_maker: bool, most: Decimal | None = None
) -> Execution | None:
    if not fill.quantity > 0.0:
        return None
    price = _price(market, held, fill, is_maker=is_maker)
    if not price > ZERO:
        return None
    largest = held.left if most is None else most
    quantity = _quantity(market, held, fill.quantity, largest)
    if held.value_left is not None:  # the price is rounded only after the core has divided by it
        quantity = min(quantity, floor_to_step(held.value_left / price, market.step or SMALLEST))
    quantity = min(quantity, floor_to_step(funds / price if held.buys else funds, market.step or SMALLEST))
    reference = fill.price - fill.side * fill.slippage / fill.quantity
    return Execution(quantity, price, reference, is_maker) if quantity > ZERO else None


def _price(market: Market, held: Held, fill: CoreFill, *, is_maker: bool) -> Decimal:
    limit = held.order.price
    if is_maker and limit is not None:
        return limit
    price = Decimal(f"{fill.price:.12g}")
    price = ceil_to_step(price, market.tick) if held.buys else floor_to_step(price, market.tick)
    if limit is None:
        return price
    return min(price, limit) if held.buys else max(price, limit)


def _quantity(market: Market, held: Held, quantity: float, largest: Decimal) -> Decimal:
    if held.value_left is None and quantity >= float(largest):
        return largest
    step = market.step or SMALLEST
    exact = Decimal(f"{quantity:.15g}") / step
    nearest = exact.to_integral_value()
    whole = nearest if abs(exact - nearest) < Decimal("1E-6") else exact.to_integral_value(ROUND_FLOOR)
    return min(whole * step, largest) if held.value_left is None else whole * step
