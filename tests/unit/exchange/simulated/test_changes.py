"""Cancelling, amending, and finding orders."""

from decimal import Decimal

import pytest

from tests.support.instruments import filters, instrument
from tests.support.simulated import BUY, SELL, Watched, d, limit, maker, market, stop
from tradingbot.exchange.errors import (
    BadRequest,
    CancelRefused,
    FilterRefused,
    OrderNotFound,
    OrderRefused,
    UnknownSymbol,
)
from tradingbot.exchange.events import ListEvent, OrderEvent, TransferEvent
from tradingbot.exchange.orders import ExecutionType, OrderReport, OrderStatus


@pytest.fixture
def world() -> Watched:
    """Free trading, last at 100."""
    made = Watched()
    made.trade(100)
    return made


def test_a_cancelled_order_gives_back_what_it_locked(world: Watched) -> None:
    """The event carries the id of the cancelling request, the report the order's own."""
    report = world.place(limit(BUY, 1, 99))

    assert world.cancel(report).status is OrderStatus.CANCELED
    assert (world.locked("USDT"), world.free("USDT")) == (d(0), d(10_000))
    event = world.of(OrderEvent)[-1]
    assert (event.cancel_id, event.report.client_order_id) == ("cancel", report.client_order_id)


def test_a_partly_filled_order_gives_back_the_rest(world: Watched) -> None:
    """What it traded stays."""
    report = world.place(limit(BUY, 2, 99))
    world.book([("98", "1")], [("98.50", "1")])

    world.cancel(report)
    assert (world.locked("USDT"), world.free("USDT"), world.free("BTC")) == (d(0), d(9_901), d(11))


def test_an_order_that_is_not_open_cannot_be_cancelled(world: Watched) -> None:
    """Filled, cancelled and unknown ones alike."""
    filled = world.place(market(BUY, 1))
    gone = world.place(limit(BUY, 1, 99))
    world.cancel(gone)

    for order_id in (filled.order_id, gone.order_id, 99):
        with pytest.raises(CancelRefused, match=r"Unknown order sent\."):
            world.exchange.cancel("BTCUSDT", world.later(), order_id=order_id, cancel_id="c")


def test_both_ids_must_be_of_one_order(world: Watched) -> None:
    """Else the cancel is refused, and a question has its own code."""
    report = world.place(limit(BUY, 1, 99))
    with pytest.raises(CancelRefused):
        world.exchange.cancel("BTCUSDT", 1, order_id=report.order_id, client_order_id="other", cancel_id="c")

    with pytest.raises(OrderNotFound) as refusal:
        world.exchange.order("BTCUSDT", order_id=report.order_id, client_order_id="other")
    assert refusal.value.code == -2039


def test_a_cancel_may_be_restricted_to_a_status(world: Watched) -> None:
    """Only a partly filled one: this one is new."""
    report = world.place(limit(BUY, 1, 99))
    only = OrderStatus.PARTIALLY_FILLED
    with pytest.raises(CancelRefused, match="due to cancel restrictions"):
        world.exchange.cancel("BTCUSDT", 1, order_id=report.order_id, cancel_id="c", only=only)

    world.exchange.cancel("BTCUSDT", 1, order_id=report.order_id, cancel_id="c", only=OrderStatus.NEW)


def test_all_orders_of_a_symbol_are_cancelled_lists_as_lists(world: Watched) -> None:
    """Nothing stays locked, and a second time there is nothing to cancel."""
    world.place(limit(BUY, 1, 99))
    world.oco(maker(SELL, 1, 110), stop(SELL, 1, 95))
    ended = world.exchange.cancel_all("BTCUSDT", world.later(), "c")

    assert [isinstance(one, OrderReport) for one in ended] == [True, False]
    assert (world.locked("USDT"), world.locked("BTC")) == (d(0), d(0))
    with pytest.raises(CancelRefused):
        world.exchange.cancel_all("BTCUSDT", world.later(), "c")


def test_a_client_id_is_free_again_when_its_order_is_closed(world: Watched) -> None:
    """While it is open it is a duplicate; afterwards the id names the newest order."""
    first = world.place(limit(BUY, 1, 99, client_order_id="mine"))
    with pytest.raises(OrderRefused, match=r"Duplicate order sent\."):
        world.place(limit(BUY, 1, 98, client_order_id="mine"))
    world.cancel(first)

    second = world.place(limit(BUY, 1, 98, client_order_id="mine"))
    assert world.exchange.order("BTCUSDT", client_order_id="mine").order_id == second.order_id


def test_unknown_orders_and_symbols_are_named(world: Watched) -> None:
    """-2013 and -1121."""
    with pytest.raises(OrderNotFound):
        world.exchange.order("BTCUSDT", client_order_id="nobody")
    with pytest.raises(UnknownSymbol):
        world.exchange.order("XYZUSDT", client_order_id="nobody")
    with pytest.raises(UnknownSymbol):
        world.place(limit(BUY, 1, 99, symbol="XYZUSDT"))


def amended(world: Watched, report: OrderReport, quantity: str, new_id: str = "smaller") -> OrderReport:
    """Make an order smaller."""
    return world.exchange.amend(
        "BTCUSDT", world.later(), order_id=report.order_id, new_client_order_id=new_id, quantity=Decimal(quantity)
    )


