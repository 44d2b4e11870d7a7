"""Recorded candles on the replay's time line."""

from pathlib import Path

import numpy as np

from tests.support.replay import BTC, FIRST, SOURCE, Row, frame, rising, store_of
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS, Timeframe
from tradingbot.exchange.replay.market.candles import (
    CLOSE,
    FIRST_ID,
    HIGH,
    LAST_ID,
    LOW,
    OPEN,
    OPEN_TIME,
    QUOTE,
    TAKER_BASE,
    TAKER_QUOTE,
    TRADES,
    VOLUME,
    Recording,
)
from tradingbot.exchange.replay.market.intervals import INTERVALS
from tradingbot.exchange.replay.market.replay_market import SymbolMarket
from tradingbot.exchange.replay.market.trade_history import trades_from

DIP: Row = (0, 100.0, 104.0, 96.0, 102.0, 8.0)


def test_stated_numbers_stay_as_they_are(tmp_path: Path) -> None:
    """Nothing recorded is replaced."""
    stated: dict[str, list[float]] = {
        "quote_volume": [801.5],
        "trades": [77],
        "taker_buy_base": [3.0],
        "taker_buy_quote": [300.5],
    }
    store = store_of(tmp_path, [DIP], **stated)
    rows = Recording(store, BTC, Timeframe.M1, 0).rows(Timeframe.M1, FIRST, FIRST + DAY_MS)

    assert rows[[OPEN, HIGH, LOW, CLOSE, VOLUME], 0].tolist() == [100.0, 104.0, 96.0, 102.0, 8.0]
    assert rows[[QUOTE, TRADES, TAKER_BASE, TAKER_QUOTE], 0].tolist() == [801.5, 77.0, 3.0, 300.5]


def test_what_is_not_stated_is_what_the_four_trades_add_up_to(tmp_path: Path) -> None:
    """100, 96, 104, 102 with 2 each; of these the first and third were not below the one before."""
    rows = Recording(store_of(tmp_path, [DIP]), BTC, Timeframe.M1, 0).rows(Timeframe.M1, FIRST, FIRST + DAY_MS)

    assert rows[QUOTE, 0] == 2 * (100 + 96 + 104 + 102)
    assert rows[TRADES, 0] == 4
    assert rows[TAKER_BASE, 0] == 4
    assert rows[TAKER_QUOTE, 0] == 2 * (100 + 104)
    assert rows[LAST_ID, 0] - rows[FIRST_ID, 0] == 3


def test_a_candle_without_volume_has_no_trades(tmp_path: Path) -> None:
    """The exchange has such candles too."""
    store = store_of(tmp_path, [(0, 100.0, 100.0, 100.0, 100.0, 0.0)])
    rows = Recording(store, BTC, Timeframe.M1, 0).rows(Timeframe.M1, FIRST, FIRST + DAY_MS)

    assert rows[TRADES : TAKER_QUOTE + 1, 0].tolist() == [0.0, 0.0, 0.0]


def test_a_shift_moves_every_open_time_and_nothing_else(tmp_path: Path) -> None:
    """Also across the end of a month."""
    store = store_of(tmp_path, rising(31 * 1440 + 10))
    plain, later = (Recording(store, BTC, Timeframe.M1, shift) for shift in (0, 90 * DAY_MS))
    start, end = FIRST + 31 * DAY_MS - HOUR_MS, FIRST + 31 * DAY_MS + HOUR_MS
    before = plain.rows(Timeframe.M1, start, end)
    after = later.rows(Timeframe.M1, start + 90 * DAY_MS, end + 90 * DAY_MS)

    assert before.shape[1] == 70
    assert np.array_equal(after[OPEN_TIME], before[OPEN_TIME] + 90 * DAY_MS)
    assert np.array_equal(after[OPEN : TRADES + 1], before[OPEN : TRADES + 1])


def test_the_ids_of_trades_go_on_from_the_past_into_the_present(tmp_path: Path) -> None:
    """Also where the recording is told later: the last recorded id is the one before the first that is told."""
    recording = Recording(store_of(tmp_path, rising(3)), BTC, Timeframe.M1, 90 * DAY_MS)
    market = SymbolMarket(recording, recording.end)

    assert market.tape.next_id == recording.rows(Timeframe.M1, recording.first, recording.end)[LAST_ID, -1] + 1
    assert [one.trade_id for one in trades_from(market, 2, market.tape.next_id - 2)] == [
        market.tape.next_id - 2,
        market.tape.next_id - 1,
    ]


def test_gaps_stay_gaps(tmp_path: Path) -> None:
    """Nothing is filled in."""
    store = store_of(tmp_path, [*rising(2), *rising(2, 10)])
    rows = Recording(store, BTC, Timeframe.M1, 0).rows(Timeframe.M1, FIRST, FIRST + DAY_MS)

    assert ((rows[OPEN_TIME] - FIRST) // MINUTE_MS).tolist() == [0, 1, 10, 11]


def test_stored_days_serve_long_intervals_unless_the_shift_breaks_them(tmp_path: Path) -> None:
    """A shift by whole days keeps them whole; one by minutes needs the minutes."""
    store = store_of(tmp_path, rising(5))
    store.write(BTC, Timeframe.D1, frame([DIP]), SOURCE)
    week = INTERVALS["1w"]

    assert Recording(store, BTC, Timeframe.M1, 3 * DAY_MS).source(week) is Timeframe.D1
    assert Recording(store, BTC, Timeframe.M1, 3 * MINUTE_MS).source(week) is Timeframe.M1
    assert Recording(store, BTC, Timeframe.M1, 0).source(week, HOUR_MS) is Timeframe.M1


def test_a_store_serves_a_symbol_from_two_kinds_of_source(tmp_path: Path) -> None:
    """Volumes that one of them does not state are derived for its candles only."""
    store = ParquetStore(tmp_path)
    store.write(BTC, Timeframe.M1, frame([DIP]), SOURCE)
    store.write(BTC, Timeframe.H1, frame([(60, *DIP[1:])], trades=[9]), SOURCE)
    rows = Recording(store, BTC, Timeframe.H1, 0).rows(Timeframe.H1, FIRST, FIRST + DAY_MS)

    assert rows[TRADES].tolist() == [9.0]
