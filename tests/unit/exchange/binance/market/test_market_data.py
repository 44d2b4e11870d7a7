"""Market data over real sockets: streams that reconnect, candles without a gap, pages of candles."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

import pytest

from tests.support.fake_binance import NOW, FakeBinance, answer, combined, fake_binance
from tests.support.stub_exchange import stub_exchange
from tradingbot.domain.errors import InputError, OutOfRange
from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.binance.market.market_data import BinanceMarketData, MarketDataSettings
from tradingbot.exchange.binance.market.public_rest import RestSettings
from tradingbot.exchange.binance.market.repair import RepairSettings
from tradingbot.exchange.binance.wire.connection import ConnectionSettings
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.errors import BadRequest, ProtocolBroken, RateLimited, Unavailable, UnknownSymbol
from tradingbot.exchange.events import BookEvent, CandleEvent, MarketEvent, StreamLost, StreamResumed, TradeEvent
from tradingbot.exchange.streams import Stream, StreamKind

pytestmark = pytest.mark.anyio

MINUTE = 60_000
START = NOW - NOW % MINUTE
CANDLE = Stream("BTCUSDT", StreamKind.CANDLE, Timeframe.M1)
TRADE = Stream("BTCUSDT", StreamKind.TRADE)
BOOK = Stream("BTCUSDT", StreamKind.BOOK)


@pytest.fixture
async def exchange() -> AsyncIterator[FakeBinance]:
    """The other side."""
    async with fake_binance() as fake:
        yield fake


def market(exchange: FakeBinance, **connection: Any) -> BinanceMarketData:
    """Ours, in a hurry."""
    quick: dict[str, Any] = {"first_pause": 0.01, "overlap": 0.1} | connection
    settings = MarketDataSettings(
        connection=ConnectionSettings(**quick),
        rest=RestSettings(first_pause=0.01, timeout=1.0),
        repair=RepairSettings(first_pause=0.01),
    )
    return BinanceMarketData(exchange.endpoints, lambda: NOW, settings=settings)


def row(minute: int, close: str = "101") -> list[Any]:
    """A candle of GET klines."""
    opened = START + minute * MINUTE
    return [opened, "100", "110", "90", close, "7", opened + MINUTE - 1, "707", 5, "3", "303", "0"]


def kline(minute: int, *, closed: bool, close: str = "101") -> str:
    """A frame of the candle stream."""
    opened = START + minute * MINUTE
    candle = {"t": opened, "T": opened + MINUTE - 1, "s": "BTCUSDT", "i": "1m", "f": 1, "L": 5, "o": "100", "c": close}
    candle |= {"h": "110", "l": "90", "v": "7", "n": 5, "x": closed, "q": "707", "V": "3", "Q": "303", "B": "0"}
    return combined("btcusdt@kline_1m", {"e": "kline", "E": opened + 30_000, "s": "BTCUSDT", "k": candle})


def trade(number: int) -> str:
    """A frame of the trade stream."""
    data = {"e": "trade", "E": NOW, "s": "BTCUSDT", "t": number, "p": "100.5", "q": "2", "T": NOW, "m": True, "M": True}
    return combined("btcusdt@trade", data)


def depth(first: int, last: int, bid: str = "99.5") -> str:
    """A frame of the depth stream."""
    data = {"e": "depthUpdate", "E": NOW, "s": "BTCUSDT", "U": first, "u": last, "b": [[bid, "1"]], "a": []}
    return combined("btcusdt@depth@100ms", data)


async def read(events: Any, count: int) -> list[MarketEvent]:
    """The next events."""
    async with asyncio.timeout(5):
        return [await anext(events) for _ in range(count)]


async def test_a_trade_arrives_as_it_was_sent(exchange: FakeBinance) -> None:
    """One SUBSCRIBE names the streams; a frame becomes an event."""
    async with aclosing(market(exchange).stream([TRADE])) as events:
        await exchange.subscribed()
        await exchange.send(trade(7))
        (event,) = await read(events, 1)

    assert exchange.requests == [{"method": "SUBSCRIBE", "params": ["btcusdt@trade"], "id": 1}]
    assert event == TradeEvent(symbol="BTCUSDT", trade_id=7, price=100.5, quantity=2.0, buyer_is_maker=True, time=NOW)


async def test_a_lost_connection_is_told_and_opened_again(exchange: FakeBinance) -> None:
    """Between StreamLost and StreamResumed nothing comes; afterwards events do, on restored subscriptions."""
    async with aclosing(market(exchange).stream([TRADE])) as events:
        await exchange.subscribed()
        await exchange.drop()
        await exchange.subscribed(2)
        await exchange.send(trade(9))
        lost, resumed, event = await read(events, 3)

    assert isinstance(lost, StreamLost)
    assert isinstance(resumed, StreamResumed)
    assert isinstance(event, TradeEvent)
    assert exchange.requests[0] == exchange.requests[1]


@pytest.mark.parametrize(
    "frame",
    [
        "no json",
        '{"stream":"btcusdt@trade","data":{"e":"trade"}}',
        '{"stream":"btcusdt@trade"',
        trade(7).replace("100.5", "nan"),
        trade(7).replace("100.5", "-1"),
        '{"stream":"btcusdt@trade","data":"' + "x" * 20_000 + '"}',
    ],
)
async def test_a_broken_frame_costs_the_connection_only(exchange: FakeBinance, frame: str) -> None:
    """Malformed, impossible and huge frames are a loss that is told; the stream goes on over a new connection."""
    async with aclosing(market(exchange, max_frame_bytes=10_000).stream([TRADE])) as events:
        await exchange.subscribed()
        await exchange.send(frame)
        await exchange.subscribed(2)
        await exchange.send(trade(7))
        lost, _, event = await read(events, 3)

    assert isinstance(lost, StreamLost)
    assert isinstance(event, TradeEvent)


async def test_unknown_events_are_skipped(exchange: FakeBinance) -> None:
    """Frames of streams and of kinds that we do not know change nothing; they are counted, as are new fields."""
    ours = market(exchange)
    async with aclosing(ours.stream([TRADE])) as events:
        await exchange.subscribed()
        await exchange.send(combined("btcusdt@novelty", {"e": "novelty"}))
        await exchange.send('{"something":"else"}')
        await exchange.send(trade(7).replace('"M"', '"novel"'))

        assert isinstance((await read(events, 1))[0], TradeEvent)
    assert dict(ours.skipped) == {"btcusdt@novelty": 1, "a frame of no stream": 1, "btcusdt@trade.novel": 1}


async def test_new_fields_are_looked_for_on_each_connection(exchange: FakeBinance) -> None:
    """In the first frame of a stream, and again in its first one after a reconnect."""
    ours = market(exchange)
    async with aclosing(ours.stream([TRADE])) as events:
        await exchange.subscribed()
        await exchange.send(trade(7))
        await read(events, 1)
        await exchange.drop()
        await exchange.subscribed(2)
        await exchange.send(trade(8).replace('"M"', '"novel"'))
        await read(events, 3)

    assert dict(ours.skipped) == {"btcusdt@trade.novel": 1}


async def test_a_missing_trade_is_told(exchange: FakeBinance) -> None:
    """Ids have no gaps: 7 after 5 tells of a loss, and a repeated 7 is dropped."""
    async with aclosing(market(exchange).stream([TRADE])) as events:
        await exchange.subscribed()
        for number in (5, 7, 7, 8):
            await exchange.send(trade(number))
        found = await read(events, 5)

    assert [type(one) for one in found] == [TradeEvent, StreamLost, StreamResumed, TradeEvent, TradeEvent]


async def test_a_missing_candle_is_asked_for(exchange: FakeBinance) -> None:
    """After minute 0 comes minute 3: the two between are found over REST and told first."""
    exchange.rest["klines"] = lambda _: answer([row(1), row(2, "102")])
    async with aclosing(market(exchange).stream([CANDLE])) as events:
        await exchange.subscribed()
        await exchange.send(kline(0, closed=True))
        await exchange.send(kline(3, closed=True))
        await exchange.send(kline(4, closed=False))
        found = [one for one in await read(events, 5) if isinstance(one, CandleEvent)]

    minutes = [((one.open_time - START) // MINUTE, one.closed) for one in found]
    assert minutes == [(0, True), (1, True), (2, True), (3, True), (4, False)]
    assert found[2].close == 102.0
    assert exchange.asked[0]["startTime"] == str(START + MINUTE)
    assert exchange.asked[0]["endTime"] == str(START + 3 * MINUTE - 1)


async def test_a_gap_of_the_exchange_itself_stays_one(exchange: FakeBinance) -> None:
    """Where REST has no candle either, the stream goes on without it."""
    exchange.rest["klines"] = lambda _: answer([row(2)])
    async with aclosing(market(exchange).stream([CANDLE])) as events:
        await exchange.subscribed()
        await exchange.send(kline(0, closed=True))
        await exchange.send(kline(4, closed=True))
        found = [one for one in await read(events, 3) if isinstance(one, CandleEvent)]

    assert [(one.open_time - START) // MINUTE for one in found] == [0, 2, 4]


async def test_candles_that_cannot_be_had_are_a_loss_until_they_can(exchange: FakeBinance) -> None:
    """While REST fails the reader knows; the candles still come, in order, before it is told that all is well."""
    answers = [answer({"code": -1001, "msg": "Internal error"}, 500) for _ in range(5)] + [answer([row(1)])]
    exchange.rest["klines"] = lambda _: answers.pop(0)
    async with aclosing(market(exchange).stream([CANDLE])) as events:
        await exchange.subscribed()
        await exchange.send(kline(0, closed=True))
        await exchange.send(kline(2, closed=True))
        found = await read(events, 5)

    kinds = [type(one) for one in found]
    assert kinds == [CandleEvent, StreamLost, CandleEvent, CandleEvent, StreamResumed]


async def test_a_book_starts_from_a_snapshot_and_again_after_a_gap(exchange: FakeBinance) -> None:
    """Updates are buffered until a snapshot fits them; a gap is told and mended."""
    snapshots = [{"lastUpdateId": last, "bids": [["99", "5"]], "asks": [["101", "5"]]} for last in (8, 11, 25)]
    exchange.rest["depth"] = lambda _: answer(snapshots.pop(0))
    ours = market(exchange)
    async with aclosing(ours.stream([BOOK])) as events:
        await exchange.subscribed()
        await exchange.send(depth(10, 12))
        (first,) = await read(events, 1)
        top = ours.book("BTCUSDT").bids(2)
        await exchange.send(depth(20, 26, "99.25"))
        gap, again = await read(events, 2)
        after = ours.book("BTCUSDT").bids(2)

    assert first == BookEvent(symbol="BTCUSDT", update_id=12, in_sync=True, time=NOW)
    assert top == [(99.5, 1.0), (99.0, 5.0)]
    assert gap == BookEvent(symbol="BTCUSDT", update_id=-1, in_sync=False, time=NOW)
    assert again == BookEvent(symbol="BTCUSDT", update_id=26, in_sync=True, time=NOW)
    assert after == [(99.25, 1.0), (99.0, 5.0)]


async def test_pings_are_answered_and_silence_ends_the_connection(exchange: FakeBinance) -> None:
    """A pong repeats the ping's payload and keeps the connection; when nothing comes any more it is opened anew."""
    async with aclosing(market(exchange, silence=0.3).stream([TRADE])) as events:
        await exchange.subscribed()
        for _ in range(4):
            await exchange.connections[0].ping(b"123")
            await asyncio.sleep(0.15)
        assert len(exchange.connections) == 1
        await exchange.subscribed(2)
        (lost,) = await read(events, 1)

    assert set(exchange.pongs) == {b"123"}
    assert isinstance(lost, StreamLost)
    assert "0.3 s" in lost.reason


