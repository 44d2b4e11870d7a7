"""The recording drives market, streams and account."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.replay import BTC, ETH, FIRST, Bench, bench, rising, store_of
from tradingbot.domain.errors import InputError
from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS, Timeframe
from tradingbot.exchange.orders import NewOrder, OrderStatus, OrderType, Side, TimeInForce

KLINE = "btcusdt@kline_1m"
pytestmark = pytest.mark.anyio


async def run_until_the_end(replayed: Bench) -> None:
    """Let the feed run until it has told everything."""
    task = asyncio.create_task(replayed.replay.feed.run())
    async with asyncio.timeout(20):
        await replayed.replay.feed.ended()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def limit_buy(price: str) -> NewOrder:
    """An order that rests below the market."""
    return NewOrder(
        symbol=BTC,
        side=Side.BUY,
        type=OrderType.LIMIT,
        client_order_id="mine",
        quantity=Decimal("0.01"),
        price=Decimal(price),
        time_in_force=TimeInForce.GTC,
    )


async def test_a_candle_is_told_as_four_trades_at_its_recorded_prices(tmp_path: Path) -> None:
    """Open, low, high, close, a quarter of the volume each, over its time."""
    replayed = bench(store_of(tmp_path, rising(2)))
    heard = replayed.listen("btcusdt@trade")
    await replayed.replay.feed.advance(1)

    assert [(one["p"], one["q"]) for one in heard.told()] == [
        ("50000.00000000", "1.00000000"),
        ("49995.00000000", "1.00000000"),
        ("50010.00000000", "1.00000000"),
        ("50010.00000000", "1.00000000"),
    ]
    assert [one["T"] - FIRST for one in heard.told()] == [0, 19_999, 39_999, 59_999]
    assert [one["m"] for one in heard.told()] == [False, True, False, False]


async def test_forming_klines_of_every_symbol_have_the_trade_of_their_moment(tmp_path: Path) -> None:
    """Also of those whose trade of that moment comes behind another symbol's."""
    replayed = bench(store_of(tmp_path, rising(3), BTC, ETH), symbols=(BTC, ETH))
    both = [symbol.lower() for symbol in (BTC, ETH)]
    heard = replayed.listen(*(f"{symbol}@{kind}" for symbol in both for kind in ("trade", "kline_1m")))
    await replayed.replay.feed.advance(3)
    for symbol in both:
        prices = {one["T"]: one["p"] for one in heard.told(f"{symbol}@trade")}
        forming = [one for one in heard.told(f"{symbol}@kline_1m") if not one["k"]["x"]]

        assert len(forming) >= 9
        assert [one["k"]["c"] for one in forming] == [prices[one["E"]] for one in forming]


