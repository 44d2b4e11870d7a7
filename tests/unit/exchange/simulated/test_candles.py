"""Orders that meet whole candles."""

import math
from decimal import Decimal

import pytest

from tests.support.simulated import BUY, SELL, Watched, d, limit, maker, market, order, stop
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.orders import ExpiryReason, NewOto, NewOtoco, OrderReport, OrderStatus, OrderType, TimeInForce

THIN = CostSettings(maker=0.0, taker=0.0, spread_bps=0.0, slippage_bps=0.0, impact=0.0, max_participation=0.1)
UP, DOWN = Decimal("0.01"), Decimal("-0.01")
"""Half a tick against the trader, rounded to the tick."""


@pytest.fixture
def world() -> Watched:
    """Free trading; a candle has closed at 100."""
    made = Watched()
    made.bar(100, 100, 100, 100)
    return made


def price(world: Watched, report: OrderReport) -> Decimal:
    """At which it was filled; 0 where it was not."""
    return world.look(report).average_price


def test_a_market_order_waits_for_the_next_open(world: Watched) -> None:
    """Its funds are locked until then."""
    report = world.place(market(BUY, 1))
    assert (report.status, world.locked("USDT")) == (OrderStatus.NEW, Decimal("100.01"))

    world.bar(101, 105, 99, 104)
    assert price(world, report) == 101 + UP
    assert world.locked("USDT") == 0


def test_sales_meet_the_open_before_purchases() -> None:
    """The purchase is paid for by the sale."""
    world = Watched(THIN, {"USDT": Decimal(100), "BTC": Decimal(1)})
    world.bar(100, 100, 100, 100)
    buy, sell = world.place(market(BUY, "0.9")), world.place(market(SELL, 1))
    world.bar(150, 150, 150, 150)

    assert [world.look(one).status for one in (buy, sell)] == [OrderStatus.FILLED] * 2
    assert [fill.order_id for fill in world.exchange.fills("BTCUSDT")] == [sell.order_id, buy.order_id]


def test_what_a_candle_does_not_take_waits_for_the_next_open() -> None:
    """A tenth of 1,000 quote is one coin of the two and a half."""
    world = Watched(THIN)
    world.bar(100, 100, 100, 100)
    report = world.place(market(BUY, "2.5"))
    for done in ("1", "2", "2.5"):
        world.bar(100, 100, 100, 100, quote_volume=1_000)
        assert world.look(report).executed_quantity == Decimal(done)

    assert world.look(report).status is OrderStatus.FILLED


def test_all_orders_share_the_room_of_a_candle() -> None:
    """The stop takes it, so the purchase below waits."""
    world = Watched(THIN)
    world.bar(100, 100, 100, 100)
    low, buy = world.place(stop(SELL, 1, 99)), world.place(limit(BUY, 1, 98))
    world.bar(100, 100, 97, 97, quote_volume=900)

    assert world.look(low).executed_quantity == Decimal("0.909")
    assert world.look(buy).executed_quantity == 0


def test_a_purchase_that_has_become_too_dear_buys_what_it_can() -> None:
    """100 buy half a coin at 200; the rest expires, and nothing is owed."""
    world = Watched(THIN, {"USDT": Decimal("100.01")})
    world.bar(100, 100, 100, 100)
    report = world.place(market(BUY, 1))
    world.bar(200, 200, 200, 200)

    found = world.look(report)
    assert (found.status, found.executed_quantity) == (OrderStatus.EXPIRED, Decimal("0.5"))
    assert found.expiry_reason is ExpiryReason.INSUFFICIENT_LIQUIDITY


@pytest.mark.parametrize(("low", "filled"), [(95.0, False), (94.99, True)])
def test_a_resting_limit_fills_at_its_price_when_traded_through(world: Watched, low: float, *, filled: bool) -> None:
    """A touch is no fill, and a gap gives no better price."""
    report = world.place(limit(BUY, 1, 95))
    world.bar(100, 100, low, 99)

    assert price(world, report) == (95 if filled else 0)


def test_a_gap_beyond_a_resting_limit_gives_no_better_price(world: Watched) -> None:
    """As in the backtest."""
    report = world.place(limit(SELL, 1, 105))
    world.bar(110, 112, 108, 111)

    assert price(world, report) == 105
    assert world.exchange.fills("BTCUSDT")[0].is_maker


