"""The settings of all rules, as the compiled core reads them: one record of numbers."""

from typing import Protocol

import numpy as np


class Rules(Protocol):
    """Limits as fractions, counts and milliseconds; 0 switches a rule off unless its comment says otherwise."""

    max_position: float  # of equity, a position
    risk_per_trade: float  # of equity, lost when the stop is hit
    max_trade_loss: float  # of equity, planned with costs
    kelly_fraction: float  # of the Kelly stake, where a probability is known
    max_positions: int
    max_correlated: float  # of equity, positions that move together
    correlation: float  # from which two symbols move together
    max_entries_day: int
    order_spacing_ms: int
    cooldown_candles: int
    daily_loss: float  # of equity since 00:00 UTC
    drawdown: float  # of equity since its peak
    min_profit: float  # above the break-even return; NaN: off
    min_expected_value: float  # NaN: off
    rotation_low: float  # a loss from this ...
    rotation_high: float  # ... to this may be taken for a better chance; both 0: off
    rotation_margin: float
    big_win_factor: float  # 1: off
    big_win_rank: float  # an entry's expected value must be above this share of the recent ones
    trail_after: float  # in stop distances of profit; inf: no trailing
    allocator_trades: int  # closed trades before a style's own record counts; 0: no allocator
    allocator_pause_ms: int  # without a share after a losing record


RULES = np.dtype(
    [(name, "i8" if kind is int else "f8") for name, kind in Rules.__annotations__.items()],
    align=True,
)
