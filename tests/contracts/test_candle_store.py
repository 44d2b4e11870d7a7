"""What every candle store must do, whatever it is made of."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.schema import SourceInfo, SourceLabel
from tradingbot.data.store import CandleStore, finest_common
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles
from tradingbot.domain.errors import InputError, NoData, OutOfRange, StoreBusy
from tradingbot.domain.symbols import PREDECESSORS
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS, Timeframe

START = 1_704_067_200_000  # 2024-01-01
POL = PREDECESSORS["POLUSDT"].until_ms

MakeStore = Callable[[str], CandleStore]


@pytest.fixture(params=[ParquetStore])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> MakeStore:
    """A new store of each kind by name; the same name is the same store."""
    kind = request.param
    return lambda name: kind(tmp_path / name, lock_wait=0.1)


@pytest.fixture
def store(make_store: MakeStore) -> CandleStore:
    """An empty store."""
    return make_store("store")


def candles(timeframe: Timeframe, start: int, count: int, seed: int = 1) -> pl.DataFrame:
    return synthetic_candles(np.random.default_rng(seed), SyntheticMarket(), timeframe, start, count)


def original(name: str = "a", label: SourceLabel = "import", fetched_at: int = 1) -> SourceInfo:
    return SourceInfo(label, name, name * 64, fetched_at)


def test_what_is_written_is_read(store: CandleStore) -> None:
    """Columns come back to the last digit, with their facts."""
    frame = candles(Timeframe.M1, START, 100)

    store.write("BTCUSDT", Timeframe.M1, frame, original())
    loaded = store.load("BTCUSDT", Timeframe.M1, START, START + DAY_MS)

    assert frame["close"].to_list() == loaded.candles.close.tolist()
    assert frame["quote_volume"].to_list() == loaded.candles.quote_volume.tolist()
    assert (
        loaded.info.rows,
        loaded.info.missing,
        loaded.info.sources,
        loaded.info.note,
    ) == (100, 0, ["import"], "")


def test_writing_again_changes_nothing(store: CandleStore) -> None:
    """The same original twice gives no new candle."""
    frame = candles(Timeframe.M1, START, 50)
    store.write("BTCUSDT", Timeframe.M1, frame, original())

    again = store.write("BTCUSDT", Timeframe.M1, frame, original(fetched_at=2))

    assert (again.rows, again.new, again.replaced) == (50, 0, 0)


def test_the_original_fetched_later_is_read(store: CandleStore) -> None:
    """An archive file that its publisher replaced takes the old one's place, in whatever order they were written."""
    old, new = candles(Timeframe.M1, START, 10, seed=1), candles(Timeframe.M1, START, 10, seed=2)
    store.write("BTCUSDT", Timeframe.M1, new, original("b", fetched_at=2))
    report = store.write("BTCUSDT", Timeframe.M1, old, original("a", fetched_at=1))

    loaded = store.load("BTCUSDT", Timeframe.M1, START, START + HOUR_MS)

    assert new["close"].to_list() == loaded.candles.close.tolist()
    assert report.new == 0


def test_archive_precedes_rest_precedes_import(store: CandleStore) -> None:
    """Of each candle the most trusted kind of source is read; the others fill only what it lacks."""
    frames = [candles(Timeframe.M1, START, count, seed=count) for count in (10, 20, 30)]
    store.write("BTCUSDT", Timeframe.M1, frames[2], original("c", "import"))
    store.write("BTCUSDT", Timeframe.M1, frames[0], original("a", "archive"))
    store.write("BTCUSDT", Timeframe.M1, frames[1], original("b", "rest"))

    loaded = store.load("BTCUSDT", Timeframe.M1, START, START + HOUR_MS)

    expected = [*frames[0]["close"], *frames[1]["close"][10:], *frames[2]["close"][20:]]
    assert expected == loaded.candles.close.tolist()
    assert loaded.info.sources == ["archive", "rest", "import"]


