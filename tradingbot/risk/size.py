"""How much: the smallest of all caps."""

import math

from tradingbot.domain.compiled import compiled
from tradingbot.risk.rules import Rules


@compiled
def kelly_value(rules: Rules, equity: float, probability: float, gain: float, loss: float) -> float:
    """The chosen part of the Kelly stake: E x k x (P / loss - (1 - P) / gain); gain and loss per unit, net of costs.

    The growth-optimal fraction for a bet that returns +gain or -loss (Kelly 1956, two outcomes).
    """
    return equity * rules.kelly_fraction * (probability / loss - (1.0 - probability) / gain)


@compiled
def risk_value(rules: Rules, equity: float, stop: float, break_even: float, factor: float) -> float:
    """The value that loses `risk_per_trade` x `factor` at the stop, and at most `max_trade_loss` with costs."""
    value = math.inf
    if stop <= 0.0:
        return value
    if rules.risk_per_trade > 0.0:
        value = factor * rules.risk_per_trade * equity / stop
    if rules.max_trade_loss > 0.0:
        value = min(value, rules.max_trade_loss * equity / (stop + break_even))
    return value


@compiled
def cap_value(rules: Rules, equity: float, weight: float) -> float:
    """The position cap, and the strategy's own when it names one."""
    value = math.inf
    if rules.max_position > 0.0:
        value = rules.max_position * equity
    if weight == weight:  # NaN: no wish
        value = min(value, weight * equity)
    return value
