"""Is the trade worth it? Profit must exceed all costs, always."""

import math

from tradingbot.domain.compiled import compiled
from tradingbot.risk.rules import Rules


@compiled
def required_target(rules: Rules, reward_risk: float, stop: float, break_even: float) -> float:
    """The least target distance: max(b + min_profit, the distance with (t - b) >= reward_risk x (s + b)).

    `stop` s and `break_even` b are fractions of the price. Infinite when neither rule is on: no target.
    """
    required = -math.inf
    if rules.min_profit == rules.min_profit:  # NaN: off
        required = break_even + rules.min_profit
    if reward_risk > 0.0 and stop > 0.0:
        required = max(required, reward_risk * (stop + break_even) + break_even)
    return required


@compiled
def expected_value(probability: float, target: float, stop: float, break_even: float) -> float:
    """P x (t - b) - (1 - P) x (s + b), a fraction of the position; NaN without a probability."""
    return probability * (target - break_even) - (1.0 - probability) * (stop + break_even)
