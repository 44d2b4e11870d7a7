"""An exchange that misbehaves, a trader that asks before it believes: in the end both know the same."""

import asyncio
from collections import Counter
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tests.support.bench import Recorder
from tests.support.hosted import TRADER, Hosted, Hosting, hosted
from tests.support.trader import BTC, Trader
from tradingbot.cli.clock import now_ms
from tradingbot.exchange.binance.account.venue import BinanceVenue
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.events import OrderEvent
from tradingbot.exchange.orders import OrderReport
from tradingbot.exchange.replay.gate.faults import FRAME_FAULTS, REQUEST_FAULTS, Fault, Rule

pytestmark = pytest.mark.anyio
STEPS = 80
PRICE = 50_000
SPOILED = 0.3


def move(exchange: Hosted, price: int) -> None:
    """Somebody trades there, and quotes ten to either side."""
    feed = exchange.running.world.feed

    def both() -> None:
        one = Decimal(1)
        feed.inject_trade(BTC, Decimal(price), one)
        feed.inject_book(BTC, [(Decimal(price - 10), one)], [(Decimal(price + 10), one)])

    exchange.call(both)


def spoil(exchange: Hosted, rng: Random) -> None:
    """The next order, or the next frame about the account, goes wrong in some way, beside what the seed spoils."""
    fault = rng.choice(sorted(REQUEST_FAULTS - {Fault.BAN}) + sorted(FRAME_FAULTS))
    match = "/api/v3/order*" if fault in REQUEST_FAULTS and rng.random() < 0.7 else "user"
    exchange.call(lambda: exchange.running.world.faults.plan([Rule(fault, match=match)]))


def facts(order: OrderReport) -> tuple[object, ...]:
    """What a query has to tell of an order."""
    return (order.order_id, order.client_order_id, order.status, order.quantity, order.executed_quantity, order.price)


def quieten(exchange: Hosted) -> None:
    """Nothing goes wrong any more."""
    exchange.running.world.faults.plan([])
    exchange.running.world.faults.reseed(None)


async def trade(exchange: Hosted, venue: BinanceVenue, seed: int) -> Trader:
    """The whole script, while the market wanders and everything goes wrong."""
    rng = Random(seed)
    trader, price = Trader(venue, rng, now_ms), PRICE
    for _ in range(STEPS):
        price += rng.choice([-30, 0, 30])
        await asyncio.to_thread(move, exchange, price)
        if rng.random() < SPOILED:
            await asyncio.to_thread(spoil, exchange, rng)
        await trader.act(price)
    return trader


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_after_chaos_the_venue_knows_what_the_exchange_knows(store: Path, seed: int) -> None:
    """No order twice, none forgotten, none that nobody asked for, every fill told at most once, and no money lost."""
    with hosted(store, Hosting(replay={"paused": True})) as exchange:
        move(exchange, PRICE)
        venue = BinanceVenue(Endpoints.replay(exchange.url), TRADER, now_ms)
        await venue.open()
        recorder = Recorder(venue.events())
        try:
            exchange.call(lambda: exchange.running.world.faults.reseed(seed))
            trader = await trade(exchange, venue, seed)
            exchange.call(lambda: quieten(exchange))

            theirs = exchange.call(lambda: exchange.exchange.orders(BTC))
            names = Counter(order.client_order_id for order in theirs)
            assert trader.doubts > 0
            assert set(names) == trader.placed
            assert set(names.values()) == {1}
            assert not trader.placed & trader.refused

            opened = [order for order in theirs if order.status.is_open]
            assert [facts(one) for one in await venue.open_orders(BTC)] == [facts(one) for one in opened]
            fills = exchange.call(lambda: exchange.exchange.fills(BTC))
            assert list(await venue.fills(BTC)) == list(fills)
            told = [event.fill for event in recorder.of(OrderEvent) if event.fill is not None]
            assert len({fill.trade_id for fill in told}) == len(told)
            assert {fill.trade_id for fill in told} <= {fill.trade_id for fill in fills}
            assert fills

            await trader.cancel_everything()
            assert await venue.open_orders() == []
            balances = {one.asset: one.total for one in await venue.balances()}
            assert balances == exchange.totals() == exchange.earned()
            assert all(one.locked == 0 for one in await venue.balances())
        finally:
            await recorder.close()
            await venue.close()
        assert exchange.defects == []
