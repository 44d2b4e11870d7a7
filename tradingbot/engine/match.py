"""One order against one candle: gap-aware, and pessimistic inside the candle."""

import math
from typing import NamedTuple

from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Bar
from tradingbot.domain.terms import Terms, adverse
from tradingbot.risk.filters import ceil_to, floor_to

BUY = 1
SELL = -1

MARKET = 0
LIMIT = 1
STOP = 2


class Order(NamedTuple):
    """An order of `quantity` base asset, or of `value` quote asset when that is positive (market orders only)."""

    side: int
    kind: int
    quantity: float
    value: float
    price: float  # limit or stop price


class Fill(NamedTuple):
    """What was traded; quantity 0 means nothing."""

    side: int
    quantity: float
    price: float
    fee: float  # quote
    slippage: float  # quote, against the reference price


@compiled
def reference_price(order: Order, bar: Bar) -> float:
    """The price at which the order fills before costs; NaN when it does not fill in this candle.

    Market: the open. Limit: its own price, and only when the candle trades through it. Stop: its own price when the
    candle reaches it, or the open when that lies beyond.
    """
    if not bar.quote_volume > 0.0:
        return math.nan
    if order.kind == MARKET:
        return bar.open
    if order.kind == LIMIT:
        through = bar.low < order.price if order.side == BUY else bar.high > order.price
        return order.price if through else math.nan
    if order.side == SELL:
        return min(bar.open, order.price) if bar.low <= order.price else math.nan
    return max(bar.open, order.price) if bar.high >= order.price else math.nan


@compiled
def on_grid(side: int, price: float, terms: Terms) -> float:
    """The nearest price that the exchange can state and that is not better for the trader."""
    return ceil_to(price, terms.tick_size) if side == BUY else floor_to(price, terms.tick_size)


@compiled
def match(order: Order, bar: Bar, terms: Terms, room: float) -> Fill:
    """The fill of an order in one candle, at most `room` of quote value.

    Market and stop orders lose half the spread, slippage and impact x sqrt(order value / candle's quote volume)
    (the square-root law of market impact), up to the next tick; limit orders fill at their price as makers.
    """
    nothing = Fill(order.side, 0.0, 0.0, 0.0, 0.0)
    reference = reference_price(order, bar)
    if not reference > 0.0:
        return nothing
    wanted = order.value if order.value > 0.0 else order.quantity * reference
    value = min(wanted, room)
    if not value > 0.0:
        return nothing
    price, rate = reference, terms.maker
    if order.kind != LIMIT:
        lost = adverse(terms, reference) + terms.impact * math.sqrt(value / bar.quote_volume)
        price, rate = on_grid(order.side, max(reference * (1.0 + order.side * lost), 0.0), terms), terms.taker
    if order.value > 0.0:
        quantity = floor_to(value / price, terms.step_size)
    elif value < wanted:
        quantity = floor_to(value / reference, terms.step_size)
    else:
        quantity = order.quantity
    return Fill(order.side, quantity, price, quantity * price * rate, quantity * abs(price - reference))
