"""Kline intervals."""

from datetime import UTC, datetime

import numpy as np
import pytest

from tradingbot.data.calendar import to_ms
from tradingbot.domain.timeframe import HOUR_MS, MINUTE_MS
from tradingbot.exchange.replay.market.intervals import INTERVALS, parse_time_zone

MOMENT = to_ms(datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC))  # a Thursday


def at(*parts: int) -> int:
    """ms UTC."""
    return to_ms(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("name", "opened", "ended"),
    [
        ("1m", at(2024, 2, 29, 23, 59), at(2024, 3, 1)),
        ("8h", at(2024, 2, 29, 16), at(2024, 3, 1)),
        ("1d", at(2024, 2, 29), at(2024, 3, 1)),
        ("1w", at(2024, 2, 26), at(2024, 3, 4)),
        ("1M", at(2024, 2, 1), at(2024, 3, 1)),
    ],
)
def test_weeks_begin_on_monday_and_months_with_their_first_day(name: str, opened: int, ended: int) -> None:
    """Everything else counts from 1970."""
    interval = INTERVALS[name]

    assert interval.open_of(MOMENT) == opened
    assert interval.end_of(opened) == ended


def test_a_time_zone_moves_the_day_and_the_month() -> None:
    """At 23:59 UTC it is the next month in Beijing."""
    zone = 8 * HOUR_MS

    assert INTERVALS["1d"].open_of(MOMENT, zone) == at(2024, 2, 29, 16)
    assert INTERVALS["1M"].open_of(MOMENT, zone) == at(2024, 2, 29, 16)
    assert INTERVALS["1M"].end_of(at(2024, 2, 29, 16), zone) == at(2024, 3, 31, 16)


@pytest.mark.parametrize("name", list(INTERVALS))
def test_many_moments_at_once_give_the_same(name: str) -> None:
    """The columns' way and the single moment's agree."""
    moments = MOMENT + np.arange(0, 400 * 24 * HOUR_MS, 37 * HOUR_MS + 11, dtype=np.int64)
    interval = INTERVALS[name]

    assert interval.opens(moments, HOUR_MS).tolist() == [interval.open_of(int(one), HOUR_MS) for one in moments]


@pytest.mark.parametrize(
    ("text", "zone"),
    [("0", 0), ("8", 8 * HOUR_MS), ("-1:00", -HOUR_MS), ("05:45", 345 * MINUTE_MS), ("+14:00", 14 * HOUR_MS)],
)
def test_time_zones(text: str, zone: int) -> None:
    """Hours, or hours and minutes."""
    assert parse_time_zone(text) == zone


@pytest.mark.parametrize("text", ["", "14:01", "-12:01", "8:99", "UTC", "123"])
def test_what_is_no_time_zone(text: str) -> None:
    """From -12:00 to +14:00."""
    assert parse_time_zone(text) is None
