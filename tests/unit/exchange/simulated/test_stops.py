"""Stop, take-profit and trailing orders that meet trades."""

from decimal import Decimal

import pytest

from tests.support.simulated import BUY, SELL, Watched, d, order, stop
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.errors import OrderRefused, Reason
from tradingbot.exchange.orders import ExpiryReason, OrderReport, OrderStatus, OrderType, Side, TimeInForce

STOP, TAKE = OrderType.STOP_LOSS, OrderType.TAKE_PROFIT
STOP_LIMIT, TAKE_LIMIT = OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT


@pytest.fixture
def world() -> Watched:
    """Free trading, last at 100."""
    made = Watched()
    made.trade(100)
    return made


@pytest.mark.parametrize(
    ("side", "kind", "price"),
    [
        (SELL, STOP, 100),
        (SELL, STOP, 101),
        (BUY, STOP, 100),
        (BUY, TAKE, 101),
        (SELL, TAKE, 99),
        (SELL, STOP_LIMIT, 101),
    ],
)
def test_a_stop_on_the_wrong_side_is_refused(world: Watched, side: Side, kind: OrderType, price: int) -> None:
    """It would trigger at once."""
    more = {"price": price} if kind is STOP_LIMIT else {}
    with pytest.raises(OrderRefused, match=r"Order would trigger immediately\.") as refusal:
        world.place(order(side, kind, 1, stop_price=price, **more))

    assert refusal.value.reason is Reason.WOULD_TRIGGER


@pytest.mark.parametrize(
    ("side", "kind", "price", "through"),
    [(SELL, STOP, 95, "95"), (BUY, STOP, 105, "105"), (SELL, TAKE, 105, "105.3"), (BUY, TAKE, 95, "94")],
)
def test_a_reached_stop_becomes_a_market_order(
    world: Watched, side: Side, kind: OrderType, price: int, through: str
) -> None:
    """The trade that reaches it is its reference; it costs half a tick and is rounded against it."""
    report = world.place(order(side, kind, 1, stop_price=price))
    assert report.working_since is None

    world.trade(through)

    found = world.look(report)
    off = Decimal("0.01") if side is BUY else Decimal("-0.01")
    assert (found.status, found.average_price) == (OrderStatus.FILLED, Decimal(through) + off)
    assert found.working_since == world.now
    assert world.steps(report) == ["NEW NEW", "NEW NEW", "TRADE FILLED"]


def test_a_stop_that_is_not_reached_waits(world: Watched) -> None:
    """A trade at 95.01 leaves the stop at 95 alone."""
    report = world.place(stop(SELL, 1, 95))
    world.trade("95.01")

    assert world.steps(report) == ["NEW NEW"]
    assert world.locked("BTC") == 1


def test_a_stop_limit_order_rests_at_its_price_when_the_market_has_jumped_past_it(world: Watched) -> None:
    """Triggered at 90, its limit of 94 is above the market: it waits there."""
    report = world.place(order(SELL, STOP_LIMIT, 1, stop_price=95, price=94))

    world.trade(90)
    assert (world.look(report).status, world.look(report).working_since) == (OrderStatus.NEW, world.now)
    world.trade("94.01")
    assert world.look(report).average_price == 94


def test_a_stop_limit_order_within_its_limit_takes(world: Watched) -> None:
    """Triggered at 95 it sells at 94.99, above its limit of 94."""
    report = world.place(order(SELL, STOP_LIMIT, 1, stop_price=95, price=94))
    world.trade(95)

    assert world.look(report).average_price == Decimal("94.99")


@pytest.mark.parametrize(
    ("force", "reason"),
    [
        (TimeInForce.IOC, ExpiryReason.UNFILLED_IOC_QUANTITY_EXPIRED),
        (TimeInForce.FOK, ExpiryReason.UNFILLED_FOK_ORDER_EXPIRED),
    ],
)
def test_a_triggered_order_that_may_not_rest_expires(world: Watched, force: TimeInForce, reason: ExpiryReason) -> None:
    """The market is past its limit."""
    report = world.place(order(BUY, TAKE_LIMIT, 1, stop_price=95, price=90, time_in_force=force))
    world.trade(95)

    assert world.look(report).expiry_reason is reason
    assert world.locked("USDT") == 0


