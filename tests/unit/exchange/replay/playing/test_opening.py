"""Which part of a recording is replayed, and on which time line."""

from pathlib import Path

import pytest

from tests.support.replay import BTC, FIRST, bench, rising, store_of
from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS, Timeframe


def test_without_a_start_the_second_half_of_a_short_recording_is_told(tmp_path: Path) -> None:
    """The first half is history."""
    replayed = bench(store_of(tmp_path, rising(100)), start=None)

    assert replayed.replay.clock.now_ms() == FIRST + 50 * MINUTE_MS
    assert replayed.replay.market.of(BTC).live_from == FIRST + 50 * MINUTE_MS


def test_a_start_outside_the_recording_is_refused(tmp_path: Path) -> None:
    """By its name on the command line."""
    with pytest.raises(OutOfRange, match="outside the recording"):
        bench(store_of(tmp_path, rising(100)), start=FIRST + DAY_MS)


def test_the_wall_clock_mode_keeps_the_time_of_day(tmp_path: Path) -> None:
    """The recording is shifted by whole days, so hours and days keep their candles."""
    now = FIRST + 1_000 * DAY_MS + 5 * HOUR_MS + 90_500
    replayed = bench(store_of(tmp_path, rising(3 * 1440)), wall=now, wall_clock=True)
    market = replayed.replay.market.of(BTC)

    assert replayed.replay.clock.now_ms() == now
    assert market.recording.shift == 1_000 * DAY_MS
    assert market.live_from == now - 30_500


def test_a_short_recording_is_shifted_by_minutes(tmp_path: Path) -> None:
    """Whole days would shift its end into the past."""
    now = FIRST + 1_000 * DAY_MS + 5 * HOUR_MS + 90_500
    replayed = bench(store_of(tmp_path, rising(100)), wall=now, wall_clock=True)
    market = replayed.replay.market.of(BTC)

    assert market.recording.shift % MINUTE_MS == 0
    assert now - market.recording.shift - FIRST == 30_500
    assert market.live_from == now - 30_500


def test_the_base_is_the_finest_that_every_symbol_has(tmp_path: Path) -> None:
    """Or what was asked for, made of it."""
    store = store_of(tmp_path, rising(600))

    assert bench(store).replay.market.base is Timeframe.M1
    assert bench(store, base=Timeframe.M5).replay.market.base is Timeframe.M5


def test_the_account_knows_the_last_recorded_price(tmp_path: Path) -> None:
    """Before the first candle is told."""
    replayed = bench(store_of(tmp_path, rising(100)), start=FIRST + 10 * MINUTE_MS)

    assert replayed.exchange.last_price(BTC) == 50_100


def test_status_states_what_is_replayed(tmp_path: Path) -> None:
    """And whether a client's clock is held to the server's."""
    told = bench(store_of(tmp_path, rising(100))).replay.feed.status()

    assert (told["market"], told["base"], told["checksTimestamps"]) == ("paused", "1m", False)
    assert told["symbols"][BTC] == {
        "recordedFrom": "2024-01-01T00:00Z",
        "recordedTo": "2024-01-01T01:40Z",
        "shiftedByMs": 0,
        "drivenBy": "candles",
        "book": "derived",
    }
