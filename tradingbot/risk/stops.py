"""Where the stop is: its first distance, and how it trails."""

import math

from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Lane
from tradingbot.risk.filters import floor_to
from tradingbot.risk.rules import Rules


@compiled
def first_stop_distance(lane: Lane, price: float, atr: float) -> float:
    """s = clamp(atr_multiple x ATR / p, min_stop, max_stop), a fraction of the price.

    0 when the lane has no stop at all (max_stop is 0); NaN when it should have one and the ATR is unknown.
    """
    if lane.max_stop <= 0.0:
        return 0.0
    if lane.atr_multiple <= 0.0:
        return lane.max_stop
    if not atr > 0.0:
        return math.nan
    return min(max(lane.atr_multiple * atr / price, lane.min_stop), lane.max_stop)


@compiled
def trail(lane: Lane, rules: Rules, atr: float) -> None:
    """Once a trade is `trail_after` x s in profit, the stop follows below the highest high; it never moves down.

    The distance is `atr_multiple` x ATR; lanes with a fixed stop trail by that. The stop lies on the price grid, as the
    exchange takes no other.
    """
    if lane.stop_distance <= 0.0 or lane.highest < lane.average * (1.0 + rules.trail_after * lane.stop_distance):
        return
    distance = lane.atr_multiple * atr if lane.atr_multiple > 0.0 else lane.stop_distance * lane.average
    level = floor_to(lane.highest - distance, lane.tick_size)
    if level > lane.stop:
        lane.stop = level
        lane.trailing = True