@pytest.mark.parametrize(
    "notice", ['{"e":"serverShutdown","E":1}', '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}']
)
async def test_a_shutdown_is_survived_without_a_loss(exchange: FakeBinance, notice: str) -> None:
    """The new connection opens before the old one ends; what both send is told once and nothing is missing."""
    async with aclosing(market(exchange).stream([TRADE])) as events:
        await exchange.subscribed()
        await exchange.send(trade(1))
        await exchange.send(notice)
        await exchange.subscribed(2)
        await exchange.connections[0].send_str(trade(2))
        await exchange.connections[1].send_str(trade(2))
        await exchange.connections[1].send_str(trade(3))
        found = await read(events, 3)

    assert [one.trade_id for one in found if isinstance(one, TradeEvent)] == [1, 2, 3]


async def test_a_connection_is_replaced_before_the_exchange_ends_it(exchange: FakeBinance) -> None:
    """After its life a connection has a successor, without a loss."""
    async with aclosing(market(exchange, life=0.2, overlap=0.05).stream([TRADE])) as events:
        await exchange.subscribed(2)
        await exchange.send(trade(1))

        assert isinstance((await read(events, 1))[0], TradeEvent)


async def test_a_refused_handshake_is_tried_again(exchange: FakeBinance) -> None:
    """429 and 5xx at the handshake are a loss until a connection is made."""
    exchange.refuse = [answer({}, 429, **{"Retry-After": "0"}), answer({}, 503)]
    async with aclosing(market(exchange).stream([TRADE])) as events:
        found = await read(events, 2)

    assert [type(one) for one in found] == [StreamLost, StreamResumed]


