"""Verify finds every planted fault and nothing else."""

import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.partition import encode, read_provenance
from tradingbot.data.schema import SCHEMA, SourceInfo, SourceLabel
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles
from tradingbot.data.verify import Finding, verify
from tradingbot.domain.timeframe import MINUTE_MS, Timeframe

START = 1_704_067_200_000
END_OF_MONTH = START + 31 * 1440 * MINUTE_MS


@pytest.fixture
def store(tmp_path: Path) -> ParquetStore:
    return ParquetStore(tmp_path)


def candles(timeframe: Timeframe = Timeframe.M1, start: int = START, count: int = 600) -> pl.DataFrame:
    return synthetic_candles(np.random.default_rng(2), SyntheticMarket(), timeframe, start, count)


def at(frame: pl.DataFrame, first: int, count: int, **values: object) -> pl.DataFrame:
    """The frame with some columns set in `count` rows from `first` on."""
    rows = pl.int_range(pl.len()).is_between(first, first + count - 1)
    return frame.with_columns(
        pl.when(rows).then(value).otherwise(pl.col(name)).cast(SCHEMA[name]).alias(name)  # type: ignore[arg-type]
        for name, value in values.items()
    )


def keep(store: ParquetStore, frame: pl.DataFrame, label: SourceLabel = "import", tf: Timeframe = Timeframe.M1) -> None:
    store.write("BTCUSDT", tf, frame, SourceInfo(label, label, label, 1))


def found(store: ParquetStore) -> dict[str, Finding]:
    return {one.kind: one for one in verify(store.layout, "BTCUSDT", list(Timeframe))}


def test_sound_candles_give_no_finding(store: ParquetStore) -> None:
    """Nothing is listed where nothing is odd."""
    keep(store, candles())

    assert found(store) == {}


def test_gaps_are_listed_across_months(store: ParquetStore) -> None:
    """Also a gap at a turn of the month counts once, with its size."""
    frame = candles(start=END_OF_MONTH - 100 * MINUTE_MS, count=200)
    keep(store, pl.concat([frame[:95], frame[105:150], frame[151:]]))

    gap = found(store)["gap"]

    assert (gap.count, gap.cases, gap.largest[0].time) == (11, 2, END_OF_MONTH - 5 * MINUTE_MS)


def test_contradictions_are_errors(store: ParquetStore) -> None:
    """A close above the high cannot be."""
    keep(store, at(candles(), 7, 1, high=1.0))

    finding = found(store)["contradiction"]

    assert (finding.count, finding.largest[0].time, finding.is_error) == (1, START + 7 * MINUTE_MS, True)


def test_dead_stretches_are_listed(store: ParquetStore) -> None:
    """Six minutes without volume, and six at one price with volume, each count as one case; four do not."""
    price = dict.fromkeys(("open", "high", "low", "close"), 100.0)
    frame = at(candles(), 50, 6, volume=0.0)
    frame = at(at(frame, 100, 7, **price), 300, 4, volume=0.0)
    keep(store, frame)

    findings = found(store)

    assert (findings["zero-volume"].count, findings["zero-volume"].cases) == (6, 1)
    assert (findings["stale"].count, findings["stale"].largest[0].time) == (6, START + 101 * MINUTE_MS)


def test_a_jump_is_listed(store: ParquetStore) -> None:
    """A price far off its neighbours is suspicious; a different level after a gap is not."""
    keep(store, at(candles(), 20, 1, low=30.0))
    later = candles(start=START + 10_000 * MINUTE_MS).with_columns(pl.col("open", "high", "low", "close") * 5)
    store.write("BTCUSDT", Timeframe.M1, later, SourceInfo("import", "later", "later", 2))

    jump = found(store)["jump"]

    assert [(one.time, jump.is_error) for one in jump.largest] == [(START + 20 * MINUTE_MS, False)]


def test_disagreeing_sources_are_shown_side_by_side(store: ParquetStore) -> None:
    """Both prices are listed; the archive's is the one that is read."""
    archive = at(candles(), 9, 1, high=100.75)
    keep(store, archive, "archive")
    keep(store, at(archive, 9, 1, high=100.5), "rest")

    finding = found(store)["disagreement"]

    assert (finding.count, finding.largest[0].detail) == (1, "high: archive 100.75, rest 100.5")
    assert store.load("BTCUSDT", Timeframe.M1, START, END_OF_MONTH).candles.high[9] == 100.75


def test_stored_higher_candles_are_compared(store: ParquetStore) -> None:
    """An hour that differs from its minutes is listed; one whose minutes have holes cannot be compared."""
    keep(store, candles().filter(pl.int_range(pl.len()) != 130))
    hours = store.load("BTCUSDT", Timeframe.H1, START, END_OF_MONTH).candles
    columns = {name: getattr(hours, name) for name in list(SCHEMA)[:6]}
    frame = pl.DataFrame(columns).with_columns(
        pl.lit(None, kind).alias(name) for name, kind in list(SCHEMA.items())[6:]
    )
    keep(store, at(at(frame, 2, 1, volume=1.0), 4, 1, close=1234.5), tf=Timeframe.H1)

    finding = found(store)["resampling"]

    assert finding.count == 1
    assert finding.largest[0].detail.startswith("close: stored 1234.5, from 1m ")


def test_off_grid_candles_are_listed(store: ParquetStore) -> None:
    """They are kept as the exchange stamped them."""
    keep(store, candles().with_columns(open_time=pl.col("open_time") + 2_500))

    assert found(store)["off-grid"].largest[0].detail == "opens 2.5 s after the grid"


def test_tampering_is_found(store: ParquetStore) -> None:
    """A stored file whose candles are not those that were written, or that cannot be read, is an error."""
    keep(store, candles())
    keep(store, candles(), "rest")
    file = store.layout.file("BTCUSDT", Timeframe.M1, "2024-01", "import")
    changed = at(pl.read_parquet(file.read_bytes()), 3, 1, close=100.0)
    honest = pl.read_parquet_metadata(file)
    target = io.BytesIO()
    changed.write_parquet(target, metadata={"tradingbot": honest["tradingbot"]})
    file.write_bytes(target.getvalue())
    store.layout.file("BTCUSDT", Timeframe.M1, "2024-01", "rest").write_bytes(b"PAR1")

    findings = found(store)

    assert findings["altered"].is_error
    assert findings["unreadable"].largest[0].detail.startswith("rest.parquet of 2024-01: not a readable")


def test_duplicates_are_errors(store: ParquetStore) -> None:
    """The store never writes two candles of one moment, so a file that has them was made by something else."""
    keep(store, candles())
    file = store.layout.file("BTCUSDT", Timeframe.M1, "2024-01", "import")
    frame = pl.read_parquet(file.read_bytes())
    file.write_bytes(encode(pl.concat([frame[:5], frame[4:]]), read_provenance(file).pieces))

    finding = found(store)["duplicate"]

    assert (finding.count, finding.largest[0].time, finding.is_error) == (1, START + 4 * MINUTE_MS, True)
