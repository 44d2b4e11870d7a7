"""Telling a reader what it may have missed."""

from collections.abc import Callable
from typing import Any

from tradingbot.exchange.binance.wire.mailbox import Mailbox
from tradingbot.exchange.events import StreamLost, StreamResumed


class Outages:
    """Tells of losses as they begin, and once that all of them are over."""

    def __init__(self, events: Mailbox[Any], clock: Callable[[], int]) -> None:
        self._events = events
        self._clock = clock
        self._count = 0

    def begin(self, reason: str) -> None:
        """Events may be missing from here on."""
        self._count += 1
        self._events.force(StreamLost(reason=reason, time=self._clock()))

    def once(self, reason: str) -> None:
        """Events are missing, and others have come already."""
        self.begin(reason)
        self.end()

    def end(self) -> None:
        """One of them is over."""
        self._count -= 1
        if not self._count:
            self._events.force(StreamResumed(time=self._clock()))
