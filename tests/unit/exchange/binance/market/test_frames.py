"""Frames as the documentation shows them."""

from typing import Any

import msgspec
import pytest

from tests.support.fake_binance import combined
from tradingbot.exchange.binance.market.frames import (
    SHUTDOWN,
    UNREADABLE,
    AggTrade,
    Combined,
    Depth,
    decoder_of,
    frame_of,
    kind_of,
    stream_of,
    unknown_fields,
)
from tradingbot.exchange.errors import ProtocolBroken

TRADE = {"e": "trade", "E": 2, "s": "BNBBTC", "t": 5, "p": "0.001", "q": "100", "T": 1, "m": True, "M": True}


def decoded(stream: str, data: dict[str, Any]) -> Any:
    """What a frame says."""
    frame = frame_of(stream)
    assert frame is not None
    return decoder_of([frame])(combined(stream, data)).data


def kinds(*streams: str) -> list[type[Combined]]:
    """The structs of some streams."""
    return [frame for frame in map(frame_of, streams) if frame is not None]


@pytest.mark.parametrize("order", [("stream", "data"), ("data", "stream")])
def test_the_name_of_the_stream_tells_frames_apart(order: tuple[str, str]) -> None:
    """Of two streams of one kind each has a struct of its own, wherever in the frame the name stands."""
    bnb, eth = found = kinds("bnbbtc@trade", "ethbtc@trade")
    frame = {"stream": "ethbtc@trade", "data": TRADE}

    assert bnb is not eth
    assert type(decoder_of(found)(msgspec.json.encode({key: frame[key] for key in order}).decode())) is eth


@pytest.mark.parametrize("stream", ["ethbtc@trade", "bnbbtc@trade@x", ""])
def test_a_frame_of_another_stream_does_not_decode(stream: str) -> None:
    """It is not taken for one of those asked for, though its data would fit."""
    with pytest.raises(UNREADABLE):
        decoder_of(kinds("bnbbtc@trade", "bnbbtc@bookTicker"))(combined(stream, TRADE))


def test_a_stream_that_is_not_known_has_no_frames() -> None:
    """Nothing is guessed from its data."""
    assert frame_of("btcusdt@novelty") is None


def test_numbers_are_text_on_the_wire() -> None:
    """They become floats; times and ids stay whole."""
    trade = decoded("bnbbtc@trade", TRADE)

    assert (trade.price, trade.quantity, trade.trade_id, trade.time) == (0.001, 100.0, 5, 1)


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "", "1e999", "0x1", None, [], "1e300"])
def test_what_is_no_price_is_refused(value: object) -> None:
    """A price is finite and not negative."""
    with pytest.raises(UNREADABLE):
        decoded("bnbbtc@trade", {**TRADE, "p": value})


@pytest.mark.parametrize(
    ("stream", "kind"),
    [
        ("btcusdt@kline_1m", "kline"),
        ("btcusdt@kline_1m@+08:00", "kline"),
        ("btcusdt@depth", "depth"),
        ("btcusdt@depth@100ms", "depth"),
        ("btcusdt@depth20@100ms", "partial"),
        ("btcusdt@miniTicker", "miniTicker"),
        ("btcusdt@novelty", None),
        ("btcusdt", None),
    ],
)
def test_the_name_tells_the_kind(stream: str, kind: str | None) -> None:
    """With and without a second suffix."""
    assert kind_of(stream) == kind


def test_aggregate_trades_and_partial_books() -> None:
    """Two kinds that no stream of ours carries decode too."""
    agg = {"e": "aggTrade", "E": 2, "s": "BNBBTC", "a": 12, "p": "0.001", "q": "100", "f": 3, "l": 5, "T": 1, "m": True}
    book = {"lastUpdateId": 160, "bids": [["0.0024", "10"]], "asks": [["0.0026", "100"]]}

    assert isinstance(decoded("bnbbtc@aggTrade", agg), AggTrade)
    assert decoded("bnbbtc@depth5", book) == Depth(160, [(0.0024, 10.0)], [(0.0026, 100.0)])


@pytest.mark.parametrize(
    ("frame", "stream"),
    [
        ('{"stream":"a@trade","data":{}}', "a@trade"),
        ('{ "data": {}, "stream": "a@trade" }', "a@trade"),
        ('{"result":null,"id":1}', None),
        ('{"e":"serverShutdown","E":1}', SHUTDOWN),
        ('{"stream":7}', None),
    ],
)
def test_the_stream_of_a_frame(frame: str, stream: str | None) -> None:
    """In whatever order it is written."""
    assert stream_of(frame) == stream


@pytest.mark.parametrize("frame", ["", "[]", "7", "{", '"x"', "[" * 100_000])
def test_no_object_is_no_frame(frame: str) -> None:
    """Garbage is named as such."""
    with pytest.raises(ProtocolBroken):
        stream_of(frame)


def test_new_fields_are_named() -> None:
    """What the documentation does not know is told, and changes nothing."""
    assert unknown_fields("bnbbtc@trade", combined("bnbbtc@trade", {**TRADE, "zz": 1})) == {"zz"}
    assert decoded("bnbbtc@trade", {**TRADE, "zz": {"deep": [1]}}) == decoded("bnbbtc@trade", TRADE)
