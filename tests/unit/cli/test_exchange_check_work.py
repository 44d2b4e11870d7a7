"""What `tradingbot exchange check` says of streams."""

import asyncio
from typing import Any

import pytest

from tradingbot.cli.exchange_check_work import _heard
from tradingbot.exchange.binance.wire.mailbox import Mailbox, Subscription
from tradingbot.exchange.errors import KeyRefused, Unavailable
from tradingbot.exchange.events import StreamLost

pytestmark = pytest.mark.anyio


async def test_a_stream_that_cannot_be_heard_says_why() -> None:
    """A firewall that lets REST pass but no WebSocket is named by what it did."""

    async def feed(events: Mailbox[Any]) -> None:
        events.force(StreamLost(reason="no connection to wss://example.test", time=1))
        await asyncio.Event().wait()

    with pytest.raises(Unavailable, match=r"^the streams could not be heard within 0.05 s: no connection to wss"):
        await _heard("the streams", Subscription(feed, 10), 0.05)


async def test_a_stream_that_ends_is_told_by_what_ended_it() -> None:
    """A key that may not listen is no matter of time."""

    async def feed(_events: Mailbox[Any]) -> None:
        raise KeyRefused("no")

    with pytest.raises(KeyRefused):
        await _heard("the streams", Subscription(feed, 10), 0.05)


async def test_a_stream_that_is_heard_is_closed() -> None:
    """Nothing goes on behind it."""

    async def feed(events: Mailbox[Any]) -> None:
        events.start()
        await asyncio.Event().wait()

    events: Subscription[Any] = Subscription(feed, 10)
    await _heard("the streams", events, 0.05)

    assert [one async for one in events] == []