async def test_a_slow_reader_is_told_what_it_lost(exchange: FakeBinance) -> None:
    """Trades wait for the reader up to the capacity; then comes a loss, and the stream goes on when it has read."""
    settings = MarketDataSettings(capacity=3, connection=ConnectionSettings(first_pause=0.01))
    ours = BinanceMarketData(exchange.endpoints, lambda: NOW, settings=settings)
    async with aclosing(ours.stream([TRADE])) as events:
        await exchange.subscribed()
        for number in range(1, 9):
            await exchange.send(trade(number))
        await asyncio.sleep(0.1)
        early = await read(events, 4)
        await exchange.subscribed(2)
        await exchange.send(trade(20))
        late = await read(events, 2)

    assert [type(one) for one in early] == [TradeEvent, TradeEvent, TradeEvent, StreamLost]
    assert [type(one) for one in late] == [StreamResumed, TradeEvent]


async def test_a_slow_reader_gets_the_newest_forming_candle(exchange: FakeBinance) -> None:
    """Forming candles replace each other unread; the closed one stays."""
    async with aclosing(market(exchange).stream([CANDLE, TRADE])) as events:
        await exchange.subscribed()
        for close in ("101", "102", "103"):
            await exchange.send(kline(0, closed=False, close=close))
        await exchange.send(kline(0, closed=True, close="104"))
        await exchange.send(trade(1))
        await asyncio.sleep(0.1)
        found = await read(events, 3)

    assert [one.close for one in found if isinstance(one, CandleEvent)] == [103.0, 104.0]