def test_gaps_are_reported_and_not_filled(store: CandleStore) -> None:
    """A missing candle stays missing and is counted, the largest gap first."""
    frame = candles(Timeframe.M1, START, 30)
    kept = pl.concat([frame[:5], frame[6:10], frame[20:]])
    store.write("BTCUSDT", Timeframe.M1, kept, original())

    info = store.load("BTCUSDT", Timeframe.M1, START, START + HOUR_MS).info

    assert (info.rows, info.missing) == (19, 11)
    assert list(info.gaps) == [(START + 10 * MINUTE_MS, 10), (START + 5 * MINUTE_MS, 1)]


def test_a_timeframe_not_stored_is_resampled(store: CandleStore) -> None:
    """Complete higher candles come from the finest stored ones, and the note says so."""
    store.write("BTCUSDT", Timeframe.M1, candles(Timeframe.M1, START, 150), original())

    loaded = store.load("BTCUSDT", Timeframe.H1, START, START + DAY_MS)

    assert loaded.candles.open_time.tolist() == [START, START + HOUR_MS]
    assert loaded.info.note == "resampled from 1m"


def test_a_candle_not_closed_by_the_end_is_not_read(store: CandleStore) -> None:
    """Nothing after the end of the range can reach the reader, resampled or not."""
    store.write("BTCUSDT", Timeframe.M1, candles(Timeframe.M1, START, 600), original())
    end = START + 3 * HOUR_MS + 59 * MINUTE_MS

    assert store.load("BTCUSDT", Timeframe.H1, START, end).candles.close_time[-1] == START + 3 * HOUR_MS
    assert store.load("BTCUSDT", Timeframe.M1, START, end - 1).candles.close_time[-1] == end - MINUTE_MS


def test_an_outage_at_the_end_of_an_hour_does_not_swallow_it(store: CandleStore) -> None:
    """A group whose last candles are missing is built from those present once later candles prove it closed."""
    frame = candles(Timeframe.M1, START, 180)
    store.write("BTCUSDT", Timeframe.M1, pl.concat([frame[:50], frame[70:]]), original())

    loaded = store.load("BTCUSDT", Timeframe.H1, START, START + DAY_MS)

    assert len(loaded.candles) == 3
    assert "2 built from incomplete groups" in loaded.info.note


def test_the_native_timeframe_is_preferred(store: CandleStore) -> None:
    """Stored hours are read as they are, not made from minutes."""
    hours = candles(Timeframe.H1, START, 24 * 31, seed=5)
    store.write("BTCUSDT", Timeframe.H1, hours, original())
    store.write("BTCUSDT", Timeframe.M1, candles(Timeframe.M1, START, 1440 * 31), original())

    loaded = store.load("BTCUSDT", Timeframe.H1, START, START + DAY_MS)

    assert hours["close"][:24].to_list() == loaded.candles.close.tolist()
    assert loaded.info.note == ""


def test_months_that_lack_the_native_timeframe_are_resampled(store: CandleStore) -> None:
    """The choice is made month by month and does not depend on the range asked for."""
    february = START + 31 * DAY_MS
    store.write("BTCUSDT", Timeframe.H1, candles(Timeframe.H1, START, 24 * 31), original())
    store.write("BTCUSDT", Timeframe.M5, candles(Timeframe.M5, february, 288 * 29), original())

    whole = store.load("BTCUSDT", Timeframe.H1, START, february + 29 * DAY_MS)
    part = store.load("BTCUSDT", Timeframe.H1, february, february + 29 * DAY_MS)

    assert whole.info.note == "resampled from 5m in 2024-02"
    assert whole.candles.close[31 * 24 :].tolist() == part.candles.close.tolist()


def test_a_renamed_coin_carries_on_its_history(store: CandleStore) -> None:
    """POLUSDT before its first candle is MATICUSDT, one to one, and the note marks the change."""
    store.write("MATICUSDT", Timeframe.H1, candles(Timeframe.H1, POL - 100 * HOUR_MS, 20), original())
    store.write("POLUSDT", Timeframe.H1, candles(Timeframe.H1, POL, 30), original())

    loaded = store.load("POLUSDT", Timeframe.H1, POL - 200 * HOUR_MS, POL + 200 * HOUR_MS)

    assert (loaded.info.rows, loaded.info.missing) == (50, 80)
    assert loaded.info.note == "MATICUSDT before 2024-09-13T10:00Z"
    assert store.span("POLUSDT", Timeframe.H1) == (POL - 100 * HOUR_MS, POL + 30 * HOUR_MS)
    assert store.load("POLUSDT", Timeframe.H1, POL, POL + DAY_MS).info.note == ""


