"""The bounded queue between a stream's task and its reader."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Generic, Self, TypeVar

from tradingbot.exchange.errors import Unavailable

Event = TypeVar("Event")


class Full(Unavailable):
    """The reader is too far behind: nothing more can be kept for it."""


class Slot(Generic[Event]):
    """A place in a mailbox for the newest of events that replace each other unread."""

    __slots__ = ("newest",)

    def __init__(self) -> None:
        self.newest: Event | None = None

    def take(self) -> Event:
        """The newest event, and forget it."""
        newest, self.newest = self.newest, None
        assert newest is not None
        return newest


class Mailbox(Generic[Event]):
    """Events in the order they came, at most `capacity` of them that may not be replaced by newer ones."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._unread: deque[Event | Slot[Event]] = deque()  # bounded by hand: at capacity it refuses, and drops nothing
        self._reader: asyncio.Future[None] | None = None  # waits for an event
        self._room = asyncio.Event()
        self._room.set()
        self._ended = False
        self._error: BaseException | None = None
        self._started = asyncio.Event()
        self._settled = asyncio.Event()

    def put(self, event: Event) -> None:
        """Add an event that must be read; raises Full where the reader has left no room."""
        if len(self._unread) >= self._capacity:
            self._room.clear()
            raise Full(f"the reader is {len(self._unread):,} events behind")
        self._unread.append(event)
        if self._reader is not None:
            self._wake()

    def force(self, event: Event) -> None:
        """Add an event where there is no room either; then wait for `room` before the next."""
        self._unread.append(event)
        self._wake()
        if len(self._unread) >= self._capacity:
            self._room.clear()

    def replace(self, event: Event, slot: Slot[Event]) -> None:
        """Put an event in the place of the unread one of that slot, or at the end; there are few slots."""
        if slot.newest is None:
            self._unread.append(slot)
        slot.newest = event
        if self._reader is not None:
            self._wake()

    async def get(self) -> Event:
        """The oldest unread event; when all are read, raises what the stream ended with, or StopAsyncIteration."""
        while not self._unread:
            if self._ended:
                raise self._error or StopAsyncIteration
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        found = self._unread.popleft()
        event = found.take() if isinstance(found, Slot) else found
        if len(self._unread) <= self._capacity // 2:
            self._room.set()
        return event

    def end(self, error: BaseException | None) -> None:
        """Nothing more will come."""
        self._ended, self._error = True, error
        self._wake()
        self.start()

    def start(self) -> None:
        """From now on events can arrive."""
        self._started.set()
        self._settled.set()

    def settle(self) -> None:
        """The reader has been told that events may be missing."""
        self._settled.set()

    async def until_settled(self) -> None:
        """Wait until events can arrive, or the reader knows that they may not."""
        await self._settled.wait()

    async def until_started(self) -> None:
        """Wait for that; raises what the stream ended with, where it has."""
        await self._started.wait()
        if self._error is not None:
            raise self._error

    def _wake(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and not reader.done():  # it may have been cancelled
            reader.set_result(None)

    async def room(self) -> None:
        """Wait until a reader that was too slow has at most half of the capacity unread."""
        await self._room.wait()


class Subscription(Generic[Event]):
    """The events that a task puts into a mailbox: an asynchronous iterator that owns the task.

    The task runs from the start on and ends with `aclose`, or when the iteration is left and nobody holds it any more.
    What ends the task otherwise is raised to the reader.
    """

    def __init__(self, feed: Callable[[Mailbox[Event]], Coroutine[Any, Any, None]], capacity: int) -> None:
        self._mailbox: Mailbox[Event] = Mailbox(capacity)
        self._task = asyncio.create_task(feed(self._mailbox))
        self._task.add_done_callback(partial(_end, self._mailbox))

    async def started(self) -> None:
        """Wait until events can arrive; raises what the task ended with, where it has."""
        await self._mailbox.until_started()

    async def settled(self) -> None:
        """Wait until events can arrive, or have been told to be missing, or will never come."""
        await self._mailbox.until_settled()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        return await self._mailbox.get()

    async def aclose(self) -> None:
        """End the task; events that were not read stay readable. Safe to call twice."""
        self.cancel()
        await asyncio.wait([self._task])

    def cancel(self) -> None:
        """Have the task end as soon as it can, for those who cannot wait for it."""
        self._task.cancel()

    def __del__(self) -> None:
        self._task.cancel()


def _end(mailbox: Mailbox[Event], task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    while isinstance(error, BaseExceptionGroup):  # the first error of a group is what cancelled the others
        error = error.exceptions[0]
    mailbox.end(error)
