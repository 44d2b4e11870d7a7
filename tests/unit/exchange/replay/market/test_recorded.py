"""Recorded frames, told again."""

import gzip
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import msgspec
import polars as pl
import pytest

from tests.support.replay import BTC, FIRST, SOURCE, Bench, bench, rising, store_of
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.schema import SCHEMA
from tradingbot.domain.errors import BadFile
from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS, Timeframe
from tradingbot.exchange.replay.market.recorded import read_frames

BEGIN = FIRST + 30 * MINUTE_MS
SNAPSHOT = '{"lastUpdateId":10,"bids":[["100.0","1"],["99.0","2"]],"asks":[["101.0","1"],["102.0","3"]]}'


def diff(at: int, first: int, last: int, bids: str = "[]", asks: str = "[]") -> str:
    """A change of the book, `at` ms after the beginning."""
    data = f'{{"e":"depthUpdate","E":{BEGIN + at},"s":"BTCUSDT","U":{first},"u":{last},"b":{bids},"a":{asks}}}'
    return f'{{"stream":"btcusdt@depth@100ms","data":{data}}}'


def trade(at: int, number: int, price: str) -> str:
    """A public trade of 0.5."""
    when = BEGIN + at
    data = f'{{"e":"trade","E":{when},"s":"BTCUSDT","t":{number},"p":"{price}","q":"0.5","T":{when},"m":true}}'
    return f'{{"stream":"btcusdt@trade","data":{data}}}'


def best(update: int, bid: str, ask: str) -> str:
    """The top of the book, which states no time."""
    data = f'{{"u":{update},"s":"BTCUSDT","b":"{bid}","B":"7","a":"{ask}","A":"8"}}'
    return f'{{"stream":"btcusdt@bookTicker","data":{data}}}'


def recording(folder: Path, *frames: str) -> Path:
    """Frames as a recorder keeps them."""
    path = folder / "frames.gz"
    path.write_bytes(gzip.compress("".join(f"{BEGIN * 1_000_000} {frame}\n" for frame in frames).encode()))
    return path


def replayed(folder: Path, *frames: str) -> Bench:
    """An hour of candles, and frames from its middle on."""
    store = store_of(folder / "store", rising(60))
    return bench(store, start=None, frames=(recording(folder, *frames),))


@pytest.mark.anyio
async def test_trades_keep_their_ids_and_prices(tmp_path: Path) -> None:
    """They make the candles of their time."""
    exchange = replayed(tmp_path, diff(0, 9, 10), SNAPSHOT, trade(5, 700, "100.5"), trade(9, 701, "100.0"))
    heard = exchange.listen("btcusdt@trade", "btcusdt@kline_1m")
    await exchange.replay.feed.advance(1)

    assert [(one["t"], one["p"], one["T"] - BEGIN) for one in heard.told("btcusdt@trade")] == [
        (700, "100.50000000", 5),
        (701, "100.00000000", 9),
    ]
    closed = [one["k"] for one in heard.told("btcusdt@kline_1m") if one["k"]["x"]]
    assert [(one["o"], one["c"], one["v"], one["f"], one["L"]) for one in closed] == [
        ("100.50000000", "100.00000000", "1.00000000", 700, 701)
    ]


@pytest.mark.anyio
async def test_the_book_follows_snapshot_diffs_and_tops(tmp_path: Path) -> None:
    """What the snapshot already has is not applied again; a top of the book takes better levels away."""
    exchange = replayed(
        tmp_path,
        diff(0, 8, 9, bids='[["50.0","9"]]'),
        SNAPSHOT,
        diff(1, 11, 12, bids='[["100.0","0"],["98.0","5"]]'),
        best(14, "98.5", "101.5"),
    )
    await exchange.replay.feed.advance(1)
    book = exchange.replay.market.of(BTC).book

    assert book.update_id == 14
    assert book.bids() == [(Decimal("98.5"), Decimal(7)), (Decimal("98.0"), Decimal(5))]
    assert book.asks() == [(Decimal("101.5"), Decimal(8)), (Decimal("102.0"), Decimal(3))]
    assert exchange.exchange.top(BTC) == (Decimal("98.5"), Decimal("101.5"))


