"""Milliseconds as microseconds: every time, and nothing else."""

from tradingbot.exchange.replay.transport.time_unit import answer_in_microseconds, event_in_microseconds

NOW = 1_790_000_000_000


def test_times_of_an_answer_are_converted() -> None:
    """At any depth; ids, counts, -1 and None stay."""
    order = {"orderId": NOW, "transactTime": NOW, "workingTime": -1, "fills": [{"tradeId": 7, "time": NOW}]}

    assert answer_in_microseconds("/api/v3/order", [order, {"updateTime": None}]) == [
        {
            "orderId": NOW,
            "transactTime": NOW * 1_000,
            "workingTime": -1,
            "fills": [{"tradeId": 7, "time": NOW * 1_000}],
        },
        {"updateTime": None},
    ]


def test_a_kline_ends_with_its_last_microsecond() -> None:
    """Open time + interval - 1 µs; a ticker's close time likewise."""
    row = [NOW, "1", "2", "0", "1", "5", NOW + 59_999, "5", 4, "1", "1", "0"]
    told = answer_in_microseconds("/api/v3/klines", [row])
    ticker = answer_in_microseconds("/api/v3/ticker/24hr", {"openTime": NOW, "closeTime": NOW + 59_999, "firstId": 1})

    assert told == [[NOW * 1_000, *row[1:6], (NOW + 60_000) * 1_000 - 1, *row[7:]]]
    assert ticker == {"openTime": NOW * 1_000, "closeTime": (NOW + 60_000) * 1_000 - 1, "firstId": 1}


def test_aggregate_trades_have_a_short_name_for_time() -> None:
    """T, and only there."""
    assert answer_in_microseconds("/api/v3/aggTrades", [{"a": 1, "T": NOW}]) == [{"a": 1, "T": NOW * 1_000}]


def test_events_of_the_user_stream_are_converted_by_their_kind() -> None:
    """The same letter is a time in one and an id in another."""
    order = {"e": "executionReport", "E": NOW, "T": NOW, "O": NOW, "C": "", "t": 5, "i": 6, "I": 7}
    account = {"e": "outboundAccountPosition", "E": NOW, "u": NOW, "B": []}
    pair = {"e": "listStatus", "E": NOW, "T": NOW, "g": 3, "C": "mine", "O": []}

    assert event_in_microseconds(order) == {**order, "E": NOW * 1_000, "T": NOW * 1_000, "O": NOW * 1_000}
    assert event_in_microseconds(account) == {**account, "E": NOW * 1_000, "u": NOW * 1_000}
    assert event_in_microseconds(pair) == {**pair, "E": NOW * 1_000, "T": NOW * 1_000}