async def test_a_forming_candle_does_not_overtake_the_closed_one_before_it(exchange: FakeBinance) -> None:
    """For a slow reader too: what comes after the close of an unread candle stands behind it."""
    async with aclosing(market(exchange).stream([CANDLE])) as events:
        await exchange.subscribed()
        await exchange.send(kline(0, closed=False))
        await exchange.send(kline(0, closed=True))
        await exchange.send(kline(1, closed=False))
        await asyncio.sleep(0.1)
        found = [one for one in await read(events, 3) if isinstance(one, CandleEvent)]

    assert [((one.open_time - START) // MINUTE, one.closed) for one in found] == [(0, False), (0, True), (1, False)]


async def test_leaving_the_iteration_ends_the_connection(exchange: FakeBinance) -> None:
    """Without `aclose` too: nothing runs on when nobody holds the events."""

    async def first() -> MarketEvent | None:
        async for event in market(exchange).stream([TRADE]):
            return event
        return None

    reading = asyncio.create_task(first())
    await exchange.subscribed()
    await exchange.send(trade(1))
    assert isinstance(await reading, TradeEvent)
    async with asyncio.timeout(5):
        await exchange.ended.wait()


async def test_an_impossible_request_is_raised_to_the_reader(exchange: FakeBinance) -> None:
    """What the exchange refuses for good ends the iteration instead of being repeated for ever."""
    exchange.reply = lambda request: {"error": {"code": 2, "msg": "Invalid request"}, "id": request["id"]}
    async with aclosing(market(exchange).stream([TRADE])) as events:
        with pytest.raises(BadRequest, match="Invalid request"):
            await read(events, 1)


async def test_too_many_streams_are_refused(exchange: FakeBinance) -> None:
    """A connection carries at most 1,024; a candle stream names its timeframe."""
    with pytest.raises(OutOfRange):
        market(exchange).stream([Stream(f"S{number}USDT", StreamKind.TRADE) for number in range(1_025)])
    with pytest.raises(InputError):
        market(exchange).stream([Stream("BTCUSDT", StreamKind.CANDLE)])


async def test_many_streams_are_asked_for_in_few_requests(exchange: FakeBinance) -> None:
    """450 streams are three requests, and frames that come between the answers are kept in order."""
    exchange.reply = lambda request: {"result": None, "id": request["id"]}
    streams = [TRADE, *(Stream(f"S{number}USDT", StreamKind.TRADE) for number in range(449))]
    async with aclosing(market(exchange).stream(streams)) as events:
        await exchange.subscribed()
        await exchange.send(trade(1))
        await exchange.send(trade(2))
        found = await read(events, 2)

    assert [len(request["params"]) for request in exchange.requests] == [200, 200, 50]
    assert [one.trade_id for one in found if isinstance(one, TradeEvent)] == [1, 2]


async def test_candles_are_paged_and_only_closed_ones_kept(exchange: FakeBinance) -> None:
    """1,500 minutes are two questions; the candle that forms at the exchange's present is left out."""

    def page(query: Mapping[str, str]) -> Any:
        first = (int(query["startTime"]) - START) // MINUTE
        last = min(first + 1000, (int(query["endTime"]) - START) // MINUTE + 1)
        return answer([row(minute) for minute in range(first, last)])

    exchange.rest["klines"] = page
    exchange.rest["time"] = lambda _: answer({"serverTime": START + 1_499 * MINUTE + 30_000})
    found = await market(exchange).candles("BTCUSDT", Timeframe.M1, START, START + 1_500 * MINUTE)

    assert len(found) == 1_499
    assert found.open_time[-1] == START + 1_498 * MINUTE
    assert found.close[0] == 101.0
    assert [one.get("startTime") for one in exchange.asked] == [None, str(START), str(START + 1_000 * MINUTE)]


@pytest.mark.parametrize("unused", ["0", "", "text", None, [1]])
async def test_columns_are_what_the_rows_say(exchange: FakeBinance, unused: object) -> None:
    """Each in its place, whatever the unused field holds."""
    exchange.rest["klines"] = lambda _: answer([[*row(minute)[:-1], unused] for minute in (0, 1)])
    exchange.rest["time"] = lambda _: answer({"serverTime": START + 2 * MINUTE})
    found = await market(exchange).candles("BTCUSDT", Timeframe.M1, START, START + 2 * MINUTE)

    assert found.open_time.tolist() == [START, START + MINUTE]
    columns = (found.open, found.high, found.low, found.close, found.volume, found.quote_volume)
    assert [column.tolist() for column in columns] == [2 * [value] for value in (100.0, 110.0, 90.0, 101.0, 7.0, 707.0)]


async def test_a_range_without_candles_is_empty(exchange: FakeBinance) -> None:
    """Nothing found is nothing told."""
    exchange.rest["klines"] = lambda _: answer([])

    assert len(await market(exchange).candles("BTCUSDT", Timeframe.M1, START, START + MINUTE)) == 0


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (({"code": -1121, "msg": "Invalid symbol."}, 400), UnknownSymbol),
        (([["x"]], 200), ProtocolBroken),
        (([row(1), row(0)], 200), ProtocolBroken),
        (([row(0, "111")], 200), ProtocolBroken),
        (([row(5)], 200), ProtocolBroken),
        (([row(0), [10**30, *row(1)[1:]], row(1)], 200), ProtocolBroken),
        (("<html>", 502), Unavailable),
        (({"code": -1003, "msg": "Too much"}, 429), RateLimited),
    ],
)
async def test_bad_answers_are_typed_errors(exchange: FakeBinance, reply: Any, error: type[Exception]) -> None:
    """What cannot be candles is refused; what may pass was asked again, within patience."""
    body, status = reply
    exchange.rest["klines"] = lambda _: answer(body, status, **{"Retry-After": "600"})
    with pytest.raises(error):
        await market(exchange).candles("BTCUSDT", Timeframe.M1, START, START + 2 * MINUTE)


async def test_generated_candles_are_synthetic_from_the_first_one_on() -> None:
    """Asked of a replay before its candles are."""
    async with stub_exchange() as stub:
        stub.always("GET /replay/status", {"candles": "synthetic"})
        stub.always("GET /api/v3/time", {"serverTime": NOW})
        stub.always("GET /api/v3/klines", [])
        ours = BinanceMarketData(Endpoints.replay(stub.url), lambda: NOW)
        before = ours.data
        await ours.candles("BTCUSDT", Timeframe.M1, START, START + MINUTE)

    assert (before, ours.data) == ("replay", "synthetic")
    assert [one.path for one in stub.asked] == ["/replay/status", "/api/v3/time", "/api/v3/klines"]


async def test_a_closed_candle_that_found_no_room_is_asked_for(exchange: FakeBinance) -> None:
    """However slow the reader, the closed candles it gets have no gap."""
    exchange.rest["klines"] = lambda query: answer(
        [row(minute) for minute in range(9) if int(query["startTime"]) <= row(minute)[0] <= int(query["endTime"])]
    )
    settings = MarketDataSettings(capacity=2, connection=ConnectionSettings(first_pause=0.01))
    ours = BinanceMarketData(exchange.endpoints, lambda: NOW, settings=settings)
    async with aclosing(ours.stream([CANDLE])) as events:
        await exchange.subscribed()
        for minute in range(5):
            await exchange.send(kline(minute, closed=True))
        await asyncio.sleep(0.1)
        found = await read(events, 3)
        await exchange.subscribed(2)
        await exchange.send(kline(6, closed=True))
        found += await read(events, 6)

    assert [(one.open_time - START) // MINUTE for one in found if isinstance(one, CandleEvent)] == list(range(7))