def test_the_frames_can_be_shifted_to_the_wall_clock(tmp_path: Path) -> None:
    """They begin within a minute from now."""
    path = recording(tmp_path, diff(0, 9, 10), SNAPSHOT, trade(5, 700, "100.5"))
    now = FIRST + 400 * DAY_MS + 12_345
    exchange = bench(store_of(tmp_path / "store", rising(60)), wall=now, wall_clock=True, frames=(path,))
    told = exchange.replay.feed.status()

    assert 0 <= told["nextEvent"] - now < MINUTE_MS
    assert told["symbols"][BTC]["drivenBy"] == "recorded frames"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no frames at all\n",
        b'123 {"stream":"btcusdt@trade","data":{}}\n',
        b"123 {broken\n",
        b'x {"stream":"btcusdt@trade","data":{}}\n',
        f"1 {SNAPSHOT}\n".encode(),
        "1 {}\n1 {}\n".format(diff(0, 9, 10).replace('"U"', '"pu":8,"U"'), SNAPSHOT).encode(),
        f'1 {trade(0, 1, "1")}\n1 {SNAPSHOT}\n1 {{"stream":"ethusdt@trade","data":{{"t":1}}}}\n'.encode(),
    ],
)
def test_files_that_are_no_recording_of_one_symbol(tmp_path: Path, content: bytes) -> None:
    """The error names the file and says what would be one."""
    path = tmp_path / "frames"
    path.write_bytes(content)

    with pytest.raises(BadFile, match="GET depth"):
        read_frames(path)


def test_a_truncated_archive_and_a_missing_file(tmp_path: Path) -> None:
    """Neither is half read."""
    path = recording(tmp_path, diff(0, 9, 10), SNAPSHOT)
    path.write_bytes(path.read_bytes()[:-20])

    for one in (path, tmp_path / "absent.gz"):
        with pytest.raises(BadFile):
            read_frames(one)


@pytest.mark.anyio
@pytest.mark.market_data
async def test_recorded_trades_make_the_exchanges_own_candles(market_data: Path, tmp_path: Path) -> None:
    """Five whole minutes of 2024-08-08 equal the stored klines; every diff follows the one before."""
    store = ParquetStore(tmp_path)
    minutes = pl.read_parquet(market_data / "spot" / "klines" / "1m" / "BTCUSDT-2024.parquet")
    minutes = minutes.with_columns(pl.col("open_time").dt.epoch("ms")).filter(
        pl.col("open_time").is_between(1_723_147_200_000, 1_723_161_600_000)
    )
    store.write(BTC, Timeframe.M1, minutes.select(*SCHEMA), SOURCE)
    path = market_data / "websocket" / "spot-BTCUSDT-20240808.frames.gz"
    exchange = bench(store, start=None, frames=(path,))
    heard = exchange.listen("btcusdt@kline_1m", "btcusdt@depth@100ms")
    await exchange.replay.feed.advance(6)
    closed = [one["k"] for one in heard.told("btcusdt@kline_1m") if one["k"]["x"]]
    diffs = heard.told("btcusdt@depth@100ms")
    stored = store.load(BTC, Timeframe.M1, closed[1]["t"], closed[5]["T"] + 1).candles

    assert [[float(one[name]) for name in "ohlc"] for one in closed[1:6]] == [
        list(row) for row in zip(stored.open, stored.high, stored.low, stored.close, strict=True)
    ]
    assert [float(one["v"]) for one in closed[1:6]] == pytest.approx(stored.volume)
    assert all(after["U"] == before["u"] + 1 for before, after in pairwise(diffs))


@pytest.mark.anyio
@pytest.mark.market_data
async def test_the_replayed_top_of_book_is_the_recorded_one(market_data: Path, tmp_path: Path) -> None:
    """At every bookTicker of the recording that is newer than what the book knew."""
    path = market_data / "websocket" / "spot-ETHUSDT-20240808.frames.gz"
    found = read_frames(path)[:3_000]
    exchange = bench(store_of(tmp_path, rising(60), "ETHUSDT"), symbols=("ETHUSDT",))
    market = exchange.replay.market.of("ETHUSDT")
    compared = 0
    for one in found:
        one.tell(exchange.replay.feed.floor, FIRST)
        if one.kind == "bookTicker":
            told = msgspec.json.decode(one.content)
            top = market.book.top()
            assert top is not None
            if top.update_id == told["u"]:
                compared += 1
                assert top.bid == (Decimal(told["b"]), Decimal(told["B"]))
                assert top.ask == (Decimal(told["a"]), Decimal(told["A"]))

    assert compared > 1_000