def test_a_crossing_limit_takes_at_the_next_open(world: Watched) -> None:
    """Not at its limit of 103, which is worse."""
    report = world.place(limit(BUY, 1, 103))
    world.bar(101, 101, 101, 101)

    assert price(world, report) == 101 + UP
    assert not world.exchange.fills("BTCUSDT")[0].is_maker


def test_a_crossing_limit_whose_market_has_gone_rests(world: Watched) -> None:
    """The open is above it; the candle comes back through it."""
    report = world.place(limit(BUY, 1, 103))
    world.bar(104, 105, 102, 103)

    assert price(world, report) == 103


@pytest.mark.parametrize("force", [TimeInForce.IOC, TimeInForce.FOK])
def test_an_order_that_may_not_rest_meets_one_open_or_none(world: Watched, force: TimeInForce) -> None:
    """One that does not cross ends at once; one whose market has gone, with the next candle."""
    assert world.place(limit(BUY, 1, 95, time_in_force=force)).status is OrderStatus.EXPIRED
    report = world.place(limit(BUY, 1, 103, time_in_force=force))
    assert report.status is OrderStatus.NEW

    world.bar(104, 105, 102, 103)
    assert world.look(report).status is OrderStatus.EXPIRED


def test_fok_needs_the_whole_of_it_in_one_candle() -> None:
    """There is room for one coin of two."""
    world = Watched(THIN)
    world.bar(100, 100, 100, 100)
    report = world.place(limit(BUY, 2, 103, time_in_force=TimeInForce.FOK))
    world.bar(100, 100, 100, 100, quote_volume=1_000)

    found = world.look(report)
    assert (found.executed_quantity, found.expiry_reason) == (d(0), ExpiryReason.UNFILLED_FOK_ORDER_EXPIRED)


@pytest.mark.parametrize(("open_", "filled"), [(100, Decimal(95) + DOWN), (93, Decimal(93) + DOWN)])
def test_a_stop_fills_at_the_worse_of_stop_and_open(world: Watched, open_: float, filled: Decimal) -> None:
    """Half a tick below."""
    report = world.place(stop(SELL, 1, 95))
    world.bar(open_, max(open_, 100), 92, 94)

    assert price(world, report) == filled


def test_a_take_profit_sells_at_its_trigger_or_at_a_better_open(world: Watched) -> None:
    """It becomes a market order when 105 is reached; the second opens beyond it."""
    first = world.place(order(SELL, OrderType.TAKE_PROFIT, 1, stop_price=105))
    world.bar(100, 106, 100, 106)
    second = world.place(order(SELL, OrderType.TAKE_PROFIT, 1, stop_price=110))
    world.bar(112, 113, 111, 112)

    assert (price(world, first), price(world, second)) == (105 + DOWN, 112 + DOWN)


@pytest.mark.parametrize(
    ("candle", "filled"),
    [
        ((100, 111, 94, 100), "stop"),  # inside one candle the stop came first
        ((112, 113, 94, 100), "target"),  # the open is beyond the target
        ((93, 111, 92, 100), "stop"),  # the open is beyond the stop
        ((100, 110, 96, 100), None),  # a touch of the target
    ],
)
def test_of_stop_and_target_in_one_candle(
    world: Watched, candle: tuple[float, float, float, float], filled: str | None
) -> None:
    """The backtest's reading; the other leg expires and nothing stays locked."""
    target, low = world.oco(maker(SELL, 1, 110), stop(SELL, 1, 95))
    world.bar(*candle)

    done = {"stop": low, "target": target}
    for name, report in done.items():
        expected = OrderStatus.FILLED if name == filled else OrderStatus.EXPIRED if filled else OrderStatus.NEW
        assert world.look(report).status is expected
    assert world.locked("BTC") == (0 if filled else 1)


def bracket(world: Watched, entry: int) -> tuple[OrderReport, ...]:
    """Buy at a limit, then sell at 110 or at the stop 95."""
    placed = NewOtoco(
        client_list_id="list", working=limit(BUY, 1, entry), above=maker(SELL, 1, 110), below=stop(SELL, 1, 95)
    )
    return world.exchange.place_list(placed, world.later()).orders


def test_an_entry_at_the_open_is_protected_in_the_same_candle(world: Watched) -> None:
    """Bought at 100, stopped at 95."""
    entry, target, low = bracket(world, 102)
    world.bar(100, 101, 94, 99)

    assert (price(world, entry), price(world, low)) == (100 + UP, 95 + DOWN)
    assert world.look(target).status is OrderStatus.EXPIRED


