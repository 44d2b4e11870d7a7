"""Own orders that would trade with each other."""

from decimal import Decimal

import pytest

from tests.support.instruments import instrument
from tests.support.simulated import BUY, SELL, Watched, d, limit, maker, market, stop
from tradingbot.exchange.errors import BadRequest, OrderRefused
from tradingbot.exchange.events import OrderEvent
from tradingbot.exchange.orders import NewOto, OrderReport, OrderStatus, SelfTradePrevention

NONE, TAKER, MAKER = SelfTradePrevention.NONE, SelfTradePrevention.EXPIRE_TAKER, SelfTradePrevention.EXPIRE_MAKER
BOTH, DECREMENT = SelfTradePrevention.EXPIRE_BOTH, SelfTradePrevention.DECREMENT
PREVENTED = OrderStatus.EXPIRED_IN_MATCH


@pytest.fixture
def world() -> Watched:
    """Every mode is allowed; the book is wide: 90 to 110."""
    made = Watched(
        instruments=[instrument("BTC", step="0.001", allowed_self_trade_prevention_modes=tuple(SelfTradePrevention))]
    )
    made.trade(100)
    made.book([("90", "5")], [("110", "5")])
    return made


def meet(
    world: Watched, mode: SelfTradePrevention, taken: int = 3, resting: int = 2
) -> tuple[OrderReport, OrderReport]:
    """A resting sale at 101, and a purchase up to 102 that meets it; both as they are then."""
    sale = world.place(limit(SELL, resting, 101))
    purchase = world.place(limit(BUY, taken, 102, self_trade_prevention=mode))
    return world.look(sale), world.look(purchase)


@pytest.mark.parametrize(
    ("mode", "maker_status", "taker_status", "prevented"),
    [
        (TAKER, OrderStatus.NEW, PREVENTED, (0, 3)),
        (MAKER, PREVENTED, OrderStatus.NEW, (2, 0)),
        (BOTH, PREVENTED, PREVENTED, (2, 3)),
        (DECREMENT, PREVENTED, OrderStatus.NEW, (2, 2)),
    ],
)
def test_the_takers_mode_decides(
    world: Watched,
    mode: SelfTradePrevention,
    maker_status: OrderStatus,
    taker_status: OrderStatus,
    prevented: tuple[int, int],
) -> None:
    """Whose remaining quantity ends; nothing is traded, and what is locked fits what is left."""
    sale, purchase = meet(world, mode)

    assert (sale.status, purchase.status) == (maker_status, taker_status)
    assert (sale.prevented_quantity, purchase.prevented_quantity) == (d(prevented[0]), d(prevented[1]))
    assert world.exchange.fills("BTCUSDT") == []
    left = purchase.quantity - purchase.prevented_quantity if purchase.status.is_open else 0
    assert world.locked("USDT") == left * 102
    assert world.locked("BTC") == (2 if sale.status.is_open else 0)


def test_the_default_is_the_symbols(world: Watched) -> None:
    """EXPIRE_MAKER, as on the exchange."""
    sale = world.place(limit(SELL, 1, 101))
    report = world.place(limit(BUY, 1, 102))

    assert report.self_trade_prevention is MAKER
    assert world.look(sale).status is PREVENTED


def test_equal_orders_end_each_other(world: Watched) -> None:
    """DECREMENT of two by two."""
    sale, purchase = meet(world, DECREMENT, 2, 2)

    assert (sale.status, purchase.status) == (PREVENTED, PREVENTED)
    match = world.exchange.prevented_matches("BTCUSDT")[0]
    assert (match.taker_order_id, match.maker_order_id, match.price) == (purchase.order_id, sale.order_id, d(101))


def test_without_prevention_they_trade_at_the_resting_price(world: Watched) -> None:
    """Two trades, one for each side, as maker and taker; the third coin waits."""
    sale, purchase = meet(world, NONE)

    assert (sale.status, purchase.executed_quantity) == (OrderStatus.FILLED, d(2))
    assert [(fill.price, fill.is_maker) for fill in world.exchange.fills("BTCUSDT")] == [
        (d(101), True),
        (d(101), False),
    ]
    assert (world.free("USDT") + world.locked("USDT"), world.free("BTC")) == (d(10_000), d(10))


