"""Klines of the replay exchange against the plainest way to make them."""

import tempfile
from itertools import groupby
from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.replay import BTC, FIRST, Row, bench, store_of
from tradingbot.domain.timeframe import HOUR_MS, MINUTE_MS, Timeframe
from tradingbot.exchange.replay.market.candles import CLOSE, HIGH, LOW, OPEN, OPEN_TIME, TRADES, VOLUME
from tradingbot.exchange.replay.market.intervals import INTERVALS
from tradingbot.exchange.replay.market.replay_market import KlineQuery

PRICE = st.integers(1_000, 2_000).map(float)


@st.composite
def recordings(draw: st.DrawFn) -> list[Row]:
    """Minutes of some hours, with gaps and candles without volume."""
    minutes = sorted(draw(st.sets(st.integers(0, 600), min_size=2, max_size=60)))
    rows: list[Row] = []
    for minute in minutes:
        first, last = draw(PRICE), draw(PRICE)
        volume = float(draw(st.integers(0, 5)))
        rows.append((minute, first, max(first, last) + 3, min(first, last) - 3, last, volume))
    return rows


def plainly(rows: list[Row], interval: str, zone: int) -> list[list[float]]:
    """One list a kline: open time, prices, volume, trades."""
    found = []
    for opened, part in groupby(rows, lambda row: INTERVALS[interval].open_of(FIRST + row[0] * MINUTE_MS, zone)):
        group = list(part)
        trades = sum(4 for row in group if row[5])
        prices = [group[0][1], max(row[2] for row in group), min(row[3] for row in group), group[-1][4]]
        found.append([opened, *prices, sum(row[5] for row in group), trades])
    return found


@pytest.mark.parametrize("interval", ["1m", "5m", "1h", "1d", "1w", "1M"])
@settings(max_examples=15, deadline=None)
@given(recordings(), st.integers(0, 59), st.sampled_from([0, 8 * HOUR_MS, -90 * MINUTE_MS]), st.integers(1, 70))
def test_klines_across_history_and_present(interval: str, rows: list[Row], begun: int, zone: int, limit: int) -> None:
    """Wherever the replay began and however much of it is asked for, from either end."""
    start = FIRST + rows[min(begun, len(rows) - 1)][0] * MINUTE_MS
    with tempfile.TemporaryDirectory() as folder:
        replayed = bench(store_of(Path(folder), rows), start=start, base=Timeframe.M1)
        anyio.run(replayed.replay.feed.advance, 100)
        market, now = replayed.replay.market.of(BTC), replayed.replay.clock.now_ms()
        columns = [OPEN_TIME, OPEN, HIGH, LOW, CLOSE, VOLUME, TRADES]
        query = {"interval": INTERVALS[interval], "limit": limit, "zone": zone}
        newest = market.klines(KlineQuery(**query), now)[columns].T.tolist()  # type: ignore[arg-type]
        oldest = market.klines(KlineQuery(**query, start=0), now)[columns].T.tolist()  # type: ignore[arg-type]
    expected = plainly(rows, interval, zone)

    assert newest == expected[-limit:]
    assert oldest == expected[:limit]
