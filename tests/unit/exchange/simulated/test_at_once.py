"""Orders that meet trades and books at once."""

from decimal import Decimal

import pytest

from tests.support.instruments import instrument
from tests.support.simulated import BUY, FREE, SELL, Watched, d, limit, market, order
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.errors import OrderRefused, Reason
from tradingbot.exchange.events import BalancesEvent, OrderEvent
from tradingbot.exchange.orders import ExpiryReason, OrderStatus, OrderType, SelfTradePrevention, TimeInForce

COSTLY = CostSettings(maker=0.001, taker=0.002, spread_bps=10.0, slippage_bps=3.0, impact=0.01)
BOOK = ([("99.90", "1"), ("99.80", "2")], [("100.10", "1"), ("100.20", "2")])


@pytest.fixture
def world() -> Watched:
    """Free trading, last at 100."""
    made = Watched()
    made.trade(100)
    return made


def test_a_market_order_fills_at_once_and_half_a_tick_off_is_rounded_against_it(world: Watched) -> None:
    """The price is on the tick grid: 100.005 becomes 100.01 for a purchase, 99.995 becomes 99.99 for a sale."""
    assert world.place(market(BUY, 1)).fills[0].price == Decimal("100.01")
    assert world.place(market(SELL, 1)).fills[0].price == Decimal("99.99")


def test_a_taker_loses_half_the_spread_slippage_and_impact() -> None:
    """0.0005 + 0.0003 + 0.01 x sqrt(100 / 100,000) of 100, up to the next tick."""
    world = Watched(COSTLY)
    world.trade(100, 1_000)

    fill = world.place(market(BUY, 1)).fills[0]

    assert fill.price == Decimal("100.12")
    assert (fill.commission, fill.commission_asset, fill.is_maker) == (Decimal("0.002"), "BTC", False)


def test_an_order_tells_of_itself_first_and_then_of_its_trade(world: Watched) -> None:
    """NEW, then TRADE, each followed by the balances it changed."""
    world.told.clear()
    report = world.place(market(BUY, 1))

    kinds = [type(event) for event in world.told]
    assert kinds == [OrderEvent, BalancesEvent, OrderEvent, BalancesEvent]
    assert world.steps(report) == ["NEW NEW", "TRADE FILLED"]


def test_a_market_order_gets_a_share_of_the_minute_and_the_rest_expires() -> None:
    """A tenth of the 1,000 traded in this minute is worth one of the two coins."""
    world = Watched(CostSettings(max_participation=0.1))
    world.trade(100, 10)

    report = world.place(market(BUY, 2))

    assert (report.status, report.expiry_reason) == (OrderStatus.EXPIRED, ExpiryReason.INSUFFICIENT_LIQUIDITY)
    assert report.executed_quantity == 1
    assert world.steps(report) == ["NEW NEW", "TRADE PARTIALLY_FILLED", "EXPIRED EXPIRED"]
    assert world.locked("USDT") == 0


def test_the_share_of_a_minute_is_used_up_by_several_orders() -> None:
    """What one order took, costs included, is not there for the next; a new minute brings its own."""
    world = Watched(CostSettings(max_participation=0.1))
    world.trade(100, 10)
    world.place(market(BUY, "0.9"))

    assert world.place(market(BUY, "0.9")).executed_quantity == Decimal("0.097")
    world.now += 60_000
    world.trade(100, 20)
    assert world.place(market(BUY, "0.9")).status is OrderStatus.FILLED


def test_a_purchase_of_quote_value_is_rounded_down_to_the_step(world: Watched) -> None:
    """55 buy 0.549 coins at 100.01, and nothing stays locked."""
    report = world.place(market(BUY, quote_quantity=55))

    assert (report.status, report.quantity, report.executed_quantity) == (
        OrderStatus.FILLED,
        Decimal("0.549"),
        Decimal("0.549"),
    )
    assert report.executed_value <= 55
    assert world.locked("USDT") == 0


def test_a_sale_for_quote_value_sells_what_brings_it(world: Watched) -> None:
    """55 need 0.550 coins at 99.99, floored to the step."""
    assert world.place(market(SELL, quote_quantity=55)).executed_quantity == Decimal("0.55")


def test_a_purchase_of_quote_value_never_spends_more() -> None:
    """The core divides by the price before it is rounded to the tick; 100.005 would buy one coin more than 100.01."""
    world = Watched(FREE, instruments=[instrument("BTC", step="1")])
    world.trade(100)

    report = world.place(market(BUY, quote_quantity="300.02"))
    assert (report.status, report.executed_quantity) == (OrderStatus.FILLED, d(2))


