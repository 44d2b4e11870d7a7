"""The exchange's own frames, recorded: our local book equals at every step the top of book that the exchange sent."""

import gzip
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tradingbot.exchange.binance.market.book import BookGap, LocalBook
from tradingbot.exchange.binance.market.frames import (
    AggTrade,
    BookTicker,
    Depth,
    DepthUpdate,
    Kline,
    Trade,
    decoder_of,
    frame_of,
    stream_of,
    unknown_fields,
)

pytestmark = pytest.mark.market_data

RECORDINGS = ("spot-BTCUSDT-20240808", "spot-ETHUSDT-20240808")


def recorded(market_data: Path, name: str) -> Sequence[str]:
    """The frames of a recording, without the time of receipt."""
    with gzip.open(market_data / "websocket" / f"{name}.frames.gz", "rt") as lines:
        return [line.rstrip("\n").split(" ", 1)[1] for line in lines if " {" in line]


def decoded(frames: Sequence[str]) -> Iterator[Any]:
    """What the frames say; the one that belongs to no stream is the snapshot over REST."""
    names = [stream_of(frame) for frame in frames]
    kinds = [frame_of(name) for name in set(names) if name is not None]
    decode = decoder_of([kind for kind in kinds if kind is not None])
    for name, frame in zip(names, frames, strict=True):
        yield msgspec.json.decode(frame, type=Depth, strict=False) if name is None else decode(frame).data


def of(kind: type, frames: Sequence[str]) -> list[Any]:
    """The frames of one kind."""
    return [one for one in decoded(frames) if isinstance(one, kind)]


@pytest.mark.parametrize("name", RECORDINGS)
def test_the_book_equals_the_exchanges_own_top(market_data: Path, name: str) -> None:
    """After every update the best bid and ask, prices and quantities, are those of the newest bookTicker up to it."""
    frames = recorded(market_data, name)
    tickers = {one.update_id: one for one in of(BookTicker, frames)}
    numbers = sorted(tickers)
    book = LocalBook("")
    compared = []
    for one in decoded(frames):
        if isinstance(one, Depth):
            assert book.load(one)
        if isinstance(one, DepthUpdate) and book.apply(one):
            ticker = tickers[numbers[bisect_right(numbers, book.update_id) - 1]]
            compared.append(ticker.update_id == book.update_id)
            assert book.bids(1) == [(ticker.bid, ticker.bid_quantity)]
            assert book.asks(1) == [(ticker.ask, ticker.ask_quantity)]

    assert len(compared) > 3_000
    assert sum(compared) > 500  # where the ticker is of the very same update


@pytest.mark.parametrize("name", RECORDINGS)
def test_recorded_frames_have_no_gap_and_nothing_unknown(market_data: Path, name: str) -> None:
    """Each update follows the one before, trades' ids are gapless, and every field is one that we know of."""
    frames = recorded(market_data, name)
    updates, trades = of(DepthUpdate, frames), of(Trade, frames)

    assert all(later.first_id == earlier.last_id + 1 for earlier, later in pairwise(updates))
    assert [one.trade_id for one in trades] == list(range(trades[0].trade_id, trades[0].trade_id + len(trades)))
    assert {key for frame in frames for key in unknown_fields(stream_of(frame) or "", frame)} == set()


def test_a_book_that_misses_an_update_says_so(market_data: Path) -> None:
    """With one recorded update left out, the next one is refused: the check of the sequence can fail."""
    frames = recorded(market_data, RECORDINGS[0])
    updates = of(DepthUpdate, frames)
    book = LocalBook("BTCUSDT")
    for update in updates[:40]:
        book.apply(update)
    assert book.load(of(Depth, frames)[0])

    with pytest.raises(BookGap, match="missing"):
        book.apply(updates[41])


def test_a_recording_of_2021_decodes(market_data: Path) -> None:
    """Depth, bookTicker, kline and aggTrade frames of an older, mixed recording: in sequence, possible, at the prices
    that the same seconds' bookTickers show."""
    frames = [frame for frame in recorded(market_data, "spot-mixed-20211012") if "stream" in frame[:10]]
    last: dict[str, int] = {}
    for update in of(DepthUpdate, frames):
        assert update.first_id == last.get(update.symbol, update.first_id - 1) + 1
        last[update.symbol] = update.last_id
    candles, trades = of(Kline, frames), of(AggTrade, frames)

    assert set(last) == {"NKNUSDT", "BLZETH", "LRCBTC", "RUNEEUR"}
    assert all(one.candle.low <= one.candle.close <= one.candle.high and not one.candle.closed for one in candles)
    assert {one.symbol for one in candles} == {"NKNUSDT", "LRCBTC"}
    assert {one.symbol: one.price for one in trades} == {one.symbol: one.candle.close for one in candles}


def test_recorded_futures_frames_name_the_update_before(market_data: Path) -> None:
    """Futures updates decode too; there `pu` is the last id of the update before."""
    updates = of(DepthUpdate, recorded(market_data, "um-mixed-20210722"))
    last: dict[str, int] = {}
    for update in updates:
        assert update.previous_id == last.get(update.symbol, update.previous_id)
        last[update.symbol] = update.last_id

    assert len(updates) > 500
