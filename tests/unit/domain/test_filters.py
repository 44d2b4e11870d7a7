"""Rounding to the exchange's steps is exact."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tradingbot.domain.filters import SymbolFilters, ceil_to_step, floor_to_step, round_to_tick

BTC = SymbolFilters(
    symbol="BTCUSDT",
    tick_size=Decimal("0.01"),
    step_size=Decimal("0.00001"),
    min_qty=Decimal("0.00001"),
    max_qty=Decimal(9000),
    min_notional=Decimal(5),
    bid_multiplier_up=Decimal(5),
    bid_multiplier_down=Decimal("0.2"),
    ask_multiplier_up=Decimal(5),
    ask_multiplier_down=Decimal("0.2"),
    as_of=0,
    source="test",
)


@pytest.mark.parametrize(
    ("value", "step", "floor", "nearest", "ceiling"),
    [
        ("0.123456789", "0.00001", "0.12345", "0.12346", "0.12346"),
        ("0.3", "0.1", "0.3", "0.3", "0.3"),
        ("42283.585", "0.01", "42283.58", "42283.58", "42283.59"),
        ("7", "2.5", "5.0", "7.5", "7.5"),
        ("1.23", "0", "1.23", "1.23", "1.23"),
    ],
)
def test_values_are_moved_to_multiples(value: str, step: str, floor: str, nearest: str, ceiling: str) -> None:
    """Floor, nearest (even on a tie) and ceiling; a step of 0 switches the rule off."""
    number, size = Decimal(value), Decimal(step)

    assert floor_to_step(number, size) == Decimal(floor)
    assert round_to_tick(number, size) == Decimal(nearest)
    assert ceil_to_step(number, size) == Decimal(ceiling)


def test_a_quantity_below_the_minimum_is_none() -> None:
    """What the exchange would refuse as too little is 0, what it would refuse as too much is its maximum."""
    assert BTC.quantity(Decimal("0.000009")) == 0
    assert BTC.quantity(Decimal("1.000019")) == Decimal("1.00001")
    assert BTC.quantity(Decimal(10_000)) == 9000
    assert replace(BTC, max_qty=Decimal(0)).quantity(Decimal(10_000)) == 10_000


def test_a_price_goes_to_the_nearest_tick() -> None:
    """Prices are multiples of the tick."""
    assert BTC.price(Decimal("64000.123")) == Decimal("64000.12")
