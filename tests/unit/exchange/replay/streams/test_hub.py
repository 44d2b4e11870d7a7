"""Streams and those who listen to them."""

import pytest

from tests.support.replay import Listener
from tradingbot.exchange.replay.streams import hub as hubs
from tradingbot.exchange.replay.streams.hub import Hub

STREAM = "btcusdt@trade"
FRAME = b'{"e":"trade","E":5,"T":4}'


def test_each_gets_the_form_it_asked_for() -> None:
    """Raw or combined, in ms or µs."""
    hub = Hub()
    raw, combined, micro = Listener(), Listener(combined=True), Listener(microseconds=True)
    for sink in (raw, combined, micro):
        hub.subscribe(sink, [STREAM])
    hub.publish(STREAM, FRAME)

    assert raw.frames == [(STREAM, FRAME)]
    assert combined.told() == [{"stream": STREAM, "data": {"e": "trade", "E": 5, "T": 4}}]
    assert micro.told() == [{"e": "trade", "E": 5_000, "T": 4_000}]


def test_connections_of_one_form_share_one_frame() -> None:
    """However many there are, it is encoded once."""
    hub = Hub()
    sinks = [Listener(combined=True) for _ in range(3)]
    for sink in sinks:
        hub.subscribe(sink, [STREAM])
    hub.publish(STREAM, FRAME)

    assert len({id(sink.frames[0][1]) for sink in sinks}) == 1


def test_who_left_hears_nothing() -> None:
    """Neither after unsubscribing nor after the connection's end."""
    hub = Hub()
    one, other = Listener(), Listener()
    hub.subscribe(one, [STREAM])
    hub.subscribe(other, [STREAM])
    hub.unsubscribe(one, [STREAM, "never@heard"])
    hub.remove(other)
    hub.publish(STREAM, FRAME)

    assert one.frames == other.frames == []
    assert hub.listened("BTCUSDT") == {}


def test_subscriptions_are_listed_in_their_order_and_counted_once() -> None:
    """Asking twice is asking once."""
    hub, sink = Hub(), Listener()
    hub.subscribe(sink, ["b@trade", "a@trade", "b@trade"])

    assert hub.streams_of(sink) == ["b@trade", "a@trade"]


def test_an_unknown_name_is_accepted_and_never_told() -> None:
    """As the exchange does; it is listed like any other."""
    hub, sink = Hub(), Listener()
    hub.subscribe(sink, ["0"])

    assert hub.streams_of(sink) == ["0"]
    assert hub.listened("0") == {}


@pytest.mark.anyio
async def test_a_connection_that_never_keeps_up_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The market waits for it for a while, not for ever."""
    monkeypatch.setattr(hubs, "PATIENCE_SECONDS", 0.01)
    hub = Hub()
    slow, quick = Listener(backlog=hubs.MOST_WAITING + 1), Listener()
    for sink in (slow, quick):
        hub.subscribe(sink, [STREAM])
    await hub.settle()

    assert slow.is_cut
    assert hub.streams_of(slow) == []
    assert not quick.is_cut
