"""Properties of stored and resampled candles that hold for every input."""

import itertools
import math
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.partition import read_provenance
from tradingbot.data.resample import resample
from tradingbot.data.schema import SourceInfo
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles
from tradingbot.domain.candles import COLUMNS, Candles
from tradingbot.domain.timeframe import DAY_MS, Timeframe

START = 1_706_659_200_000  # 2024-01-31: the candles cross a month
TIMEFRAMES = st.sampled_from([Timeframe.M3, Timeframe.M5, Timeframe.M15, Timeframe.H1])


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    """One-minute candles with holes and, at times, stamps off the grid."""
    seed, count = draw(st.integers(0, 10_000)), draw(st.integers(1, 300))
    start = START + DAY_MS - draw(st.integers(0, 240)) * 60_000 + draw(st.sampled_from([0, 0, 0, 31_007]))
    frame = synthetic_candles(np.random.default_rng(seed), SyntheticMarket(), Timeframe.M1, start, count)
    holes = draw(st.sets(st.integers(0, count - 1), max_size=count // 2))
    return frame.filter(~pl.int_range(pl.len()).is_in(list(holes)))


def as_candles(frame: pl.DataFrame) -> Candles:
    times, opens, highs, lows, closes, volumes, quotes = (frame[name].to_numpy() for name in COLUMNS)
    return Candles("BTCUSDT", Timeframe.M1, times, opens, highs, lows, closes, volumes, quotes)


def naive(frame: pl.DataFrame, timeframe: Timeframe, closed_until: int) -> Sequence[Sequence[float]]:
    """The same by hand, row by row."""
    fits = [
        row
        for row in frame.select(COLUMNS).iter_rows()
        if row[0] % timeframe.ms + 60_000 <= timeframe.ms
        and row[0] - row[0] % timeframe.ms + timeframe.ms <= closed_until
    ]
    made = []
    for group, rows in itertools.groupby(fits, key=lambda row: row[0] - row[0] % timeframe.ms):
        _, opens, highs, lows, closes, volumes, quotes = zip(*rows, strict=True)
        made.append((group, opens[0], max(highs), min(lows), closes[-1], math.fsum(volumes), math.fsum(quotes)))
    return made


@settings(deadline=None)
@given(frame=frames(), timeframe=TIMEFRAMES, early=st.integers(0, 120))
def test_resampling_equals_a_naive_computation(frame: pl.DataFrame, timeframe: Timeframe, early: int) -> None:
    """Prices to the last digit, volumes to rounding; never a candle that is not closed."""
    closed_until = int(frame["open_time"][-1]) + 60_000 * (1 - early)

    made = resample(as_candles(frame), timeframe, closed_until).candles

    expected = np.array(naive(frame, timeframe, closed_until)).reshape(-1, len(COLUMNS))
    for name, column in zip(COLUMNS, expected.T, strict=True):
        np.testing.assert_allclose(getattr(made, name), column, rtol=1e-12 if "volume" in name else 0)
    assert (made.close_time <= closed_until).all()


@settings(deadline=None)
@given(frame=frames(), timeframe=TIMEFRAMES, cut=st.integers(1, 299))
def test_the_future_never_changes_a_resampled_candle(frame: pl.DataFrame, timeframe: Timeframe, cut: int) -> None:
    """What was known at a moment stays as it was when more candles arrive."""
    past = frame[:cut]
    now = int(past["open_time"][-1]) + 60_000

    then = resample(as_candles(past), timeframe, now).candles
    later = resample(as_candles(frame), timeframe, now + DAY_MS).candles

    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(then, name), getattr(later, name)[: len(then)])


@settings(max_examples=25, deadline=None)
@given(frame=frames())
def test_a_store_gives_back_what_it_was_given(frame: pl.DataFrame) -> None:
    """Write, then load: the same columns, to the last digit."""
    with TemporaryDirectory() as folder:
        store = ParquetStore(Path(folder))
        store.write("BTCUSDT", Timeframe.M1, frame, SourceInfo("import", "a", "0", 1))
        loaded = store.load("BTCUSDT", Timeframe.M1, START - DAY_MS, START + 3 * DAY_MS).candles

    for name in COLUMNS:
        np.testing.assert_array_equal(frame[name].to_numpy(), getattr(loaded, name))


@settings(max_examples=20, deadline=None)
@given(parts=st.lists(frames(), min_size=2, max_size=4), order=st.randoms(use_true_random=False))
def test_the_order_of_merging_does_not_matter(parts: list[pl.DataFrame], order: Random) -> None:
    """Originals that overlap and differ give the same files, byte for byte, in whatever order they arrive."""
    originals = [(part, SourceInfo("import", f"file {at}", f"{at:064d}", 100 + at)) for at, part in enumerate(parts)]
    shuffled = list(originals)
    order.shuffle(shuffled)

    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        assert contents(Path(one), originals) == contents(Path(two), shuffled + originals[:1])


def contents(folder: Path, originals: Sequence[tuple[pl.DataFrame, SourceInfo]]) -> dict[str, tuple[bytes, object]]:
    store = ParquetStore(folder)
    for frame, source in originals:
        store.write("BTCUSDT", Timeframe.M1, frame, source)
    files = folder.rglob("*.parquet")
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), read_provenance(path)) for path in files}
