"""OCO, OTO and OTOCO."""

from decimal import Decimal
from typing import Any

import pytest

from tests.support.simulated import BUY, SELL, Watched, d, limit, maker, market, order, stop
from tradingbot.exchange.errors import BadRequest, OrderNotFound, OrderRefused, Reason
from tradingbot.exchange.events import ListEvent, OrderEvent
from tradingbot.exchange.orders import (
    ExpiryReason,
    ListStatus,
    NewOto,
    NewOtoco,
    OrderListReport,
    OrderStatus,
    OrderType,
)

NEW, PENDING, FILLED = OrderStatus.NEW, OrderStatus.PENDING_NEW, OrderStatus.FILLED
EXPIRED, CANCELED, REJECTED = OrderStatus.EXPIRED, OrderStatus.CANCELED, OrderStatus.REJECTED


@pytest.fixture
def world() -> Watched:
    """Free trading, last at 100."""
    made = Watched()
    made.trade(100)
    return made


def now(world: Watched, name: str = "list") -> OrderListReport:
    """A list as it stands."""
    return world.exchange.order_list(client_list_id=name)


def statuses(world: Watched, name: str = "list") -> list[OrderStatus]:
    """Those of its orders."""
    return [one.status for one in now(world, name).orders]


def bracket(world: Watched, quantity: int = 1, target: int = 110, low: int = 95) -> None:
    """A sale at `target` or at the stop `low`."""
    world.oco(maker(SELL, quantity, target), stop(SELL, quantity, low), "list")


def test_a_pair_locks_one_leg_only(world: Watched) -> None:
    """Two sales of seven coins each are in force with ten."""
    bracket(world, 7)

    assert world.locked("BTC") == 7
    assert [one.working_since is None for one in now(world).orders] == [False, True]


def test_a_pair_of_purchases_locks_the_dearer_leg(world: Watched) -> None:
    """A stop limit at 106 costs more than a limit at 95; when it ends, the other's need is what stays."""
    world.oco(order(BUY, OrderType.STOP_LOSS_LIMIT, 2, stop_price=105, price=106), maker(BUY, 2, 95), "list")

    assert world.locked("USDT") == 212


def test_the_target_ends_the_stop_before_its_trade(world: Watched) -> None:
    """EXPIRED with OCO_TRIGGER, TRADE, and the list is done."""
    bracket(world)
    world.told.clear()
    world.trade("110.01")

    target, low = now(world).orders
    assert (target.status, low.status, low.expiry_reason) == (FILLED, EXPIRED, ExpiryReason.OCO_TRIGGER)
    told = [(event.execution.value, event.report.order_id) for event in world.of(OrderEvent)]
    assert told == [("EXPIRED", low.order_id), ("TRADE", target.order_id)]
    assert [event.report.status for event in world.of(ListEvent)] == [ListStatus.ALL_DONE]
    assert world.locked("BTC") == 0


def test_a_reached_stop_ends_the_target_before_it_trades(world: Watched) -> None:
    """Nothing is locked when the stop has sold."""
    bracket(world)
    world.trade(95)

    assert statuses(world) == [EXPIRED, FILLED]
    assert world.locked("BTC") == 0


def test_a_partly_filled_leg_goes_on_alone(world: Watched) -> None:
    """Half a coin is bought from it; the stop is gone, half a coin stays locked."""
    bracket(world)
    world.book([("110.50", "0.5")], [("111", "1")])

    assert statuses(world) == [OrderStatus.PARTIALLY_FILLED, EXPIRED]
    assert world.locked("BTC") == Decimal("0.5")
    assert now(world).status is ListStatus.EXECUTING


def test_cancelling_a_leg_cancels_the_pair(world: Watched) -> None:
    """Both carry the id of the cancelling request."""
    bracket(world)
    world.cancel(now(world).orders[1])

    assert statuses(world) == [CANCELED, CANCELED]
    assert now(world).status is ListStatus.ALL_DONE
    assert [event.cancel_id for event in world.of(OrderEvent)][-2:] == ["cancel", "cancel"]


