"""The exchange's rules for one symbol's orders, and rounding to them."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal


def floor_to_step(value: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` that is not above `value`; a step of 0 switches the rule off."""
    return _to_multiple(value, step, ROUND_FLOOR)


def ceil_to_step(value: Decimal, step: Decimal) -> Decimal:
    """The smallest multiple of `step` that is not below `value`; a step of 0 switches the rule off."""
    return _to_multiple(value, step, ROUND_CEILING)


def round_to_tick(price: Decimal, tick: Decimal) -> Decimal:
    """The multiple of `tick` nearest to `price`, the even one on a tie; a tick of 0 switches the rule off."""
    return _to_multiple(price, tick, ROUND_HALF_EVEN)


def _to_multiple(value: Decimal, step: Decimal, rounding: str) -> Decimal:
    if step == 0:
        return value
    return (value / step).to_integral_value(rounding=rounding) * step


@dataclass(frozen=True, slots=True)
class SymbolFilters:
    """Binance's spot filters of one symbol at one moment.

    Prices and `min_notional` are in the quote asset, quantities in the base asset. A value of 0 switches that rule
    off, as on the exchange. The multipliers bound a limit price relative to the average price of the last minutes.
    `as_of` is the moment (ms UTC) the exchange stated them, `source` where that statement was read.
    """

    symbol: str
    tick_size: Decimal
    step_size: Decimal
    min_qty: Decimal
    max_qty: Decimal
    min_notional: Decimal
    bid_multiplier_up: Decimal
    bid_multiplier_down: Decimal
    ask_multiplier_up: Decimal
    ask_multiplier_down: Decimal
    as_of: int
    source: str

    def quantity(self, wanted: Decimal) -> Decimal:
        """The wanted quantity floored to the step; 0 where it would be below the minimum."""
        floored = floor_to_step(min(wanted, self.max_qty) if self.max_qty else wanted, self.step_size)
        return floored if floored >= self.min_qty else Decimal(0)

    def price(self, wanted: Decimal) -> Decimal:
        """The wanted price rounded to the nearest tick."""
        return round_to_tick(wanted, self.tick_size)
