"""The exchange's filters inside the core: tick size, step size, minimum notional, percent price."""

import math

from tradingbot.domain.compiled import compiled
from tradingbot.domain.terms import Terms


@compiled
def floor_to(value: float, step: float) -> float:
    """The largest multiple of `step` that does not exceed `value` (one part in a billion forgiven)."""
    if step <= 0.0:
        return value
    return math.floor(value / step * (1.0 + 1e-12) + 1e-9) * step


@compiled
def ceil_to(value: float, step: float) -> float:
    """The smallest multiple of `step` that is not below `value` (one part in a billion forgiven)."""
    if step <= 0.0 or value == math.inf:
        return value
    return math.ceil(value / step * (1.0 - 1e-12) - 1e-9) * step


@compiled
def sellable(terms: Terms, quantity: float, price: float) -> bool:
    """Whether an order of that size passes minimum quantity and notional."""
    return quantity >= terms.min_quantity and quantity * price >= terms.min_notional and quantity > 0.0


@compiled
def price_allowed(terms: Terms, price: float, last: float) -> bool:
    """Whether a resting sell price lies within the percent-price band around the last price."""
    if terms.percent_up > 0.0 and price > last * terms.percent_up:
        return False
    return price >= last * terms.percent_down
