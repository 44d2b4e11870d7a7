"""One order against one candle, by the trading rules."""

import math

import pytest

from tests.support.core import terms
from tradingbot.domain.state import Bar
from tradingbot.engine.match import BUY, LIMIT, MARKET, SELL, STOP, Order, match

BAR = Bar(100.0, 110.0, 90.0, 105.0, 1e6)
FREE = terms()[0]
COSTLY = terms(maker=0.001, taker=0.002, half_spread=0.0005, slippage=0.0002, impact=0.01)[0]


def test_a_market_order_fills_at_the_open() -> None:
    """Without costs the price is the open, whatever the candle does later."""
    fill = match(Order(BUY, MARKET, 2.0, 0.0, 0.0), BAR, FREE, math.inf)

    assert (fill.quantity, fill.price, fill.fee) == (2.0, 100.0, 0.0)


@pytest.mark.parametrize("side", [BUY, SELL])
def test_a_market_order_loses_half_the_spread_slippage_and_impact(side: int) -> None:
    """0.0005 + 0.0002 + 0.01 x sqrt(200 / 1e6), against either side."""
    fill = match(Order(side, MARKET, 2.0, 0.0, 0.0), BAR, COSTLY, math.inf)

    lost = 0.0007 + 0.01 * math.sqrt(200.0 / 1e6)
    assert fill.price == pytest.approx(100.0 * (1.0 + side * lost), rel=1e-12)
    assert fill.slippage == pytest.approx(2.0 * 100.0 * lost, rel=1e-12)
    assert fill.fee == pytest.approx(2.0 * fill.price * 0.002, rel=1e-12)


def test_the_spread_is_never_below_one_tick() -> None:
    """Half a tick of 0.5 on a price of 100 is more than half of a basis point: 100.25, which no exchange can state."""
    fill = match(Order(BUY, MARKET, 1.0, 0.0, 0.0), BAR, terms(tick_size=0.5, half_spread=0.00005)[0], math.inf)

    assert (fill.price, fill.slippage) == (100.5, 0.5)


@pytest.mark.parametrize(("side", "price"), [(BUY, 100.2), (SELL, 99.8)])
def test_a_fill_is_at_a_price_that_the_exchange_can_state(side: int, price: float) -> None:
    """0.11 % of 100 is 100.11 or 99.89: the next tick of 0.2 beyond it, against the trader."""
    fill = match(Order(side, MARKET, 1.0, 0.0, 0.0), BAR, terms(tick_size=0.2, slippage=0.0001)[0], math.inf)

    assert fill.price == pytest.approx(price, rel=1e-12)


def test_an_order_of_quote_value_buys_what_it_pays_for() -> None:
    """1,000 at a price of 100, floored to the step of 0.3."""
    fill = match(Order(BUY, MARKET, 0.0, 1_000.0, 0.0), BAR, terms(step_size=0.3)[0], math.inf)

    assert fill.quantity == pytest.approx(9.9)


@pytest.mark.parametrize(
    ("side", "price", "filled"),
    [(BUY, 90.0, False), (BUY, 90.01, True), (SELL, 110.0, False), (SELL, 109.99, True)],
)
def test_a_touch_of_a_limit_is_no_fill(side: int, price: float, *, filled: bool) -> None:
    """The candle must trade through the limit; then it fills at its own price, as a maker."""
    fill = match(Order(side, LIMIT, 1.0, 0.0, price), BAR, COSTLY, math.inf)

    assert (fill.quantity > 0.0) is filled
    if filled:
        assert (fill.price, fill.slippage) == (price, 0.0)
        assert fill.fee == pytest.approx(price * 0.001)


@pytest.mark.parametrize(("stop", "price"), [(95.0, 95.0), (100.0, 100.0), (104.0, 100.0)])
def test_a_stop_fills_at_the_worse_of_stop_and_open(stop: float, price: float) -> None:
    """A gap below the stop fills at the open."""
    assert match(Order(SELL, STOP, 1.0, 0.0, stop), BAR, FREE, math.inf).price == price


def test_a_stop_that_is_not_reached_does_nothing() -> None:
    """The low stays above it."""
    assert match(Order(SELL, STOP, 1.0, 0.0, 89.0), BAR, FREE, math.inf).quantity == 0.0


@pytest.mark.parametrize("volume", [0.0, math.nan])
def test_a_candle_without_trade_fills_nothing(volume: float) -> None:
    """No volume or no candle: no fill."""
    assert match(Order(BUY, MARKET, 1.0, 0.0, 0.0), BAR._replace(quote_volume=volume), FREE, math.inf).quantity == 0.0


def test_only_the_room_of_the_candle_is_filled() -> None:
    """300 quote of room at 100 is 3 of the 10."""
    assert match(Order(SELL, MARKET, 10.0, 0.0, 0.0), BAR, FREE, 300.0).quantity == pytest.approx(3.0)