def test_levels_of_a_book_are_walked_and_gone_until_it_is_told_anew(world: Watched) -> None:
    """One coin at 100.10, the rest at 100.20; the next order finds what was left."""
    world.book(*BOOK)

    fills = world.place(market(BUY, 2)).fills
    assert [(fill.price, fill.quantity) for fill in fills] == [(Decimal("100.10"), d(1)), (Decimal("100.20"), d(1))]
    after = world.place(market(BUY, 3))
    assert (after.executed_quantity, after.status) == (d(1), OrderStatus.EXPIRED)
    world.book(*BOOK)
    assert world.place(market(BUY, 3)).status is OrderStatus.FILLED


def test_a_book_costs_its_own_spread_and_nothing_more() -> None:
    """With levels known there is no modelled slippage; the fee is the taker's."""
    world = Watched(COSTLY)
    world.trade(100)
    world.book(*BOOK)

    fill = world.place(market(SELL, 1)).fills[0]

    assert (fill.price, fill.commission) == (Decimal("99.90"), Decimal("0.1998"))


def test_a_crossing_limit_order_takes_what_is_within_its_limit_and_rests(world: Watched) -> None:
    """One coin at 100.10 as a taker; the other two wait at 100.15."""
    world.book(*BOOK)

    report = world.place(limit(BUY, 3, "100.15"))

    assert (report.status, report.executed_quantity) == (OrderStatus.PARTIALLY_FILLED, d(1))
    assert world.locked("USDT") == 2 * Decimal("100.15")


def test_a_crossing_limit_order_never_pays_more_than_its_limit() -> None:
    """Spread and slippage would make 100.09; the limit is the ask of 100.05."""
    world = Watched(CostSettings(spread_bps=10.0, slippage_bps=4.0, impact=0.0))
    world.trade(100)

    assert world.place(limit(BUY, 1, "100.05")).fills[0].price == Decimal("100.05")


def test_a_limit_order_within_the_spread_rests() -> None:
    """The ask is 100.05, so 100.04 does not take."""
    world = Watched(CostSettings(spread_bps=10.0))
    world.trade(100)

    assert world.place(limit(BUY, 1, "100.04")).status is OrderStatus.NEW


@pytest.mark.parametrize(("price", "filled"), [("99.00", False), ("98.99", True)])
def test_a_touch_is_no_fill(world: Watched, price: str, *, filled: bool) -> None:
    """A resting purchase at 99 fills only when a trade goes through it, at its own price, as the maker."""
    report = world.place(limit(BUY, 1, 99))
    world.trade(price)

    found = world.look(report)
    assert (found.status is OrderStatus.FILLED) is filled
    if filled:
        fill = world.exchange.fills("BTCUSDT")[0]
        assert (fill.price, fill.is_maker) == (d(99), True)


def test_a_resting_order_is_filled_by_the_volume_that_went_through_it() -> None:
    """A tenth of each trade, until it is full."""
    world = Watched(CostSettings(max_participation=0.1))
    world.trade(100)
    report = world.place(limit(BUY, 2, 99))

    world.trade("98.50", 10)
    assert world.look(report).executed_quantity == Decimal("0.994")
    world.trade("98.50", 30)
    assert world.steps(report) == ["NEW NEW", "TRADE PARTIALLY_FILLED", "TRADE FILLED"]


def test_the_best_price_is_filled_first_and_the_oldest_of_equals() -> None:
    """A trade with room for one coin fills the purchase at 99 of two, before that at 98."""
    world = Watched(CostSettings(max_participation=0.1))
    world.trade(100)
    low, old, new = (world.place(limit(BUY, 1, price)) for price in (98, 99, 99))

    world.trade(97, "10.21")

    assert [world.look(one).executed_quantity for one in (low, old, new)] == [0, 1, 0]


def test_a_book_that_passes_a_resting_order_fills_it_as_the_maker(world: Watched) -> None:
    """Somebody offers half a coin at 98.50, below the purchase at 99: it gets that half, at 99."""
    report = world.place(limit(BUY, 1, 99))

    world.book([("98.40", "1")], [("98.50", "0.5"), ("99.00", "9")])

    assert (world.look(report).executed_quantity, world.look(report).executed_value) == (
        Decimal("0.5"),
        Decimal("49.5"),
    )


