"""What the simulated exchange knows of its market."""

from decimal import Decimal

import pytest

from tests.support.instruments import instrument
from tests.support.simulated import BUY, Watched, d, market
from tradingbot.engine.costs import CostSettings


def test_the_average_is_weighted_by_volume_over_five_minutes() -> None:
    """Three at 100 and one at 104; later only the second; later still the last price."""
    world = Watched()
    world.trade(100, 3)
    world.now += 60_000
    world.trade(104, 1)

    assert world.exchange.average_price("BTCUSDT", world.now) == 101
    assert world.exchange.average_price("BTCUSDT", world.now + 4 * 60_000) == 104
    assert world.exchange.average_price("BTCUSDT", world.now + 60 * 60_000) == 104


def test_before_the_first_price_there_is_none() -> None:
    """Neither last, nor average, nor bid and ask; an unknown symbol has no last price."""
    world = Watched()

    assert world.exchange.last_price("BTCUSDT") is None
    assert world.exchange.average_price("BTCUSDT", 0) is None
    assert world.exchange.top("BTCUSDT") == (None, None)
    assert world.exchange.last_price("XYZUSDT") is None


def test_the_last_price_of_a_candle_is_its_close_exactly() -> None:
    """As it is written, not as a binary number."""
    world = Watched()
    world.bar(100.1, 101.1, 99.1, 100.3)

    assert world.exchange.last_price("BTCUSDT") == Decimal("100.3")


@pytest.mark.parametrize(("spread", "bid", "ask"), [(10.0, "99.95", "100.05"), (0.0, "99.99", "100.01")])
def test_bid_and_ask_are_half_the_spread_around_the_last_price(spread: float, bid: str, ask: str) -> None:
    """At least half a tick, on the tick grid."""
    world = Watched(CostSettings(spread_bps=spread))
    world.trade(100)

    assert world.exchange.top("BTCUSDT") == (Decimal(bid), Decimal(ask))


def test_a_book_replaces_what_was_derived_and_a_candle_replaces_the_book() -> None:
    """An empty side is none."""
    world = Watched()
    world.trade(100)
    world.book([("98", "1")], [])
    assert world.exchange.top("BTCUSDT") == (d(98), None)

    world.bar(100, 100, 100, 100)
    assert world.exchange.top("BTCUSDT") == (Decimal("99.99"), Decimal("100.01"))


def test_without_its_book_a_market_costs_spread_and_slippage_again() -> None:
    """100.10 by the book; without it two basis points of slippage and half a tick on 100."""
    world = Watched(CostSettings(spread_bps=0.0, slippage_bps=2.0, impact=0.0))
    world.trade(100)
    world.book([("99.90", "1")], [("100.10", "1")])
    with_book = world.place(market(BUY, "0.1"))
    world.exchange.forget_book("BTCUSDT")
    without = world.place(market(BUY, "0.1"))

    assert (with_book.average_price, without.average_price) == (Decimal("100.10"), Decimal("100.03"))


def test_new_symbols_can_be_added_while_running() -> None:
    """They trade from their first price on."""
    world = Watched()
    world.exchange.set_instruments([instrument("ETH")])
    world.trade(10, symbol="ETHUSDT")
    world.place(market(BUY, 1, symbol="ETHUSDT"))

    assert world.free("ETH") == 1
    assert world.exchange.figures("USDT").turnover == pytest.approx(10.01)
