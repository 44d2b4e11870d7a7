"""The terms on which one symbol is traded: fees, spread, slippage, and the exchange's filters."""

from typing import Protocol

import numpy as np

from tradingbot.domain.compiled import compiled


class Terms(Protocol):
    """Rates are fractions of the price or of the value traded; a filter is 0 where there is none or it is not known."""

    maker: float
    taker: float
    half_spread: float  # at least half a tick is paid
    slippage: float
    impact: float  # times the square root of (order value / candle's quote volume)
    max_participation: float  # of a candle's quote volume; 0: no limit
    tick_size: float
    step_size: float
    min_quantity: float
    min_notional: float
    percent_up: float  # a resting sell price is at most this times the last price
    percent_down: float  # and at least this times it


TERMS = np.dtype([(name, "f8") for name in Terms.__annotations__], align=True)


@compiled
def adverse(terms: Terms, price: float) -> float:
    """What a small market order loses against the reference price: half the spread plus slippage, a fraction."""
    half_tick = 0.5 * terms.tick_size / price
    return max(terms.half_spread, half_tick) + terms.slippage


@compiled
def break_even(terms: Terms, price: float) -> float:
    """b = entry fee + exit fee + expected slippage of both sides, a fraction of the price."""
    return 2.0 * terms.taker + 2.0 * adverse(terms, price)