def test_a_stop_bought_above_its_reckoning_takes_from_what_is_free(world: Watched) -> None:
    """Locked at 105, bought at 106.01: the rest comes from the free balance."""
    report = world.place(stop(BUY, 10, 105))
    assert world.locked("USDT") == 1_050

    world.trade(106)

    assert world.look(report).executed_value == Decimal("1060.1")
    assert (world.free("USDT"), world.locked("USDT")) == (Decimal("8939.9"), d(0))


def test_a_stop_that_the_account_cannot_pay_for_any_more_buys_what_it_can(world: Watched) -> None:
    """10,000 locked at 100.50 meet a price of 200.01; what is left over is given back."""
    report = world.place(stop(BUY, "99.5", "100.50"))
    world.trade(200)

    found = world.look(report)
    assert (found.status, found.executed_quantity) == (OrderStatus.EXPIRED, Decimal("49.997"))
    assert world.locked("USDT") == 0


def test_what_a_minute_does_not_take_of_a_stop_expires() -> None:
    """As with a market order."""
    world = Watched(CostSettings(max_participation=0.1))
    world.trade(100, 10)
    report = world.place(stop(SELL, 5, 95))
    world.trade(95, 10)

    found = world.look(report)
    assert found.expiry_reason is ExpiryReason.INSUFFICIENT_LIQUIDITY
    assert 0 < found.executed_quantity < 5


def trailed(world: Watched, report: OrderReport, *prices: str) -> OrderReport:
    """The order after these trades."""
    for price in prices:
        world.trade(price)
    return world.look(report)


def test_a_trailing_sale_follows_the_highest_trade(world: Watched) -> None:
    """Up to 110 and down by one percent, to 108.90, not before."""
    report = world.place(order(SELL, STOP, 1, trailing_delta=100))

    assert trailed(world, report, "110", "108.91").status is OrderStatus.NEW
    assert trailed(world, report, "108.90").average_price == Decimal("108.89")


def test_a_trailing_purchase_follows_the_lowest_trade(world: Watched) -> None:
    """Down to 90 and up by one percent, to 90.90."""
    report = world.place(order(BUY, STOP, 1, trailing_delta=100))

    assert trailed(world, report, "90", "90.89").status is OrderStatus.NEW
    assert trailed(world, report, "90.90").average_price == Decimal("90.91")


def test_trailing_begins_at_once_without_a_stop_price(world: Watched) -> None:
    """The price of its placing is the first extreme."""
    report = world.place(order(SELL, STOP, 1, trailing_delta=100))

    assert report.trailing_since == world.now
    assert trailed(world, report, "99").status is OrderStatus.FILLED


def test_trailing_begins_with_the_trade_that_meets_the_stop_price(world: Watched) -> None:
    """A take-profit sale at 105 follows from there on."""
    report = world.place(order(SELL, TAKE, 1, stop_price=105, trailing_delta=100))

    assert trailed(world, report, "99", "104.99").trailing_since is None
    begun = trailed(world, report, "106")
    assert begun.trailing_since == world.now
    assert trailed(world, report, "104.95").status is OrderStatus.NEW
    assert trailed(world, report, "104.94").status is OrderStatus.FILLED


def test_a_stop_takes_no_level_that_the_trade_has_passed(world: Watched) -> None:
    """The bid at 98 is above the trade at 80, so it is gone, and the deeper one is what is left."""
    low = world.place(stop(SELL, 2, 95))
    world.book([("98", "9"), ("79", "1"), ("78", "9")], [("101", "9")])
    world.trade(80)

    assert [fill.price for fill in world.exchange.fills("BTCUSDT")] == [79, 78]
    assert world.look(low).status is OrderStatus.FILLED


def test_where_a_trade_empties_the_book_it_is_not_known_any_more(world: Watched) -> None:
    """The stop sells a tick below the trade, as without a book; what the trade has not passed stays."""
    low = world.place(stop(SELL, 2, 95))
    world.book([("98", "9")], [("101", "9")])
    world.trade(99)
    assert world.exchange.top("BTCUSDT") == (d(98), d(101))
    world.trade(80)

    assert world.look(low).average_price == d("79.99")
    assert world.exchange.top("BTCUSDT") == (d("79.99"), d("80.01"))