def test_ioc_takes_what_there_is(world: Watched) -> None:
    """The rest expires, with its reason."""
    world.book(*BOOK)

    report = world.place(limit(BUY, 3, "100.10", time_in_force=TimeInForce.IOC))

    assert (report.executed_quantity, report.status) == (d(1), OrderStatus.EXPIRED)
    assert report.expiry_reason is ExpiryReason.UNFILLED_IOC_QUANTITY_EXPIRED


@pytest.mark.parametrize(("quantity", "status"), [("3", OrderStatus.FILLED), ("3.001", OrderStatus.EXPIRED)])
def test_fok_is_all_or_nothing(world: Watched, quantity: str, status: OrderStatus) -> None:
    """Three coins are offered within the limit."""
    world.book(*BOOK)

    report = world.place(limit(BUY, quantity, "100.20", time_in_force=TimeInForce.FOK))

    assert report.status is status
    assert len(report.fills) == (2 if status is OrderStatus.FILLED else 0)


def test_limit_maker_may_not_take(world: Watched) -> None:
    """At the ask it would match; below it rests."""
    world.book(*BOOK)
    with pytest.raises(OrderRefused, match=r"Order would immediately match and take\.") as refusal:
        world.place(order(BUY, OrderType.LIMIT_MAKER, 1, price="100.10"))

    assert refusal.value.reason is Reason.WOULD_MATCH
    assert world.place(order(BUY, OrderType.LIMIT_MAKER, 1, price="100.09")).status is OrderStatus.NEW


def test_the_whole_market_order_must_be_affordable() -> None:
    """99 coins at 100.01 are within 10,000, 100 are not."""
    world = Watched(FREE, {"USDT": Decimal(10_000)})
    world.trade(100, 100_000)

    with pytest.raises(OrderRefused, match="insufficient balance"):
        world.place(market(BUY, 100))
    assert world.place(market(BUY, 99)).status is OrderStatus.FILLED


def test_the_depth_of_the_book_counts_for_what_is_affordable(world: Watched) -> None:
    """The second level's price is what the second coin costs."""
    world.book([("99", "1")], [("100", "1"), ("9950", "5")])

    with pytest.raises(OrderRefused, match="insufficient balance"):
        world.place(market(BUY, 2))


def test_before_the_first_price_nothing_is_bought() -> None:
    """A market order expires, one of quote value is refused, a limit order waits."""
    world = Watched()

    assert world.place(market(BUY, 1)).expiry_reason is ExpiryReason.INSUFFICIENT_LIQUIDITY
    with pytest.raises(OrderRefused, match="liquidity is less than symbol minimum"):
        world.place(market(BUY, quote_quantity=50))
    assert world.place(limit(BUY, 1, 100)).status is OrderStatus.NEW


@pytest.mark.parametrize("mode", [SelfTradePrevention.EXPIRE_TAKER, SelfTradePrevention.DECREMENT])
def test_a_fill_or_kill_order_that_an_own_one_would_end_trades_nothing(
    world: Watched, mode: SelfTradePrevention
) -> None:
    """Two coins are offered before the own order, five wanted; two wanted are had."""
    world.book([("99", "1")], [("101", "2"), ("103", "9")])
    own = world.place(limit(SELL, 3, 102))
    values = {"time_in_force": TimeInForce.FOK, "self_trade_prevention": mode}

    killed = world.place(limit(BUY, 5, 104, **values))
    assert (killed.expiry_reason, killed.executed_quantity) == (ExpiryReason.UNFILLED_FOK_ORDER_EXPIRED, d(0))
    assert world.look(own).status is OrderStatus.NEW
    assert world.place(limit(BUY, 2, 104, **values)).status is OrderStatus.FILLED


def test_in_candles_too_an_own_order_ends_a_fill_or_kill_one() -> None:
    """Nobody knows yet what the next candle offers before it."""
    world = Watched()
    world.bar(100, 100, 100, 100)
    world.place(limit(SELL, 3, 102))
    killed = world.place(
        limit(
            BUY,
            5,
            104,
            time_in_force=TimeInForce.FOK,
            self_trade_prevention=SelfTradePrevention.EXPIRE_TAKER,
        )
    )

    assert killed.expiry_reason is ExpiryReason.UNFILLED_FOK_ORDER_EXPIRED


def test_an_iceberg_is_taken_and_reported(world: Watched) -> None:
    """It trades as its whole."""
    report = world.place(limit(BUY, 5, 99, iceberg_quantity=1))
    world.trade(98)

    assert report.iceberg_quantity == 1
    assert world.look(report).executed_quantity == 5
