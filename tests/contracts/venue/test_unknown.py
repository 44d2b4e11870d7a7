"""V8: when the exchange does not answer as it should. Only the replay exchange can be told to."""

import asyncio
from dataclasses import replace

import pytest

from tests.support.bench import BTC, Bench, limit, market
from tests.support.cases import case
from tradingbot.exchange.errors import (
    BadRequest,
    Banned,
    ExchangeError,
    OrderNotFound,
    Overloaded,
    RateLimited,
    Retry,
    StatusUnknown,
    Unavailable,
)
from tradingbot.exchange.events import StreamLost, StreamResumed
from tradingbot.exchange.orders import ExecutionType, NewOrder, OrderStatus, Side
from tradingbot.exchange.replay.gate.faults import Fault

ORDER = "POST /api/v3/order"


def wanted() -> NewOrder:
    """An order that rests."""
    return limit(Side.BUY, "0.1", "49000")


async def unknown(bench: Bench, order: NewOrder) -> None:
    """Placing ends with an outcome that nobody knows."""
    with pytest.raises(StatusUnknown) as caught:
        await bench.venue.place(order)
    assert caught.value.retry is Retry.ASK_FIRST


@case("V801", planted=True)
async def test_unknown_though_accepted(bench: Bench) -> None:
    """-1007 after acceptance: the outcome is unknown, and a question finds the order, once."""
    order = wanted()
    await bench.replay.fault(Fault.UNKNOWN, ORDER)
    await unknown(bench, order)

    assert (await bench.venue.order(BTC, order.client_order_id)).status is OrderStatus.NEW
    assert len(await bench.venue.open_orders()) == 1


@case("V802", planted=True)
async def test_unknown_and_not_placed(bench: Bench) -> None:
    """5xx before execution: unknown as well, and a question proves that it is not there."""
    order = wanted()
    await bench.replay.fault(Fault.SERVER_ERROR, ORDER)
    await unknown(bench, order)

    with pytest.raises(OrderNotFound):
        await bench.venue.order(BTC, order.client_order_id)


@case("V803", planted=True)
async def test_connection_lost_after_sending(bench: Bench) -> None:
    """The order was executed, the answer never came: unknown, and a question finds it."""
    order = wanted()
    await bench.replay.fault(Fault.DISCONNECT, ORDER)
    await unknown(bench, order)

    assert (await bench.venue.order(BTC, order.client_order_id)).status is OrderStatus.NEW


@case("V804", planted=True)
async def test_unknown_cancel(bench: Bench) -> None:
    """A cancel may end unknown too; a question says that it was carried out."""
    placed = await bench.venue.place(wanted())
    await bench.replay.fault(Fault.UNKNOWN, "DELETE /api/v3/order")
    with pytest.raises(StatusUnknown):
        await bench.venue.cancel(BTC, placed.client_order_id)

    assert (await bench.now(placed)).status is OrderStatus.CANCELED


@case("V805", planted=True)
async def test_orders_are_never_sent_twice(bench: Bench) -> None:
    """However an order ends, the exchange has been asked to place it once."""
    for fault in (Fault.UNKNOWN, Fault.DISCONNECT, Fault.SERVER_ERROR):
        await bench.replay.fault(fault, ORDER)
        await unknown(bench, wanted())

    assert len(await bench.venue.open_orders()) == 2


@case("V806", planted=True)
async def test_a_question_is_asked_again(bench: Bench) -> None:
    """A question that fails once is answered all the same."""
    for fault in (Fault.SERVER_ERROR, Fault.DISCONNECT, Fault.UNKNOWN):
        await bench.replay.fault(fault, "GET /api/v3/account")

        assert (await bench.balance("BTC")).free == 10


@case("V807", planted=True)
async def test_a_question_that_nobody_answers(bench: Bench) -> None:
    """A question that always fails ends as Unavailable, not as unknown: nothing was changed."""
    await bench.replay.fault(Fault.SERVER_ERROR, "GET /api/v3/account", times=100)
    with pytest.raises(Unavailable):
        await bench.venue.balances()


@case("V808", planted=True)
async def test_rate_limit(bench: Bench) -> None:
    """429 says when the exchange listens again, and an order refused by it was not placed."""
    order = wanted()
    await bench.replay.fault(Fault.RATE_LIMIT, ORDER, value=2_000)
    with pytest.raises(RateLimited) as caught:
        await bench.venue.place(order)
    assert caught.value.retry is Retry.AFTER_WAIT
    assert caught.value.retry_at is not None

    with pytest.raises(OrderNotFound):
        await bench.venue.order(BTC, order.client_order_id)


@case("V809", planted=True)
async def test_ban(bench: Bench) -> None:
    """After 418 no request leaves before its end; then all is as before."""
    await bench.replay.fault(Fault.BAN, ORDER, value=3_000)
    with pytest.raises(Banned):
        await bench.venue.place(wanted())
    asked = await bench.replay.requests()
    later = asyncio.create_task(bench.venue.place(wanted()))
    await asyncio.sleep(1.0)
    assert await bench.replay.requests() == asked

    await asyncio.wait([later])
    if later.exception():
        assert isinstance(later.exception(), Banned)
        await asyncio.sleep(2.5)
        await bench.venue.place(wanted())
    assert len(await bench.venue.open_orders()) == 1


