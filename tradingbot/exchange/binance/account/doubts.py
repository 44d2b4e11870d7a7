"""Orders of which nobody knows yet whether they have been placed."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from tradingbot.exchange.errors import OrderNotFound, StatusUnknown

MEMORY = 1_000  # ids that are remembered
PAUSE = 0.5  # seconds between questions

Answer = TypeVar("Answer")


class Doubts:
    """An order that ended unknown may come about later: for `settle` seconds "there is none" proves nothing.

    The exchange executes no order whose timestamp is older than its recvWindow, and shows what it has executed a little
    later (errors.md, "Timing security"). Only then is its -2013 the answer to whether an order may be sent again.
    """

    def __init__(self, settle: float) -> None:
        self._settle = settle
        self._until: OrderedDict[str, float] = OrderedDict()

    @contextmanager
    def about(self, *ids: str) -> Iterator[None]:
        """Whatever is placed under these ids within; a caller that gives up waiting knows no more than one told so."""
        try:
            yield
        except (StatusUnknown, asyncio.CancelledError):
            for one in ids:
                self._until[one] = _now() + self._settle
                self._until.move_to_end(one)
            while len(self._until) > MEMORY:
                self._until.popitem(last=False)
            raise

    async def settled(self, name: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `ask` answers of an id; raises OrderNotFound once that is certain, and what else `ask` raises."""
        while True:
            asked_at = _now()
            try:
                return await ask()
            except OrderNotFound:
                until = self._until.get(name, asked_at)
                if asked_at >= until:
                    self._until.pop(name, None)
                    raise
            await asyncio.sleep(min(PAUSE, max(0.0, until - _now())))


def _now() -> float:
    return asyncio.get_running_loop().time()
