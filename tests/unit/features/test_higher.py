"""Higher timeframes: only closed candles, and nothing ahead of time."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.generated import START, gappy, kept, walk
from tradingbot.data.resample import resample as resample_stored
from tradingbot.domain.candles import COLUMNS, Candles
from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.timeframe import HOUR_MS, Timeframe
from tradingbot.features.higher import as_of, on_timeframe, resample
from tradingbot.features.registry import discover_features

H4 = Timeframe.H4


def hours(first: int, last: int) -> Candles:
    """The hours of 1 January 2020 from the first to the last, both included, with round prices."""
    hour = np.arange(first, last + 1)
    number = hour.astype(np.float64)
    return Candles(
        symbol="ETHUSDT",
        timeframe=Timeframe.H1,
        open_time=START - 5 * HOUR_MS + hour * HOUR_MS,
        open=number,
        high=number + 9.0,
        low=number - 9.0,
        close=number + 0.5,
        volume=number + 1.0,
        quote_volume=number,
    )


def test_a_4h_candle_is_made_of_its_hours() -> None:
    """First open, highest high, lowest low, last close, summed volumes; aligned to UTC."""
    coarser = resample(hours(4, 7), H4)

    assert (coarser.open_time[0] - START) // HOUR_MS == -1
    row = [float(getattr(coarser, name)[0]) for name in ("open", "high", "low", "close", "volume")]
    assert row == [4.0, 16.0, -5.0, 7.5, 26.0]
    assert coarser.timeframe is H4


@pytest.mark.parametrize(("last", "count"), [(6, 1), (7, 2), (10, 2), (11, 3)])
def test_an_open_candle_does_not_exist(last: int, count: int) -> None:
    """A 4h candle is there from the close of its last hour on, not earlier."""
    assert len(resample(hours(0, last), H4)) == count


def test_a_candle_with_missing_hours_appears_once_its_time_has_passed() -> None:
    """Without its last hour a 4h candle is made of the others, when the next hour has closed."""
    candles = hours(0, 8)
    lacking = kept(candles, np.array([hour not in (6, 7) for hour in range(9)]))

    assert len(resample(lacking[:6], H4)) == 1
    assert resample(lacking, H4).close.tolist() == [3.5, 5.5]


def test_a_candle_without_any_hour_is_missing() -> None:
    """Nothing is filled in."""
    lacking = kept(hours(0, 11), np.array([hour // 4 != 1 for hour in range(12)]))

    assert resample(lacking, H4).open.tolist() == [0.0, 8.0]


def test_the_reference_is_cut_at_the_same_moment() -> None:
    """The reference's 4h candle exists when its time has passed, even if its last hour is missing."""
    reference = kept(hours(0, 7), np.arange(8) != 7)

    coarser = resample(hours(0, 7).with_reference(reference), H4).reference
    assert coarser is not None
    assert coarser.close.tolist() == [3.5, 6.5]


def test_a_candle_off_the_grid_is_not_seen_before_its_close() -> None:
    """An hour from 03:30 to 04:30 was not over when its 4h candle closed, so that candle does without it."""
    candles = hours(0, 8)
    late = replace(candles, open_time=candles.open_time + HOUR_MS // 2)
    coarser = resample(candles.with_reference(late), H4).reference

    assert coarser is not None
    assert coarser.close.tolist() == [2.5, 6.5]
    assert resample(late, H4).close.tolist() == [2.5, 6.5]


def test_resampling_is_the_stores() -> None:
    """With gaps, and with stamps that leave the grid and come back, the higher candles are those of the store."""
    candles = gappy(900)
    drifted = replace(candles, open_time=candles.open_time + np.where(np.arange(len(candles)) > 400, HOUR_MS // 3, 0))
    stored = resample_stored(drifted, H4, int(drifted.close_time[-1])).candles

    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(resample(drifted, H4), name), getattr(stored, name))


def test_as_of_shows_the_last_closed_value() -> None:
    """Hour 7 closes together with the 4h candle of hours 4 to 7, and is the first to see it."""
    candles = hours(0, 11)
    coarser = resample(candles, H4)
    seen = as_of(candles, coarser, coarser.close)

    np.testing.assert_array_equal(seen, [np.nan] * 3 + [3.5] * 4 + [7.5] * 4 + [11.5])
    assert np.isnan(as_of(candles, coarser[:0], np.empty(0))).all()


def test_a_timeframe_that_is_no_multiple_is_refused() -> None:
    """3m candles do not make up 5m ones."""
    with pytest.raises(OutOfRange, match="timeframe: 5m is not made of whole 3m candles"):
        resample(walk(10, timeframe=Timeframe.M3), Timeframe.M5)


def test_no_candles_have_no_higher_candles() -> None:
    """An empty history stays empty."""
    assert len(resample(walk(10)[:0], H4)) == 0
    assert len(resample(walk(2), H4)) == 0


def test_resampling_in_two_steps_is_resampling_in_one() -> None:
    """Hours to 4h to days gives the days of hours to days, with gaps as well."""
    candles = gappy(900)
    direct, stepwise = resample(candles, Timeframe.D1), resample(resample(candles, H4), Timeframe.D1)

    for name in ("open_time", "open", "high", "low", "close"):
        np.testing.assert_array_equal(getattr(direct, name)[: len(stepwise)], getattr(stepwise, name))
    assert len(direct) - len(stepwise) <= 1


def test_a_feature_on_a_higher_timeframe_says_so() -> None:
    """Its name carries the timeframe, and its warm-up counts candles of the finer one."""
    feature = on_timeframe(discover_features()["sma_20_distance"], H4, Timeframe.H1)

    assert (feature.name, feature.warmup) == ("sma_20_distance@4h", 88)
    assert feature.summary.endswith("Seen on 4h candles.")
