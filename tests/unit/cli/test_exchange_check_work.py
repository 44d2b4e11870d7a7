"""What `tradingbot exchange check` says of streams."""

import asyncio
from typing import Any

import pytest

from tradingbot.cli.exchange_check_work import Checked, _heard, _words
from tradingbot.exchange.binance.wire.clock import Reading
from tradingbot.exchange.binance.wire.mailbox import Mailbox, Subscription
from tradingbot.exchange.errors import KeyRefused, Unavailable
from tradingbot.exchange.events import StreamLost
from tradingbot.exchange.orders import KeyPermissions

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


@pytest.mark.parametrize(("execution", "advises"), [("real", True), ("testnet", True), ("simulated", False)])
async def test_an_unbound_key_is_to_be_bound_where_that_can_be_done(execution: str, advises: bool) -> None:
    """A replay exchange has no key management, so nobody is sent to Binance's."""
    free = KeyPermissions(can_trade=True, can_withdraw=False, is_bound_to_addresses=False)
    found = Checked(
        rest="http://x",
        data="replay",
        execution=execution,
        clock=Reading(offset=0, error=1),
        key="HMAC",
        permissions=free,
        assets=0,
        instruments=(),
        commissions=(),
        used={},
    )

    words = _words(found)

    assert "NOT bound to an address" in words
    assert ("API management" in words) is advises
