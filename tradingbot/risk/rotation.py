"""A small loss may be taken early for a better chance."""

from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Lane
from tradingbot.risk.rules import Rules


@compiled
def may_rotate(lane: Lane, rules: Rules, price: float, own_value: float, waiting_value: float) -> bool:
    """Whether the lane's position may be closed for a waiting entry; expected values are fractions, NaN is unknown."""
    if lane.quantity <= 0.0 or lane.exit_reason > 0:
        return False
    loss = 1.0 - price / lane.average
    in_band = rules.rotation_low <= loss <= rules.rotation_high and rules.rotation_high > 0.0
    return in_band and waiting_value > own_value + rules.rotation_margin
