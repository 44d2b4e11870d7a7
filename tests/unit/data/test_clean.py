"""Candles are verified before they are stored."""

import numpy as np
import polars as pl
import pytest

from tradingbot.data.clean import Cleaned, clean
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles
from tradingbot.domain.errors import BadFile
from tradingbot.domain.timeframe import MINUTE_MS, Timeframe

START = 1_704_067_200_000
LATER = START + 10**9


def candles(count: int = 20) -> pl.DataFrame:
    return synthetic_candles(np.random.default_rng(3), SyntheticMarket(), Timeframe.M1, START, count)


def cleaned(raw: pl.DataFrame, now_ms: int = LATER) -> Cleaned:
    return clean(raw, Timeframe.M1, now_ms, "file")


def setting(column: str, value: float | None, at: int = 4) -> pl.DataFrame:
    """The candles with one value changed."""
    index = pl.int_range(pl.len())
    return candles().with_columns(pl.when(index == at).then(value).otherwise(pl.col(column)).alias(column))


@pytest.mark.parametrize(("factor", "divisor"), [(1, 1000), (1, 1), (1000, 1), (1_000_000, 1)])
def test_units_of_stamps_are_told_apart(factor: int, divisor: int) -> None:
    """Seconds, milli-, micro- and nanoseconds give the same candles."""
    raw = candles().with_columns(pl.col("open_time") * factor // divisor)

    assert cleaned(raw).frame.equals(candles())


def test_a_file_may_change_its_unit() -> None:
    """Each stamp is told by its own size, as at the turn of 2025."""
    raw = candles().with_columns(
        pl.when(pl.int_range(pl.len()) < 10).then("open_time").otherwise(pl.col("open_time") * 1000)
    )

    assert cleaned(raw).frame.equals(candles())


@pytest.mark.parametrize("stamp", [0, -1, 20_240_101, 5 * 10**18, 50_000_000_000])
def test_a_stamp_of_no_known_unit_is_refused(stamp: int) -> None:
    """The stamp itself is shown."""
    with pytest.raises(BadFile, match=f"file: open_time {stamp} is no time"):
        cleaned(candles().with_columns(open_time=pl.lit(stamp, pl.Int64)))


@pytest.mark.parametrize("column", ["open", "high", "low", "close", "volume"])
@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), -1.0])
def test_impossible_numbers_are_refused(column: str, value: float | None) -> None:
    """The first candle concerned is named."""
    with pytest.raises(
        BadFile, match="1 candles have an absent or impossible price or volume, first 2024-01-01T00:04Z"
    ):
        cleaned(setting(column, value))


def test_a_price_of_nothing_is_refused_and_a_volume_of_nothing_is_not() -> None:
    """Nothing traded is a fact, a price of 0 is not."""
    with pytest.raises(BadFile):
        cleaned(setting("low", 0.0))
    assert cleaned(setting("volume", 0.0)).frame.height == 20


def test_repeated_lines_count_once() -> None:
    """Equal lines of the same moment are one candle, in any order of lines."""
    result = cleaned(pl.concat([candles(), candles()[3:5]]).reverse())

    assert (result.frame.height, result.duplicates) == (20, 2)
    assert result.frame.equals(candles())


def test_two_candles_of_one_moment_are_refused() -> None:
    """Which of them is right nobody can say, and an average would be invented."""
    with pytest.raises(BadFile, match="two different candles of 2024-01-01T00:04Z"):
        cleaned(pl.concat([candles(), setting("high", 1e6)[4:5]]))


def test_a_candle_still_forming_is_left_out() -> None:
    """Only closed candles are stored."""
    result = cleaned(candles(), now_ms=START + 10 * MINUTE_MS + 1)

    assert (result.frame.height, result.unclosed) == (10, 10)
    with pytest.raises(BadFile, match="no candle is closed"):
        cleaned(candles(), now_ms=START)


def test_another_timeframe_is_refused() -> None:
    """Hours are no minutes, nor seconds."""
    for other in (Timeframe.H1, Timeframe.S1):
        raw = synthetic_candles(np.random.default_rng(1), SyntheticMarket(), other, START, 30)
        with pytest.raises(BadFile, match=r"minutes apart, not 1m.*--timeframe"):
            cleaned(raw)


def test_odd_candles_are_kept_and_counted() -> None:
    """Off-grid stamps and contradictions are history: they stay, for verify to list."""
    shifted = candles().with_columns(open_time=pl.col("open_time") + 7)

    assert cleaned(shifted).off_grid == 20
    assert cleaned(setting("high", 1e-3)).contradictions == 1


def test_nothing_is_refused() -> None:
    """A file without candles is no data."""
    with pytest.raises(BadFile, match="file: holds no candles"):
        cleaned(candles(0))
