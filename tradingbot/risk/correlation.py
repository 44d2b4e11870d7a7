"""Positions that move together share one cap."""

import math

from tradingbot.domain.candles import FloatColumn
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Lane, Records
from tradingbot.risk.rules import Rules


@compiled
def promised_value(lane: Lane, price: float) -> float:
    """What a lane holds or has ordered, in quote."""
    held = lane.quantity * price if lane.quantity > 0.0 else 0.0
    return held + lane.entry_value


@compiled
def correlated_room(
    rules: Rules, equity: float, lanes: Records, symbols: Records, correlation: FloatColumn, symbol: int
) -> float:
    """Quote value that may still be bought of a symbol and all that moves with it.

    `correlation` is that of returns between all symbols (a row and a column
    each, empty when unknown; a symbol always moves with itself).
    """
    if rules.max_correlated <= 0.0:
        return math.inf
    used = 0.0
    for i in range(len(lanes)):
        lane = lanes[i]
        other = lane.symbol
        together = other == symbol or (len(correlation) > 0 and correlation[symbol, other] > rules.correlation)
        if together and (lane.quantity > 0.0 or lane.entry_value > 0.0):
            used += promised_value(lane, symbols[other].price)
    return rules.max_correlated * equity - used