def test_an_own_order_that_fills_a_working_one_places_its_protection(world: Watched) -> None:
    """The stop is in force when the request has been answered, not at the next trade."""
    working = limit(BUY, 1, 95, self_trade_prevention=NONE)
    entry = NewOto(client_list_id="entry", working=working, pending=stop(SELL, 1, 90))
    placed = world.exchange.place_list(entry, world.later())
    world.place(limit(SELL, 1, 95, self_trade_prevention=NONE))

    assert [world.look(one).status for one in placed.orders] == [OrderStatus.FILLED, OrderStatus.NEW]


@pytest.mark.parametrize("mode", [TAKER, BOTH, DECREMENT])
def test_a_sale_for_quote_value_ends_where_its_quantity_is_used_up(world: Watched, mode: SelfTradePrevention) -> None:
    """Reckoned as five coins at 100, it has sold seven when it meets the own purchase."""
    world.book([("100", "1"), ("50", "6"), ("30", "9")], [("110", "5")])
    purchase = world.place(limit(BUY, 1, 40))
    report = world.place(market(SELL, quote_quantity=500, self_trade_prevention=mode))

    assert (report.status, report.executed_quantity, report.prevented_quantity) == (PREVENTED, d(7), d(0))
    assert world.look(purchase).prevented_quantity == (1 if mode is BOTH else 0)


def test_a_purchase_for_quote_value_trades_with_an_own_order_for_no_more(world: Watched) -> None:
    """101.50 buy 1.004 of the two coins for sale at 101, as maker and taker."""
    sale = world.place(limit(SELL, 2, 101))
    report = world.place(market(BUY, quote_quantity="101.5", self_trade_prevention=NONE))

    assert [fill.quantity for fill in world.exchange.fills("BTCUSDT")] == [d("1.004"), d("1.004")]
    assert (report.status, report.executed_value) == (OrderStatus.FILLED, Decimal("101.404"))
    assert world.look(sale).executed_quantity == d("1.004")


def test_better_offers_of_others_come_first(world: Watched) -> None:
    """Half a coin at 100.50 is bought before the own sale at 101 is met."""
    world.place(limit(SELL, 1, 101))
    world.book([("90", "5")], [("100.50", "0.5"), ("110", "5")])

    report = world.place(limit(BUY, 2, 102, self_trade_prevention=TAKER))
    assert (report.status, report.executed_quantity) == (PREVENTED, Decimal("0.5"))


def test_a_market_order_meets_own_orders_on_its_way(world: Watched) -> None:
    """The own sale at 101 would be the best offer; it ends, and 110 is paid."""
    sale = world.place(limit(SELL, 1, 101))
    report = world.place(market(BUY, 1))

    assert world.look(sale).status is PREVENTED
    assert report.average_price == 110


def test_a_maker_order_may_not_meet_an_own_one(world: Watched) -> None:
    """It would match."""
    world.place(limit(SELL, 1, 101))
    with pytest.raises(OrderRefused, match="immediately match"):
        world.place(maker(BUY, 1, 101))


def test_waiting_for_the_next_candle_does_not_avoid_it() -> None:
    """Between candles the own orders are known, so they are judged at once."""
    world = Watched()
    world.bar(100, 100, 100, 100)
    sale = world.place(limit(SELL, 1, 101))
    world.place(limit(BUY, 1, 102))

    assert world.look(sale).status is PREVENTED


def test_a_mode_that_the_symbol_does_not_allow_is_refused() -> None:
    """The exchange's own list is without NONE."""
    world = Watched()
    with pytest.raises(BadRequest, match="does not allow the specified self-trade prevention mode"):
        world.place(limit(BUY, 1, 99, self_trade_prevention=NONE))


def test_each_event_tells_of_the_match(world: Watched) -> None:
    """TRADE_PREVENTION for both, with the same match."""
    meet(world, DECREMENT)
    events = [event for event in world.of(OrderEvent) if event.prevented]

    assert [event.execution.value for event in events] == ["TRADE_PREVENTION"] * 2
    assert {event.prevented.match_id for event in events if event.prevented} == {0}