def test_an_entry_inside_a_candle_may_be_stopped_but_not_rewarded_in_it(world: Watched) -> None:
    """The low came after the entry at 98, for it lies below; of the high nobody knows."""
    entry, target, _ = bracket(world, 98)
    world.bar(100, 112, 97, 99)
    assert (price(world, entry), world.look(target).status) == (d(98), OrderStatus.NEW)
    world.exchange.cancel_all("BTCUSDT", world.later(), "c")

    placed = NewOto(client_list_id="two", working=limit(BUY, 1, 98), pending=stop(SELL, 1, 95))
    orders = world.exchange.place_list(placed, world.later()).orders
    world.bar(100, 100, 94, 99)
    assert [price(world, one) for one in orders] == [98, 95 + DOWN]


def test_what_a_stop_could_not_sell_is_sold_at_the_next_opens() -> None:
    """As in the backtest: a position is not left over."""
    world = Watched(THIN)
    world.bar(100, 100, 100, 100)
    report = world.place(stop(SELL, 2, 95))
    world.bar(100, 100, 94, 94, quote_volume=950)
    assert world.look(report).executed_quantity == 1

    world.bar(90, 90, 90, 90)
    assert world.look(report).status is OrderStatus.FILLED


def test_a_stop_limit_waits_when_the_open_is_past_its_limit(world: Watched) -> None:
    """Triggered by a gap to 90, it rests at 94; the candle's high, which came later, fills it."""
    first = world.place(order(SELL, OrderType.STOP_LOSS_LIMIT, 1, stop_price=95, price=94))
    second = world.place(order(SELL, OrderType.STOP_LOSS_LIMIT, 1, stop_price=95, price="94.50"))
    world.bar(90, 94.4, 89, 91)

    assert (price(world, first), world.look(second).status) == (d(94), OrderStatus.NEW)


def test_a_stop_limit_triggered_inside_a_candle_is_not_filled_by_its_high(world: Watched) -> None:
    """The high of 99 may have come before the stop at 95; the next candle's did not."""
    report = world.place(order(SELL, OrderType.STOP_LOSS_LIMIT, 1, stop_price=95, price=96))
    world.bar(98, 99, 94, 95)
    assert (world.look(report).status, world.look(report).working_since) == (OrderStatus.NEW, world.now)

    world.bar(95, 97, 95, 96)
    assert price(world, report) == 96


def trailing(world: Watched, *candles: tuple[float, float, float, float]) -> Decimal:
    """The price of a sale that trails by ten percent, after these candles."""
    report = world.place(order(SELL, OrderType.STOP_LOSS, 1, trailing_delta=1_000))
    for candle in candles:
        world.bar(*candle)
    return price(world, report)


def test_a_trailing_sale_knows_the_high_of_the_candles_before(world: Watched) -> None:
    """High of 120, so it triggers at 108 in the next candle, or at its open of 105."""
    assert trailing(world, (100, 120, 100, 119), (115, 116, 107, 107)) == 108 + DOWN
    assert trailing(world, (107, 120, 107, 119), (105, 116, 105, 107)) == 105 + DOWN


def test_within_a_candle_the_low_comes_before_the_high_and_the_close_after(world: Watched) -> None:
    """A low of 91 does not trigger at 90; a close of 107 below a high of 120 does, at 108."""
    assert trailing(world, (100, 120, 91, 110)) == 0
    world.exchange.cancel_all("BTCUSDT", world.later(), "c")
    world.bar(100, 100, 100, 100)
    assert trailing(world, (100, 120, 99, 107)) == 108 + DOWN


@pytest.mark.parametrize("volume", [0.0, math.nan])
def test_a_candle_without_trade_moves_nothing(world: Watched, volume: float) -> None:
    """Neither stops nor waiting orders, nor the last price."""
    report = world.place(market(BUY, 1))
    world.bar(90, 90, 90, 90, quote_volume=volume)

    assert world.look(report).status is OrderStatus.NEW
    assert world.exchange.last_price("BTCUSDT") == 100


def test_a_trade_after_candles_brings_orders_that_meet_it_at_once(world: Watched) -> None:
    """How the market moved last decides; what waited for a candle takes it too."""
    waiting = world.place(market(BUY, 1))
    world.trade(101)

    assert price(world, waiting) == 101 + UP
    assert world.place(market(BUY, 1)).status is OrderStatus.FILLED
