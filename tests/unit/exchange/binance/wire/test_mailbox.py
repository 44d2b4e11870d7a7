"""The queue between a stream and its reader."""

import asyncio

import pytest

from tradingbot.exchange.binance.wire.mailbox import Full, Mailbox, Slot, Subscription

pytestmark = pytest.mark.anyio


async def test_events_come_in_order_and_those_of_a_slot_are_replaced() -> None:
    """A newer event of a slot takes the place of the unread one; once that was read, the next goes to the end."""
    mailbox: Mailbox[str] = Mailbox(10)
    slot: Slot[str] = Slot()
    mailbox.put("a")
    mailbox.replace("old", slot)
    mailbox.put("b")
    mailbox.replace("new", slot)
    before = [await mailbox.get() for _ in range(2)]
    mailbox.replace("newest", slot)
    mailbox.replace("another", Slot())

    assert before + [await mailbox.get() for _ in range(3)] == ["a", "new", "b", "newest", "another"]


async def test_a_full_mailbox_refuses_and_tells_when_there_is_room() -> None:
    """Room is when half of it has been read."""
    mailbox: Mailbox[int] = Mailbox(4)
    for number in range(4):
        mailbox.put(number)
    with pytest.raises(Full, match="4 events behind"):
        mailbox.put(4)
    mailbox.force(5)
    waiting = asyncio.create_task(mailbox.room())
    for _ in range(2):
        await mailbox.get()
    await asyncio.sleep(0)
    assert not waiting.done()
    await mailbox.get()
    await waiting


async def test_a_cancelled_reader_loses_nothing() -> None:
    """What comes after it gave up waits for the next."""
    mailbox: Mailbox[int] = Mailbox(4)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await mailbox.get()
    mailbox.put(1)

    assert await mailbox.get() == 1


async def test_what_ends_the_task_reaches_the_reader_after_the_events() -> None:
    """Unread events first, then the first error of the group, each time it is asked for."""

    async def feed(mailbox: Mailbox[int]) -> None:
        mailbox.put(1)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(failing())

    async def failing() -> None:
        raise ValueError("broken")

    events = Subscription(feed, 4)
    with pytest.raises(ValueError, match="broken"):
        await events.started()

    assert await anext(events) == 1
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            await anext(events)
    await events.aclose()


async def test_closing_ends_the_iteration() -> None:
    """Twice is no error."""

    async def feed(mailbox: Mailbox[int]) -> None:
        mailbox.start()
        await asyncio.Event().wait()

    events = Subscription(feed, 4)
    await events.started()
    await events.aclose()
    await events.aclose()

    assert [event async for event in events] == []
