"""The simulated exchange behind the port."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.simulated import BUY, SELL, SYMBOL, Watched, limit, maker, market, stop
from tradingbot.exchange.events import AccountEvent, BalancesEvent, OrderEvent, StreamLost, StreamResumed
from tradingbot.exchange.orders import NewOco, OrderStatus
from tradingbot.exchange.port import Venue
from tradingbot.exchange.simulated.venue import MOST_EVENTS, SimulatedVenue

pytestmark = pytest.mark.anyio


def opened() -> tuple[Watched, SimulatedVenue]:
    """An exchange at 100 and its venue."""
    world = Watched()
    world.trade(100)
    return world, SimulatedVenue(world.exchange, world.later, "replay")


async def collect(events: AsyncIterator[AccountEvent], most: int) -> list[AccountEvent]:
    """The next events, or those until the end."""
    found: list[AccountEvent] = []
    async with asyncio.timeout(5):
        async for event in events:
            found.append(event)
            if len(found) == most:
                break
    return found


async def test_it_is_a_venue_whose_fills_are_simulated() -> None:
    """What its prices are is said by whoever drives the market."""
    venue: Venue = opened()[1]

    assert (venue.data, venue.execution) == ("replay", "simulated")


async def test_orders_go_through_it() -> None:
    """Placed, found, cancelled; the pair as one."""
    world, venue = opened()
    await venue.open()
    bought = await venue.place(market(BUY, 1))
    waiting = await venue.place(limit(BUY, 1, 90))
    await venue.place_list(NewOco(client_list_id="pair", above=maker(SELL, 1, 110), below=stop(SELL, 1, 95)))

    assert bought.status is OrderStatus.FILLED
    assert (await venue.open_orders())[0].client_order_id == waiting.client_order_id
    assert (await venue.order_list("pair")) == (await venue.open_lists())[0]
    assert (await venue.cancel(SYMBOL, waiting.client_order_id)).status is OrderStatus.CANCELED
    assert len((await venue.cancel_list(SYMBOL, "pair")).orders) == 2
    assert (await venue.order(SYMBOL, waiting.client_order_id)).status is OrderStatus.CANCELED
    assert world.locked("USDT") == 0


async def test_nothing_to_cancel_is_no_error() -> None:
    """With lists and orders, all of them are answered as orders."""
    _, venue = opened()
    assert await venue.cancel_all(SYMBOL) == []
    await venue.place(limit(BUY, 1, 90))
    await venue.place_list(NewOco(client_list_id="pair", above=maker(SELL, 1, 110), below=stop(SELL, 1, 95)))

    assert [one.status for one in await venue.cancel_all(SYMBOL)] == [OrderStatus.CANCELED] * 3


async def test_trades_can_be_asked_from_a_number_on_or_of_an_order() -> None:
    """Oldest first."""
    _, venue = opened()
    for _ in range(3):
        last = await venue.place(market(BUY, 1))

    assert [one.trade_id for one in await venue.fills(SYMBOL)] == [1, 2, 3]
    assert [one.trade_id for one in await venue.fills(SYMBOL, from_id=2)] == [2, 3]
    assert [one.trade_id for one in await venue.fills(SYMBOL, order_id=last.order_id)] == [3]


async def test_events_begin_with_the_call_and_end_with_the_venue() -> None:
    """What happened before is not told; closing twice is safe."""
    _, venue = opened()
    await venue.place(market(BUY, 1))
    events = venue.events()
    await venue.place(limit(BUY, 1, 90))
    await venue.close()
    await venue.close()

    assert [type(event) for event in await collect(events, 10)] == [OrderEvent, BalancesEvent]


async def test_a_new_reader_ends_the_one_before() -> None:
    """One reader at a time."""
    _, venue = opened()
    first, second = venue.events(), venue.events()
    await venue.place(limit(BUY, 1, 90))

    assert await collect(first, 1) == []
    assert len(await collect(second, 1)) == 1


async def test_a_reader_that_is_too_slow_is_told_that_it_lost_events() -> None:
    """The queue is bounded; after the loss the newest event follows."""
    world, venue = opened()
    events = venue.events()
    for _ in range(MOST_EVENTS // 4 + 1):
        world.cancel(world.place(limit(BUY, 1, 90)))

    found = await collect(events, 4)
    assert [type(event) for event in found[:2]] == [StreamLost, StreamResumed]
    assert world.told == []  # the venue has taken the exchange's events over


async def test_the_account_and_the_rules_are_asked_through_it() -> None:
    """Time, symbols, rates, balances."""
    world, venue = opened()

    assert await venue.server_time() == world.now
    assert [one.symbol for one in await venue.instruments([SYMBOL])] == [SYMBOL]
    assert (await venue.commission(SYMBOL)).taker == 0
    assert {one.asset for one in await venue.balances()} == {"USDT", "BTC"}
