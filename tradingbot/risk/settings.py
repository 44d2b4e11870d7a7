"""The risk settings a person writes, with their ranges; `[risk]` and `[styles.*]` of the configuration."""

import math
from typing import Annotated, Any

import msgspec

from tradingbot.domain.state import NEVER, Records, frozen, records
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, Timeframe
from tradingbot.risk.rules import RULES

Fraction = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Positive = Annotated[float, msgspec.Meta(ge=0.0)]
Count = Annotated[int, msgspec.Meta(ge=0)]


class RiskSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Defaults are those of the trading rules; 0 switches a rule off, `null` where that is said."""

    max_position: Fraction = 0.20
    risk_per_trade: Fraction = 0.005
    max_trade_loss: Fraction = 0.03
    kelly_fraction: Fraction = 0.25
    max_positions: Count = 8
    max_correlated: Fraction = 0.40
    correlation: Fraction = 0.8
    max_entries_day: Count = 100
    order_spacing_s: Positive = 5.0
    cooldown_candles: Count = 3
    daily_loss: Fraction = 0.10
    drawdown: Fraction = 0.25
    min_profit: float | None = 0.005  # above the break-even return; null: off
    min_expected_value: float | None = 0.0  # where a probability is known; null: off
    rotation_low: Fraction = 0.003
    rotation_high: Fraction = 0.005
    rotation_margin: Fraction = 0.005
    big_win_factor: Annotated[float, msgspec.Meta(ge=1.0, le=4.0)] = 2.0  # 1: off
    big_win_rank: Fraction = 0.9
    trail_after: Positive | None = 1.0  # stop distances of profit; null: no trailing
    allocator_trades: Count = 20
    allocator_pause_days: Positive = 30.0


class StyleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How lanes of one style are protected; distances are fractions of the entry price."""

    max_stop: Fraction  # 0: no stop
    min_stop: Fraction = 0.005
    atr_multiple: Positive = 2.0  # 0: the stop is max_stop
    reward_risk: Positive = 2.0  # 0: no target of the rules' own
    max_hold_h: Positive = 0.0  # 0: without limit


class Styles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scalp holds minutes, day hours, swing days.

    A swing lane leaves by its own signal: its stop and target are wide, so that daily noise does not decide
    (docs/adr/0004-swing-stops.md).
    """

    scalp: StyleSettings = StyleSettings(max_stop=0.03, max_hold_h=4.0)
    day: StyleSettings = StyleSettings(max_stop=0.03, max_hold_h=24.0)
    swing: StyleSettings = StyleSettings(max_stop=0.15, atr_multiple=6.0, reward_risk=6.0)

    def of(self, style: int) -> StyleSettings:
        """The settings of a style by its number."""
        return (self.scalp, self.day, self.swing)[style]


def style_of(timeframe: Timeframe) -> int:
    """The style of a lane: below 15m scalp, below 4h day, else swing."""
    if timeframe.ms < Timeframe.M15.ms:
        return 0
    return 1 if timeframe.ms < Timeframe.H4.ms else 2


def max_hold_ms(style: StyleSettings) -> int:
    """The longest time a position is held."""
    return round(style.max_hold_h * HOUR_MS) if style.max_hold_h > 0.0 else NEVER


def rules_of(settings: RiskSettings, *, allocator: bool) -> Records:
    """The record that the core reads."""
    rules = records(1, RULES)
    values: dict[str, Any] = {name: getattr(settings, name, None) for name in RULES.names or ()}
    values |= {
        "order_spacing_ms": round(settings.order_spacing_s * 1000),
        "allocator_trades": settings.allocator_trades if allocator else 0,
        "allocator_pause_ms": round(settings.allocator_pause_days * DAY_MS),
        "min_profit": math.nan if settings.min_profit is None else settings.min_profit,
        "min_expected_value": math.nan if settings.min_expected_value is None else settings.min_expected_value,
        "trail_after": math.inf if settings.trail_after is None else settings.trail_after,
    }
    for name, value in values.items():
        rules[name] = value
    return frozen(rules)
