"""The causality checks catch planted cheats, each the one that should, and let honest functions pass."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.generated import gappy, walk
from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS
from tradingbot.features.checks import (
    Columns,
    Finding,
    altered_future,
    check_all,
    choose_cuts,
    no_mutation,
    shifted_calendar,
    shortened_warmup,
    truncated_future,
)
from tradingbot.features.columns import rolling_mean
from tradingbot.features.trend import ema, sma

Cheat = Callable[[Candles], NDArray[Any]]


def next_close(candles: Candles) -> FloatColumn:
    """Knows the next candle's close."""
    return np.append(candles.close[1:], np.nan)


def rises_next(candles: Candles) -> NDArray[np.bool_]:
    """A rare signal that knows the next candle."""
    return np.append(np.diff(candles.close) / candles.close[:-1] > 0.025, [False])


def centred(candles: Candles) -> FloatColumn:
    """An average around each candle."""
    return np.append(sma(candles.close, 5)[2:], [np.nan, np.nan])


def by_the_mean(candles: Candles) -> FloatColumn:
    """Scaled by the mean of all history."""
    return candles.close / float(candles.close.mean())


def by_the_maximum(candles: Candles) -> FloatColumn:
    """Scaled by the maximum of all history."""
    return candles.close / float(candles.close.max())


def open_4h_close(candles: Candles) -> FloatColumn:
    """The close of the 4h candle that is still open."""
    group = candles.open_time // (4 * HOUR_MS)
    last = np.searchsorted(group, group, side="right") - 1
    return candles.close[last]


def shifted_back(candles: Candles) -> FloatColumn:
    """An average of three candles later."""
    return np.roll(sma(candles.close, 10), -3)


def filled_backwards(candles: Candles) -> FloatColumn:
    """The warm-up filled with the first value that is known after it."""
    average = sma(candles.close, 50)
    return np.where(np.isnan(average), average[49] if len(average) > 49 else np.nan, average)


LOOK_AHEAD = [next_close, rises_next, centred, by_the_mean, open_4h_close, shifted_back, filled_backwards]


def since_the_start(candles: Candles) -> FloatColumn:
    """A running sum from wherever history starts."""
    return np.cumsum(candles.volume)


def counts_candles(candles: Candles) -> NDArray[np.bool_]:
    """Trades every tenth candle of the history at hand."""
    return np.isin(np.arange(len(candles)) % 10, [0])


def too_short(candles: Candles) -> FloatColumn:
    """A recursive average that is given less than it needs."""
    return ema(candles.close, 20)


def writes(candles: Candles) -> FloatColumn:
    """Lifts the write protection and changes its input."""
    close = candles.close.base
    assert isinstance(close, np.ndarray)
    close[10] *= 2.0
    return candles.close + 0.0


def writes_reference(candles: Candles) -> FloatColumn:
    """Changes the leading symbol's candles."""
    assert candles.reference is not None
    writes(candles.reference)
    return candles.close + 0.0


def named(cheat: Cheat) -> Callable[[Candles], Columns]:
    return lambda candles: {"column": cheat(candles)}


@pytest.fixture(scope="module")
def candles() -> Candles:
    return gappy(1_000)


def cuts(cheat: Cheat, candles: Candles, warmup: int = 60) -> list[int]:
    return list(choose_cuts(named(cheat)(candles), warmup, 24, np.random.default_rng(3)))


@pytest.mark.parametrize("cheat", LOOK_AHEAD, ids=lambda cheat: cheat.__name__)
def test_looking_ahead_is_caught(cheat: Cheat, candles: Candles) -> None:
    """A value that needs later candles changes when they are taken away."""
    found = truncated_future(named(cheat), candles, cuts(cheat, candles))

    assert {"truncated_future"} == {one.check for one in found}