@pytest.mark.parametrize(("target", "low"), [(99, 95), (110, 100), (90, 95)])
def test_the_market_must_be_between_the_legs(world: Watched, target: int, low: int) -> None:
    """Otherwise the relationship of the prices is not correct, and nothing is placed."""
    with pytest.raises(OrderRefused, match="relationship of the prices") as refusal:
        bracket(world, 1, target, low)

    assert refusal.value.reason is Reason.PRICE_RELATION
    assert world.exchange.open_orders() == []


def oto(world: Watched, working: Any, pending: Any) -> OrderListReport:
    """Place an OTO."""
    return world.exchange.place_list(NewOto(client_list_id="list", working=working, pending=pending), world.later())


def test_the_pending_order_is_placed_when_the_working_one_has_filled(world: Watched) -> None:
    """Until then it locks nothing and does nothing."""
    oto(world, limit(BUY, 1, 99), limit(SELL, 1, 105))
    assert statuses(world) == [NEW, PENDING]
    assert (world.locked("BTC"), world.locked("USDT")) == (d(0), d(99))

    world.trade(98)

    assert statuses(world) == [FILLED, NEW]
    assert world.locked("BTC") == 1
    world.trade(106)
    assert statuses(world) == [FILLED, FILLED]
    assert now(world).status is ListStatus.ALL_DONE


def test_a_partly_filled_working_order_keeps_the_pending_one_waiting(world: Watched) -> None:
    """Half of it is not all of it."""
    oto(world, limit(BUY, 1, 99), limit(SELL, 1, 105))
    world.book([("98", "1")], [("98.5", "0.5")])

    assert statuses(world) == [OrderStatus.PARTIALLY_FILLED, PENDING]


def test_the_answer_shows_the_pending_order_as_pending_even_when_it_is_placed_at_once(world: Watched) -> None:
    """The working order takes; the answer is older than the placing of the other."""
    answer = oto(world, limit(BUY, 1, 101), limit(SELL, 1, 105))

    assert [one.status for one in answer.orders] == [FILLED, PENDING]
    assert len(answer.orders[0].fills) == 1
    assert statuses(world) == [FILLED, NEW]


def test_a_pending_market_order_sells_at_once(world: Watched) -> None:
    """Bought and sold in one request."""
    oto(world, limit(BUY, 1, 101), market(SELL, 1))

    assert statuses(world) == [FILLED, FILLED]


@pytest.mark.parametrize(
    ("pending", "reason"),
    [
        (stop(SELL, 1, 99), "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY"),
        (maker(SELL, 1, 97), "WOULD_MATCH_IMMEDIATELY"),
        (limit(SELL, 15, 105), "INSUFFICIENT_BALANCES"),
    ],
)
def test_a_pending_order_that_cannot_be_placed_is_rejected(world: Watched, pending: Any, reason: str) -> None:
    """With the reason, and nothing locked."""
    oto(world, limit(BUY, 1, 99), pending)
    world.trade(98)

    assert statuses(world) == [FILLED, REJECTED]
    assert world.of(OrderEvent)[-1].reject_reason == reason
    assert (now(world).status, world.locked("BTC")) == (ListStatus.ALL_DONE, d(0))


def test_cancelling_the_working_order_cancels_all(world: Watched) -> None:
    """So does cancelling the pending one."""
    for which in (0, 1):
        oto(world, limit(BUY, 1, 99), limit(SELL, 1, 105))
        world.cancel(now(world).orders[which])
        assert statuses(world) == [CANCELED, CANCELED]
        assert world.locked("USDT") == 0


def test_an_expired_working_order_ends_the_pending_ones(world: Watched) -> None:
    """OTO_PHASE_ONE_EXPIRED."""
    working = limit(BUY, 1, 99, time_in_force="IOC")
    oto(world, order(BUY, OrderType.LIMIT, 1, price=99, time_in_force=working.time_in_force), limit(SELL, 1, 105))

    assert statuses(world) == [EXPIRED, EXPIRED]
    assert now(world).orders[1].expiry_reason is ExpiryReason.OTO_PHASE_ONE_EXPIRED