@case("V810", planted=True)
async def test_clock_of_the_exchange_jumps(bench: Bench) -> None:
    """-1021 executes nothing: the clock is read again and the order sent once more."""
    await bench.replay.fault(Fault.CLOCK_SKEW, ORDER, value=20_000)
    placed = await bench.venue.place(wanted())

    assert [one.order_id for one in await bench.venue.open_orders()] == [placed.order_id]


@case("V811", planted=True)
async def test_every_failure_is_typed(bench: Bench) -> None:
    """Whatever the exchange does to an order, the caller sees an ExchangeError that says what to do."""
    for fault in (Fault.UNKNOWN, Fault.SERVER_ERROR, Fault.DISCONNECT, Fault.RATE_LIMIT):
        await bench.replay.fault(fault, ORDER, value=500 if fault is Fault.SERVER_ERROR else None)
        with pytest.raises(ExchangeError) as caught:
            await bench.venue.place(wanted())
        assert isinstance(caught.value, StatusUnknown | RateLimited | Overloaded)


@case("V812", planted=True)
async def test_slow_answers(bench: Bench) -> None:
    """An answer that comes late or in pieces is an answer."""
    for fault in (Fault.SLOW, Fault.DELAY):
        await bench.replay.fault(fault, ORDER, value=300)

        assert (await bench.venue.place(wanted())).status is OrderStatus.NEW


@case("V813", planted=True)
async def test_partial_fills_only(bench: Bench) -> None:
    """An order that the exchange fills in part reports the part, and the rest stays open."""
    await bench.replay.fault(Fault.PARTIAL_FILLS, ORDER, value=10)
    placed = await bench.venue.place(limit(Side.BUY, "1", "50010"))

    assert placed.status is OrderStatus.PARTIALLY_FILLED
    assert (await bench.now(placed)).executed_quantity == placed.executed_quantity > 0


@case("V814", planted=True)
async def test_events_after_a_lost_connection(bench: Bench) -> None:
    """The stream says that it was lost and that it is back, and then tells again."""
    await bench.replay.disconnect("ws_api")
    await bench.events.until(lambda: bench.events.of(StreamResumed))
    assert [type(one) for one in bench.events.seen] == [StreamLost, StreamResumed]
    placed = await bench.venue.place(wanted())

    await bench.events.until(lambda: bench.events.about(placed))


@case("V815", planted=True)
async def test_duplicated_frames(bench: Bench) -> None:
    """A frame that comes twice is one event, and a fill is never told twice."""
    await bench.replay.fault(Fault.DUPLICATED, "user", times=3)
    placed = await bench.venue.place(market(Side.BUY, "1"))
    later = await bench.venue.place(wanted())
    await bench.events.until(lambda: bench.events.about(later))

    assert await bench.replay.has_struck()
    assert [one.execution for one in bench.events.about(placed)] == [ExecutionType.NEW, ExecutionType.TRADE]


@case("V816", planted=True)
async def test_frames_out_of_order(bench: Bench) -> None:
    """A report that comes after a newer one does not take the order back to where it was."""
    await bench.replay.plan("user", Fault.OUT_OF_ORDER, Fault.LOST)  # NEW waits, balances are lost, TRADE comes first
    placed = await bench.venue.place(market(Side.BUY, "1"))
    later = await bench.venue.place(wanted())
    await bench.events.until(lambda: bench.events.about(later))

    assert await bench.replay.has_struck()
    assert bench.events.about(placed)[-1].report.status is OrderStatus.FILLED


@case("V817", planted=True)
async def test_sent_again_once_it_is_certain(bench: Bench) -> None:
    """An order that a question says is not there may be sent again, under the same id, and is there once."""
    order = wanted()
    await bench.replay.fault(Fault.SERVER_ERROR, ORDER)
    await unknown(bench, order)
    with pytest.raises(OrderNotFound):
        await bench.venue.order(BTC, order.client_order_id)
    await bench.venue.place(order)

    assert [one.client_order_id for one in await bench.venue.open_orders()] == [order.client_order_id]


@case("V818", planted=True)
async def test_timestamps_refused_together(bench: Bench) -> None:
    """Orders whose timestamps are refused at once are each placed, once."""
    orders = [wanted() for _ in range(5)]
    await bench.replay.fault(Fault.CLOCK_SKEW, ORDER, value=20_000, times=len(orders))
    await asyncio.gather(*(bench.venue.place(order) for order in orders))

    placed = [one.client_order_id for one in await bench.venue.open_orders()]
    assert sorted(placed) == sorted(order.client_order_id for order in orders)


@case("V819", planted=True)
async def test_a_client_id_that_is_none(bench: Bench) -> None:
    """An order under an id that the exchange does not take is refused before it is sent."""
    asked = await bench.replay.requests()
    for name in ("", "a b", "x" * 37):
        with pytest.raises(BadRequest, match="client id"):
            await bench.venue.place(replace(wanted(), client_order_id=name))

    assert await bench.replay.requests() == asked