@pytest.mark.parametrize("also", [(), ("btcusdt@trade",)])
async def test_each_candle_is_told_as_closed_once_with_its_recorded_numbers(
    tmp_path: Path, also: tuple[str, ...]
) -> None:
    """Whether or not somebody watches its trades."""
    replayed = bench(store_of(tmp_path, rising(30), trades=[100 + one for one in range(30)]))
    heard = replayed.listen(KLINE, *also)
    await replayed.replay.feed.advance(30)
    closed = [one["k"] for one in heard.told(KLINE) if one["k"]["x"]]

    assert [(one["t"] - FIRST) // MINUTE_MS for one in closed] == list(range(30))
    assert [one["n"] for one in closed] == [100 + one for one in range(30)]
    assert (closed[3]["o"], closed[3]["c"], closed[3]["v"]) == ("50030.00000000", "50040.00000000", "4.00000000")
    assert all(one["L"] - one["f"] == 3 for one in closed)


async def test_longer_klines_grow_and_close_with_their_last_minute(tmp_path: Path) -> None:
    """A listener that comes in the middle hears the whole kline."""
    replayed = bench(store_of(tmp_path, rising(12)))
    await replayed.replay.feed.advance(2)
    heard = replayed.listen("btcusdt@kline_5m")
    await replayed.replay.feed.advance(10)
    closed = [one["k"] for one in heard.told() if one["k"]["x"]]

    assert [(one["o"], one["h"], one["l"], one["c"], one["v"]) for one in closed] == [
        ("50000.00000000", "50050.00000000", "49995.00000000", "50050.00000000", "20.00000000"),
        ("50050.00000000", "50100.00000000", "50045.00000000", "50100.00000000", "20.00000000"),
    ]
    assert [one["f"] for one in closed] == [closed[0]["f"], closed[0]["L"] + 1]


@pytest.mark.parametrize("also", [(), ("btcusdt@trade",)])
async def test_a_kline_whose_last_minutes_are_missing_closes_too(tmp_path: Path, also: tuple[str, ...]) -> None:
    """Once, with what there was."""
    replayed = bench(store_of(tmp_path, [*rising(3), *rising(2, 7)]), base=Timeframe.M1)
    heard = replayed.listen("btcusdt@kline_5m", *also)
    await replayed.replay.feed.advance(9)
    closed = [one["k"] for one in heard.told("btcusdt@kline_5m") if one["k"]["x"]]

    assert [((one["t"] - FIRST) // MINUTE_MS, one["v"]) for one in closed] == [(0, "12.00000000")]


async def test_klines_that_the_recording_cannot_make_up_are_not_told(tmp_path: Path) -> None:
    """Neither seconds nor a day that begins inside a candle."""
    replayed = bench(store_of(tmp_path, rising(120)), base=Timeframe.M5)
    heard = replayed.listen("btcusdt@kline_1s", "btcusdt@kline_1m", "btcusdt@kline_1d@+05:31", "btcusdt@kline_5m")
    await replayed.replay.feed.advance(3)

    assert {stream for stream, _ in heard.frames} == {"btcusdt@kline_5m"}


async def test_a_gap_is_told_as_nothing(tmp_path: Path) -> None:
    """The candle before it still closes."""
    replayed = bench(store_of(tmp_path, [*rising(2), *rising(1, 9)]), base=Timeframe.M1)
    heard = replayed.listen(KLINE)
    await replayed.replay.feed.advance(9)
    closed = [one["k"] for one in heard.told() if one["k"]["x"]]

    assert [(one["t"] - FIRST) // MINUTE_MS for one in closed] == [0, 1, 9]


async def test_symbols_move_in_time_order(tmp_path: Path) -> None:
    """Each trade of one lies between those of the other."""
    replayed = bench(store_of(tmp_path, rising(3), BTC, ETH), symbols=(BTC, ETH))
    heard = replayed.listen("btcusdt@trade", "ethusdt@trade")
    await replayed.replay.feed.advance(3)
    times = [one["T"] for one in heard.told()]

    assert len(times) == 24
    assert times == sorted(times)


async def test_an_open_order_meets_the_trades_inside_a_candle(tmp_path: Path) -> None:
    """Nobody listens, but the order needs the low: it fills there, at its own price."""
    replayed = bench(store_of(tmp_path, rising(4)))
    await replayed.replay.feed.advance(1)
    replayed.exchange.place(limit_buy("50006"), replayed.replay.clock.now_ms())
    await replayed.replay.feed.advance(1)
    report = replayed.exchange.order(BTC, client_order_id="mine")

    assert report.status is OrderStatus.FILLED
    assert report.average_price == Decimal(50006)
    assert FIRST + MINUTE_MS <= report.updated_at <= FIRST + 2 * MINUTE_MS


async def test_at_full_speed_everything_recorded_is_told_and_then_time_goes_on(tmp_path: Path) -> None:
    """The end is stated; nothing starts again."""
    replayed = bench(store_of(tmp_path, rising(300)), speed=0.0, paused=False)
    heard = replayed.listen(KLINE)
    await run_until_the_end(replayed)
    feed, clock = replayed.replay.feed, replayed.replay.clock

    assert sum(one["k"]["x"] for one in heard.told()) == 300
    assert feed.status()["market"] == "ended"
    assert clock.now_ms() == FIRST + 300 * MINUTE_MS

    replayed.wall.now += 5_000

    assert clock.now_ms() == FIRST + 300 * MINUTE_MS + 5_000


async def test_at_the_clocks_pace_only_what_is_due_is_told(tmp_path: Path) -> None:
    """Half a minute into the first candle, two of its trades have happened."""
    replayed = bench(store_of(tmp_path, rising(3)), paused=False)
    heard = replayed.listen("btcusdt@trade", KLINE)
    task = asyncio.create_task(replayed.replay.feed.run())
    replayed.wall.now += 30_000
    await asyncio.sleep(0.25)

    assert len(heard.told("btcusdt@trade")) == 2
    assert not any(one["k"]["x"] for one in heard.told(KLINE))

    replayed.wall.now += 30_050
    await asyncio.sleep(0.25)

    assert len(heard.told("btcusdt@trade")) == 5
    assert [one["k"]["v"] for one in heard.told(KLINE) if one["k"]["x"]] == ["4.00000000"]

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_pause_holds_everything_and_cannot_be_advanced_while_running(tmp_path: Path) -> None:
    """Pausing and resuming twice is harmless."""
    replayed = bench(store_of(tmp_path, rising(5)), paused=False)
    feed = replayed.replay.feed
    with pytest.raises(InputError, match="Pause it first"):
        await feed.advance(1)
    feed.pause()
    feed.pause()
    heard = replayed.listen("btcusdt@trade")
    task = asyncio.create_task(feed.run())
    replayed.wall.now += DAY_MS
    await asyncio.sleep(0.15)

    assert heard.frames == []

    feed.resume()
    feed.resume()
    replayed.wall.now += 1
    await asyncio.sleep(0.05)

    assert len(heard.frames) == 1

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_pause_of_the_wall_clock_delays_the_recording_by_whole_candles(tmp_path: Path) -> None:
    """The next candle is told in the minute that is running then, with its own four trades."""
    now = FIRST + 1_000 * DAY_MS
    replayed = bench(store_of(tmp_path, rising(2 * 1440)), wall=now, wall_clock=True)
    heard = replayed.listen("btcusdt@trade")
    replayed.wall.now += 10 * MINUTE_MS + 5_000
    await replayed.replay.feed.advance(1)

    assert [one["T"] - now for one in heard.told()] == [600_000, 619_999, 639_999, 659_999]


async def test_advancing_beyond_the_end_tells_what_there_is(tmp_path: Path) -> None:
    """And says how much that was."""
    replayed = bench(store_of(tmp_path, rising(3)))

    assert await replayed.replay.feed.advance(10) == 3
    assert await replayed.replay.feed.advance(1) == 0


async def test_a_trade_by_hand_moves_market_account_and_streams(tmp_path: Path) -> None:
    """It is the last price for everybody, and part of the forming candle."""
    replayed = bench(store_of(tmp_path, rising(60)), start=FIRST + 30 * MINUTE_MS)
    heard = replayed.listen("btcusdt@trade", KLINE, "btcusdt@bookTicker")
    number = replayed.replay.feed.inject_trade(BTC, Decimal(51_000), Decimal(2))

    assert [one["t"] for one in heard.told("btcusdt@trade")] == [number]
    assert [one["k"]["c"] for one in heard.told(KLINE)] == ["51000.00000000"]
    assert replayed.exchange.last_price(BTC) == 51_000
    assert [(one["b"], one["a"]) for one in heard.told("btcusdt@bookTicker")] == [("50997.45000000", "51002.55000000")]


async def test_a_candle_with_a_trade_by_hand_is_what_was_traded(tmp_path: Path) -> None:
    """Its recorded numbers would leave that trade out."""
    replayed = bench(store_of(tmp_path, rising(3)))
    heard = replayed.listen(KLINE)
    replayed.replay.feed.inject_trade(BTC, Decimal(60_000), Decimal(1))
    await replayed.replay.feed.advance(1)
    closed = [one["k"] for one in heard.told() if one["k"]["x"]]

    assert [(one["h"], one["v"], one["n"]) for one in closed] == [("60000.00000000", "5.00000000", 5)]


async def test_a_book_by_hand_stays_until_the_recording_moves_the_price(tmp_path: Path) -> None:
    """A trade by hand leaves it; the next candle has a derived one again, for the account too."""
    replayed = bench(store_of(tmp_path, rising(5)))
    feed, book = replayed.replay.feed, replayed.replay.market.of(BTC).book
    feed.inject_book(BTC, [(Decimal(49_000), Decimal(1))], [(Decimal(49_100), Decimal(2))])
    feed.inject_trade(BTC, Decimal(49_050), Decimal(1))

    assert book.bids() == [(Decimal(49_000), Decimal(1))]
    assert replayed.exchange.top(BTC) == (Decimal(49_000), Decimal(49_100))

    await feed.advance(1)
    top = book.top()

    assert top is not None
    assert replayed.exchange.top(BTC) == (top.bid[0], top.ask[0])
    assert top.bid[0] > 50_000


async def test_the_top_of_book_is_told_when_it_changes(tmp_path: Path) -> None:
    """Not when deeper levels do."""
    replayed = bench(store_of(tmp_path, rising(5)))
    heard = replayed.listen("btcusdt@bookTicker")
    best = (Decimal(49_000), Decimal(1))
    asks = [(Decimal(49_100), Decimal(2))]
    replayed.replay.feed.inject_trade(BTC, Decimal(49_050), Decimal(1))
    heard.frames.clear()
    replayed.replay.feed.inject_book(BTC, [best], asks)
    replayed.replay.feed.inject_book(BTC, [best, (Decimal(48_000), Decimal(9))], asks)

    assert [one["b"] for one in heard.told()] == ["49000.00000000"]


async def test_the_depth_stream_leads_from_a_snapshot_to_the_present(tmp_path: Path) -> None:
    """Each diff begins after the one before."""
    replayed = bench(store_of(tmp_path, rising(20)))
    feed, book = replayed.replay.feed, replayed.replay.market.of(BTC).book
    heard = replayed.listen("btcusdt@depth@100ms")
    await feed.advance(1)
    last, bids = book.update_id, {f"{price:.8f}": f"{quantity:.8f}" for price, quantity in book.bids()}
    heard.frames.clear()
    await feed.advance(10)
    for diff in heard.told():
        assert diff["U"] == last + 1
        last = diff["u"]
        bids.update(diff["b"])
    present = {f"{price:.8f}": f"{quantity:.8f}" for price, quantity in book.bids()}

    assert last == book.update_id
    assert {price: quantity for price, quantity in bids.items() if Decimal(quantity)} == present


async def test_streams_with_a_rate_tell_at_most_that_often(tmp_path: Path) -> None:
    """Five trades within two seconds are one kline frame, with the last of them in the next."""
    replayed = bench(store_of(tmp_path, rising(5)), wall_clock=True, wall=FIRST + 500 * DAY_MS)
    feed = replayed.replay.feed
    heard = replayed.listen(KLINE, "btcusdt@miniTicker")
    for price in range(5):
        feed.inject_trade(BTC, Decimal(50_000 + price), Decimal(1))
        replayed.wall.now += 300

    assert len(heard.told(KLINE)) == 1
    assert len(heard.told("btcusdt@miniTicker")) == 2

    replayed.wall.now += 2_000
    feed.inject_trade(BTC, Decimal(50_010), Decimal(1))

    assert [one["k"]["v"] for one in heard.told(KLINE)] == ["1.00000000", "6.00000000"]


async def test_nothing_is_built_for_streams_that_nobody_hears(tmp_path: Path) -> None:
    """Not even while others hear something else."""
    replayed = bench(store_of(tmp_path, rising(5), BTC, ETH), symbols=(BTC, ETH))
    heard = replayed.listen("ethusdt@avgPrice")
    await replayed.replay.feed.advance(3)

    assert {stream for stream, _ in heard.frames} == {"ethusdt@avgPrice"}


async def test_every_stream_of_the_exchange_tells_something(tmp_path: Path) -> None:
    """With the event name that it has there."""
    replayed = bench(store_of(tmp_path, rising(10)))
    names = {
        "btcusdt@trade": "trade",
        "btcusdt@aggTrade": "aggTrade",
        "btcusdt@kline_1M@+08:00": "kline",
        "btcusdt@depth": "depthUpdate",
        "btcusdt@miniTicker": "24hrMiniTicker",
        "btcusdt@ticker": "24hrTicker",
        "btcusdt@ticker_1h": "1hTicker",
        "btcusdt@avgPrice": "avgPrice",
    }
    heard = replayed.listen(*names, "btcusdt@depth5", "btcusdt@bookTicker", "!miniTicker@arr", "!ticker_4h@arr")
    await replayed.replay.feed.advance(2)

    assert {name: heard.told(name)[0]["e"] for name in names} == names
    assert set(heard.told("btcusdt@depth5")[0]) == {"lastUpdateId", "bids", "asks"}
    assert set(heard.told("btcusdt@bookTicker")[0]) == {"u", "s", "b", "B", "a", "A"}
    assert heard.told("!miniTicker@arr")[0][0]["s"] == BTC
    assert heard.told("!ticker_4h@arr")[0][0]["e"] == "4hTicker"