@pytest.mark.parametrize("cheat", [next_close, by_the_mean, by_the_maximum], ids=lambda cheat: cheat.__name__)
def test_a_later_rise_is_not_known(cheat: Cheat, candles: Candles) -> None:
    """A value that needs later prices changes when they do, even where history's maximum lies at its start."""
    falling = candles[int(np.argmax(candles.close)) :]
    found = altered_future(named(cheat), falling, [300])

    assert [one.check for one in found] == ["altered_future"]
    if cheat is by_the_maximum:
        assert not truncated_future(named(cheat), falling, [300])


@pytest.mark.parametrize("cheat", [since_the_start, counts_candles, too_short], ids=lambda cheat: cheat.__name__)
def test_depending_on_the_start_is_caught(cheat: Cheat, candles: Candles) -> None:
    """A value that depends on where history starts changes when history is shortened; no future is needed."""
    chosen = cuts(cheat, candles)

    assert shortened_warmup(named(cheat), candles, 60, chosen)
    assert not truncated_future(named(cheat), candles, chosen)


@pytest.mark.parametrize("cheat", [writes, writes_reference], ids=lambda cheat: cheat.__name__)
def test_changing_the_input_is_caught(cheat: Cheat, candles: Candles) -> None:
    """A changed input is named, with column and candle, and the caller's candles stay as they were."""
    before = candles.close.copy()
    found = no_mutation(named(cheat), candles)

    assert [(one.check, one.index) for one in found] == [("no_mutation", 10)]
    assert found[0].column == ("close" if cheat is writes else "reference.close")
    np.testing.assert_array_equal(before, candles.close)


def test_a_memory_between_calls_is_caught(candles: Candles) -> None:
    """A function that answers differently when asked again is named."""
    calls: list[int] = []

    def remembers(given: Candles) -> Columns:
        calls.append(1)
        return {"column": given.close * len(calls)}

    assert [one.check for one in no_mutation(remembers, candles)] == ["repeated_call"]


def test_remembered_dates_are_caught(candles: Candles) -> None:
    """A function that knows dates loses them when the calendar is shifted; every other check lets it pass."""
    day = int(candles.open_time[600]) // DAY_MS

    def on_that_day(given: Candles) -> Columns:
        return {"enter": given.open_time // DAY_MS == day}

    assert [one.check for one in check_all(on_that_day, candles, 1, np.random.default_rng(1))] == ["shifted_calendar"]
    assert shifted_calendar(on_that_day, candles)[0].time // DAY_MS == day


def test_honest_functions_pass(candles: Candles) -> None:
    """Averages of closed candles pass every check with the warm-up that they need, and not with one less."""

    def average(given: Candles) -> Columns:
        return {"average": rolling_mean(given.close, 20)}

    assert not check_all(average, candles, 20, np.random.default_rng(1))
    assert check_all(average, candles, 19, np.random.default_rng(1))


def test_history_is_shortened_from_the_first_candle_on_that_may_be_trusted(candles: Candles) -> None:
    """A cut inside the warm-up says nothing about it; the first one past it does."""
    assert not shortened_warmup(named(too_short), candles, 60, [30, 58])
    assert shortened_warmup(named(since_the_start), candles, 60, [60])


def test_rare_signals_are_cut_where_they_fire() -> None:
    """All three of few signals are cut at, and the rest past and inside the warm-up."""
    enter = np.zeros(5_000, np.bool_)
    enter[[1_000, 2_000, 4_000]] = True
    chosen = choose_cuts({"enter": enter}, 100, 24, np.random.default_rng(1))

    assert {1_000, 2_000, 4_000} <= set(chosen)
    assert 0 < sum(cut < 99 for cut in chosen) < len(chosen) - 3


def test_a_finding_reads_as_a_sentence() -> None:
    """A finding names check, column, candle, time and both values."""
    finding = Finding("truncated_future", "enter", 7, int(walk(1).open_time[0]), 1.0, 0.0)

    assert str(finding) == ("truncated_future: enter at candle 7 (2020-01-01 05:00 UTC) is 1.0, then 0.0")
