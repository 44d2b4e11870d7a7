"""Names of streams."""

import pytest

from tradingbot.domain.timeframe import HOUR_MS
from tradingbot.exchange.replay.streams.stream_names import StreamName, Told, parse_stream


@pytest.mark.parametrize(
    ("name", "told", "period", "detail"),
    [
        ("btcusdt@trade", Told.TRADE, 0, ""),
        ("btcusdt@aggTrade", Told.AGGREGATE_TRADE, 0, ""),
        ("btcusdt@bookTicker", Told.BOOK_TICKER, 0, ""),
        ("btcusdt@kline_1s", Told.KLINE, 1_000, "1s"),
        ("btcusdt@kline_1M", Told.KLINE, 2_000, "1M"),
        ("btcusdt@depth", Told.DIFF, 1_000, ""),
        ("btcusdt@depth@100ms", Told.DIFF, 100, ""),
        ("btcusdt@depth5", Told.LEVELS, 1_000, "5"),
        ("btcusdt@depth20@100ms", Told.LEVELS, 100, "20"),
        ("btcusdt@miniTicker", Told.MINI_TICKER, 1_000, ""),
        ("btcusdt@ticker", Told.TICKER, 1_000, ""),
        ("btcusdt@ticker_4h", Told.WINDOW_TICKER, 1_000, "4h"),
        ("btcusdt@avgPrice", Told.AVERAGE, 1_000, ""),
    ],
)
def test_a_stream_of_a_symbol(name: str, told: Told, period: int, detail: str) -> None:
    """What it tells, and at most how often."""
    assert parse_stream(name) == StreamName(name, "BTCUSDT", told, period, detail)


def test_a_kline_may_keep_another_time_zone() -> None:
    """The exchange offers +08:00."""
    found = parse_stream("btcusdt@kline_1d@+08:00")

    assert found is not None
    assert (found.detail, found.zone) == ("1d", 8 * HOUR_MS)


def test_streams_of_all_symbols() -> None:
    """They begin with an exclamation mark; the full 24-hour one was retired in 2026."""
    mini, window = parse_stream("!miniTicker@arr"), parse_stream("!ticker_1h@arr")

    assert mini is not None
    assert (mini.symbol, mini.told) == ("", Told.MINI_TICKER)
    assert window is not None
    assert window.detail == "1h"
    assert parse_stream("!ticker@arr") is None


@pytest.mark.parametrize(
    "name", ["", "0", "btcusdt", "BTCUSDT@trade", "btcusdt@kline_7m", "btcusdt@depth7", "btcusdt@kline_1d@+99:00", "@"]
)
def test_names_that_nothing_is_told_under(name: str) -> None:
    """Symbols are in small letters, intervals and depths are those there are."""
    assert parse_stream(name) is None
