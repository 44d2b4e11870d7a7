"""V9: public prices, as the exchange states them."""

import asyncio

import pytest

from tests.support.bench import BTC, Bench
from tests.support.cases import case
from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.timeframe import HOUR_MS, MINUTE_MS, Timeframe
from tradingbot.exchange.errors import UnknownSymbol
from tradingbot.exchange.events import BookEvent, CandleEvent, StreamLost, StreamResumed, TopOfBook, TradeEvent
from tradingbot.exchange.replay.gate.faults import Fault
from tradingbot.exchange.streams import Stream, StreamKind

CANDLES = Stream(BTC, StreamKind.CANDLE, Timeframe.M1)


@case("V901", sockets=True, steered=False)
async def test_candles(bench: Bench) -> None:
    """The closed candles of a period, each once and in order."""
    end = await bench.venue.server_time() // MINUTE_MS * MINUTE_MS
    found = await bench.prices.candles(BTC, Timeframe.M1, end - HOUR_MS, end)

    assert found.open_time.tolist() == list(range(end - HOUR_MS, end, MINUTE_MS))
    assert (found.high >= found.low).all()


@case("V902", sockets=True, steered=False)
async def test_candles_of_an_unknown_symbol(bench: Bench) -> None:
    """UnknownSymbol."""
    with pytest.raises(UnknownSymbol):
        await bench.prices.candles("NOSUCHUSDT", Timeframe.M1, 0, HOUR_MS)


@case("V903", sockets=True, steered=False)
async def test_more_candles_than_one_answer_holds(bench: Bench) -> None:
    """A longer period is asked for page by page, without a seam."""
    end = await bench.venue.server_time() // MINUTE_MS * MINUTE_MS
    start = end - 1_200 * MINUTE_MS
    found = await bench.prices.candles(BTC, Timeframe.M1, start, end)

    assert found.open_time.tolist() == list(range(start, end, MINUTE_MS))


@case("V904", planted=True)
async def test_closed_candles(bench: Bench) -> None:
    """A candle is told as closed once, and is the one that a question gives."""
    async with bench.listening(CANDLES) as told:
        await bench.replay.advance(3)
        await told.until(lambda: len(closed(told.of(CandleEvent))) >= 3)

    opened = [one.open_time for one in closed(told.of(CandleEvent))]
    asked = await bench.prices.candles(BTC, Timeframe.M1, opened[0], opened[-1] + MINUTE_MS)
    assert opened == asked.open_time.tolist()
    assert [one.close for one in closed(told.of(CandleEvent))] == asked.close.tolist()


def closed(events: list[CandleEvent]) -> list[CandleEvent]:
    """Those that may be used for decisions."""
    return [one for one in events if one.closed]


@case("V905", planted=True)
async def test_candles_after_a_lost_connection(bench: Bench) -> None:
    """What closed while the connection was lost is asked for: no candle is missing, none comes twice."""
    async with bench.listening(CANDLES) as told:
        await bench.replay.advance(2)
        await told.until(lambda: len(closed(told.of(CandleEvent))) >= 2)
        await bench.replay.disconnect("streams")
        await bench.replay.advance(3)
        await told.until(lambda: told.of(StreamResumed))
        await bench.replay.advance(2)
        await told.until(lambda: len(closed(told.of(CandleEvent))) >= 7)

    opened = [one.open_time for one in closed(told.of(CandleEvent))]
    assert opened == list(range(opened[0], opened[0] + len(opened) * MINUTE_MS, MINUTE_MS))
    assert told.of(StreamLost)


@case("V906", planted=True)
async def test_trades(bench: Bench) -> None:
    """Trades come in the order of their ids, with the price and quantity of each."""
    async with bench.listening(Stream(BTC, StreamKind.TRADE)) as told:
        for price in ("50001", "50002", "50003"):
            await bench.steer.trade(price, "0.5")
        await told.until(lambda: len(told.of(TradeEvent)) >= 3)

    trades = told.of(TradeEvent)
    assert [(one.price, one.quantity) for one in trades] == [(50_001, 0.5), (50_002, 0.5), (50_003, 0.5)]
    assert [one.trade_id - trades[0].trade_id for one in trades] == [0, 1, 2]


@case("V907", sockets=True, steered=False)
async def test_top_of_book(bench: Bench) -> None:
    """Best bid and ask are told, the bid below the ask."""
    async with bench.listening(Stream(BTC, StreamKind.TOP_OF_BOOK)) as told:
        if bench.steering:
            await bench.steer.book((("49995", "1"),), (("50005", "2"),))
        await told.until(lambda: told.of(TopOfBook))

    top = told.of(TopOfBook)[-1]
    assert 0 < top.bid < top.ask
    assert min(top.bid_quantity, top.ask_quantity) > 0


@case("V908", sockets=True, steered=False)
async def test_book(bench: Bench) -> None:
    """The local book comes into step with the exchange's."""
    async with bench.listening(Stream(BTC, StreamKind.BOOK)) as told:
        if bench.steering:
            await bench.steer.book((("49995", "1"),), (("50005", "2"),))
        await told.until(lambda: [one for one in told.of(BookEvent) if one.in_sync])


@case("V909", planted=True)
async def test_a_lost_frame_of_the_book(bench: Bench) -> None:
    """A gap in the updates is noticed, and the book comes into step again."""
    async with bench.listening(Stream(BTC, StreamKind.BOOK)) as told:
        await bench.steer.book((("49995", "1"),), (("50005", "2"),))
        await told.until(lambda: [one for one in told.of(BookEvent) if one.in_sync])
        await bench.replay.fault(Fault.LOST, "btcusdt@depth*")
        for price in range(49_980, 49_990):
            await bench.steer.book(((str(price), "1"),), (("50005", "2"),))
            await asyncio.sleep(0.15)
        await told.until(lambda: told.of(BookEvent)[-1].in_sync and _out_of_step(told.of(BookEvent)))
    assert await bench.replay.has_struck()


def _out_of_step(events: list[BookEvent]) -> bool:
    return any(not one.in_sync for one in events)


@case("V910", sockets=True, steered=False)
async def test_too_many_streams(bench: Bench) -> None:
    """More than 1,024 streams are refused before anything is sent."""
    streams = [Stream(f"S{number}USDT", StreamKind.TRADE) for number in range(1_025)]
    with pytest.raises(OutOfRange):
        async for _ in bench.prices.stream(streams):
            pass


@case("V911", sockets=True, steered=False)
async def test_provenance_of_prices(bench: Bench) -> None:
    """Prices are labelled as the venue's are, from the first one on."""
    async with bench.listening(Stream(BTC, StreamKind.TOP_OF_BOOK)):
        assert bench.prices.data == bench.venue.data