def test_what_is_not_stored_is_named(store: CandleStore) -> None:
    """An unknown symbol, a timeframe too fine, another period and a reversed range say what to do instead."""
    store.write("BTCUSDT", Timeframe.H1, candles(Timeframe.H1, START, 24), original())

    with pytest.raises(NoData, match=r"symbol: nothing is stored for ETHUSDT.*data download"):
        store.load("ETHUSDT", Timeframe.H1, START, START + DAY_MS)
    with pytest.raises(NoData, match=r"timeframe: BTCUSDT is not stored in 1m.*Stored: 1h"):
        store.load("BTCUSDT", Timeframe.M1, START, START + DAY_MS)
    with pytest.raises(NoData, match="2024-01-01T00:00Z to 2024-01-02T00:00Z"):
        store.load("BTCUSDT", Timeframe.H1, START + DAY_MS, START + 2 * DAY_MS)
    with pytest.raises(OutOfRange, match=r"from/to: .* reversed"):
        store.load("BTCUSDT", Timeframe.H1, START + DAY_MS, START)


def test_the_finest_common_timeframe_is_the_coarsest_that_one_needs(store: CandleStore) -> None:
    """A symbol stored in minutes serves five minutes too; holes of more than 3 % do not count as covered."""
    store.write("BTCUSDT", Timeframe.M1, candles(Timeframe.M1, START, 1440), original())
    store.write("ETHUSDT", Timeframe.M5, candles(Timeframe.M5, START, 288), original())
    holey = candles(Timeframe.M1, START, 1440)
    store.write("SOLUSDT", Timeframe.M1, pl.concat([holey[:600], holey[660:]]), original())

    assert finest_common(store, ["BTCUSDT", "ETHUSDT"], START, START + DAY_MS) is Timeframe.M5
    assert finest_common(store, ["BTCUSDT"], START, START + DAY_MS) is Timeframe.M1
    with pytest.raises(NoData, match=r"SOLUSDT has 95\.83%"):
        finest_common(store, ["BTCUSDT", "SOLUSDT"], START, START + DAY_MS)


def test_a_symbol_listed_later_covers_from_its_first_candle(store: CandleStore) -> None:
    """What came before a listing is not missing."""
    store.write("BTCUSDT", Timeframe.H1, candles(Timeframe.H1, START, 48), original())
    store.write("ETHUSDT", Timeframe.H1, candles(Timeframe.H1, START + DAY_MS, 24), original())

    assert finest_common(store, ["BTCUSDT", "ETHUSDT"], START, START + 2 * DAY_MS) is Timeframe.H1


def test_real_and_synthetic_candles_never_share_a_store(store: CandleStore) -> None:
    """Neither may be written into a store of the other kind, so no reader can mix them."""
    frame = candles(Timeframe.H1, START, 24)
    store.write("BTCUSDT", Timeframe.H1, frame, original("s", "synthetic"))

    with pytest.raises(InputError, match=r"store: .* holds synthetic candles.*--store"):
        store.write("ETHUSDT", Timeframe.H1, frame, original("a", "archive"))
    assert store.load("BTCUSDT", Timeframe.H1, START, START + DAY_MS).info.sources == ["synthetic"]
    assert list(store.symbols()) == ["BTCUSDT"]


def test_a_second_writer_is_told(make_store: MakeStore) -> None:
    """While one holds the store another cannot write, and is told what to do."""
    frame = candles(Timeframe.H1, START, 24)
    with make_store("store").writing(), pytest.raises(StoreBusy, match=r"another process is writing.*--store"):
        make_store("store").write("BTCUSDT", Timeframe.H1, frame, original())

    assert make_store("store").write("BTCUSDT", Timeframe.H1, frame, original()).new == 24
