"""Frames of the market streams in microseconds."""

import pytest

from tests.support.replay import BTC, FIRST, bench, rising, store_of
from tradingbot.exchange.replay.streams.stream_frames import in_microseconds

END = FIRST + 60_000


@pytest.mark.anyio
async def test_a_kline_ends_with_its_last_microsecond(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its ids and counts stay."""
    replayed = bench(store_of(tmp_path_factory.mktemp("store"), rising(2)))
    heard = replayed.listen("btcusdt@kline_1m")
    await replayed.replay.feed.advance(1)
    (told,) = heard.told()
    micro = in_microseconds(told)

    assert (micro["E"], micro["k"]["t"], micro["k"]["T"]) == (END * 1000, FIRST * 1000, END * 1000 - 1)
    assert {name: value for name, value in micro["k"].items() if name not in "tT"} == {
        name: value for name, value in told["k"].items() if name not in "tT"
    }


def test_only_moments_are_changed() -> None:
    """A trade's id is `t`, as a kline's opening is; a diff's `U` and `u` are ids."""
    trade = {"e": "trade", "E": 5, "s": BTC, "t": 7, "p": "1.0", "T": 4, "m": True}
    diff = {"e": "depthUpdate", "E": 5, "s": BTC, "U": 1, "u": 2, "b": [], "a": []}
    ticker = {"e": "1hTicker", "E": 5, "s": BTC, "O": 1, "C": 3, "F": 9, "c": "2.0"}

    assert in_microseconds(trade) == {**trade, "E": 5_000, "T": 4_000}
    assert in_microseconds([diff]) == [{**diff, "E": 5_000}]
    assert in_microseconds(ticker) == {**ticker, "E": 5_000, "O": 1_000, "C": 3_000}