def test_an_order_is_made_smaller_in_its_place(world: Watched) -> None:
    """It keeps its number and its age; its event has the old id in the report, the new one beside it."""
    report = world.place(limit(BUY, 2, 99))
    after = amended(world, report, "1.5")

    assert (after.order_id, after.client_order_id, after.quantity) == (report.order_id, "smaller", Decimal("1.5"))
    assert world.locked("USDT") == Decimal("148.5")
    event = world.of(OrderEvent)[-1]
    assert event.execution is ExecutionType.REPLACED
    assert (event.report.client_order_id, event.cancel_id) == (report.client_order_id, "smaller")
    assert world.exchange.order("BTCUSDT", client_order_id="smaller") == after
    with pytest.raises(OrderNotFound):
        world.exchange.order("BTCUSDT", client_order_id=report.client_order_id)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [("2", "would change no state"), ("3", "quantity increase"), ("1", "more than what has been executed")],
)
def test_an_order_is_never_made_larger_nor_smaller_than_it_has_traded(world: Watched, quantity: str, text: str) -> None:
    """One of its two coins has been bought."""
    report = world.place(limit(BUY, 2, 99))
    world.book([("98", "1")], [("98.50", "1")])

    with pytest.raises(BadRequest, match=text) as refusal:
        amended(world, report, quantity)
    assert refusal.value.code == -2038


def test_an_amended_order_passes_the_filters(world: Watched) -> None:
    """Half a step is none."""
    report = world.place(limit(BUY, 2, 99))
    with pytest.raises(FilterRefused, match="LOT_SIZE"):
        amended(world, report, "1.0005")


def test_an_order_of_a_halted_symbol_stays_as_it_is(world: Watched) -> None:
    """It may be cancelled, but not amended."""
    report = world.place(limit(BUY, 2, 99))
    world.exchange.set_instruments([instrument("BTC", step="0.001", status="CANCEL_ONLY")])
    with pytest.raises(BadRequest, match="Market is closed"):
        amended(world, report, "1")

    assert world.cancel(report).status is OrderStatus.CANCELED


def test_a_symbol_may_have_no_amendments() -> None:
    """The order stays as it is."""
    world = Watched(instruments=[instrument("BTC", amend_allowed=False)])
    report = world.place(limit(BUY, 2, 99))
    with pytest.raises(OrderRefused, match="Order amend is not supported for this symbol"):
        amended(world, report, "1")

    assert world.look(report) == world.exchange.orders("BTCUSDT")[0]
    assert world.look(report).quantity == 2


def test_the_number_of_amendments_is_limited() -> None:
    """Two here, and no more."""
    rows = (*filters("0.001")[:-1], {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 2})
    world = Watched(instruments=[instrument("BTC", filters=rows)])
    world.trade(100)
    report = world.place(limit(BUY, 5, 99))
    for quantity in ("4", "3"):
        amended(world, report, quantity)

    with pytest.raises(BadRequest, match="MAX_NUM_ORDER_AMENDS"):
        amended(world, report, "2")
    assert [one.quantity for one in world.exchange.amendments("BTCUSDT", report.order_id)] == [4, 3]


def test_an_order_that_becomes_smaller_counts_once_towards_the_position() -> None:
    """10 coins and 5 wanted are the most; 3 wanted are less."""
    rows = (*filters("0.001"), {"filterType": "MAX_POSITION", "maxPosition": "15"})
    world = Watched(instruments=[instrument("BTC", filters=rows)])
    report = world.place(limit(BUY, 5, 99))

    assert amended(world, report, "3").quantity == 3


def test_amending_a_leg_amends_the_pair(world: Watched) -> None:
    """One leg only can trade, so both have the same quantity; the list tells the new id."""
    target, low = world.oco(maker(SELL, 2, 110), stop(SELL, 2, 95))
    amended(world, target, "1")

    assert [world.look(one).quantity for one in (target, low)] == [1, 1]
    assert world.locked("BTC") == 1
    assert [event.renamed for event in world.of(ListEvent)] == [False, True]


def test_amending_what_is_left_of_a_pair_leaves_its_ended_leg_alone(world: Watched) -> None:
    """The target has traded in part, so the stop has expired."""
    target, low = world.oco(maker(SELL, 2, 110), stop(SELL, 2, 95))
    world.book([("110.50", "0.5")], [("111", "1")])
    amended(world, target, "1")

    assert (world.look(target).quantity, world.look(low).quantity) == (d(1), d(2))
    assert world.steps(low)[-1] == "EXPIRED EXPIRED"


def test_a_transfer_changes_the_balance_and_is_told(world: Watched) -> None:
    """A withdrawal of more than is free is refused."""
    world.exchange.transfer("USDT", Decimal(-100), world.later())
    world.exchange.transfer("DOGE", Decimal(7), world.later())

    assert (world.free("USDT"), world.free("DOGE")) == (d(9_900), d(7))
    assert [event.change for event in world.of(TransferEvent)] == [-100, 7]
    with pytest.raises(OrderRefused, match="insufficient balance"):
        world.exchange.transfer("USDT", Decimal(-9_901), world.later())