def otoco(world: Watched, low: int = 95) -> OrderListReport:
    """Buy at 99, then sell at 105 or at the stop."""
    placed = NewOtoco(
        client_list_id="list", working=limit(BUY, 1, 99), above=maker(SELL, 1, 105), below=stop(SELL, 1, low)
    )
    return world.exchange.place_list(placed, world.later())


def test_an_otoco_is_a_bracket_from_its_entry_on(world: Watched) -> None:
    """Entry, then the stop ends the target."""
    otoco(world)
    assert statuses(world) == [NEW, PENDING, PENDING]
    world.trade(98)
    assert statuses(world) == [FILLED, NEW, NEW]
    assert world.locked("BTC") == 1
    world.trade(95)
    assert statuses(world) == [FILLED, EXPIRED, FILLED]
    assert now(world).status is ListStatus.ALL_DONE


def test_an_otoco_whose_stop_is_already_passed_has_bad_prices(world: Watched) -> None:
    """The entry filled below the stop: the pair is rejected, and the listener knows that nothing protects the coin."""
    otoco(world, 98)
    world.trade(97)

    assert statuses(world) == [FILLED, REJECTED, REJECTED]
    assert {event.reject_reason for event in world.of(OrderEvent)[-2:]} == {"OCO_BAD_PRICES"}


def test_a_list_is_found_by_either_id(world: Watched) -> None:
    """An unknown one is not."""
    bracket(world)
    found = now(world)

    assert world.exchange.order_list(list_id=found.list_id) == found
    assert world.exchange.open_lists() == [found]
    world.exchange.cancel_list("BTCUSDT", world.later(), client_list_id="list", cancel_id="c")
    assert world.exchange.open_lists() == []
    assert len(world.exchange.order_lists()) == 1
    with pytest.raises(OrderNotFound):
        now(world, "other")


def test_a_client_list_id_is_free_again_when_its_list_has_ended(world: Watched) -> None:
    """While it is open, it is not."""
    bracket(world)
    with pytest.raises(OrderRefused, match="Duplicate order sent"):
        bracket(world)

    world.exchange.cancel_list("BTCUSDT", world.later(), client_list_id="list", cancel_id="c")
    bracket(world)


@pytest.mark.parametrize(
    ("above", "below", "code"),
    [
        (limit(SELL, 1, 110), stop(SELL, 1, 95), -1158),
        (maker(SELL, 1, 110), maker(SELL, 1, 95), -1168),
        (stop(SELL, 1, 110), maker(SELL, 1, 95), -1197),
        (maker(BUY, 1, 110), stop(BUY, 1, 95), -1196),
        (maker(BUY, 1, 110), order(BUY, OrderType.TAKE_PROFIT, 1, stop_price=95), -1165),
        (order(SELL, OrderType.TAKE_PROFIT, 1, stop_price=110), maker(SELL, 1, 95), -1166),
        (
            order(SELL, OrderType.TAKE_PROFIT, 1, stop_price=110),
            order(SELL, OrderType.TAKE_PROFIT, 1, stop_price=95),
            -1199,
        ),
        (maker(SELL, 1, 110), stop(SELL, 2, 95), -1014),
        (maker(SELL, 1, 110), stop(BUY, 1, 95), -1014),
    ],
)
def test_a_pair_of_the_wrong_orders_is_a_bad_request(world: Watched, above: Any, below: Any, code: int) -> None:
    """Each with its own code."""
    with pytest.raises(BadRequest) as refusal:
        world.oco(above, below)

    assert refusal.value.code == code


def test_a_working_order_is_a_limit_order(world: Watched) -> None:
    """A market order cannot be, nor can a pending one be of quote value."""
    for working, pending in (
        (market(BUY, 1), limit(SELL, 1, 105)),
        (limit(BUY, 1, 99), market(SELL, quote_quantity=50)),
    ):
        with pytest.raises(BadRequest):
            oto(world, working, pending)
