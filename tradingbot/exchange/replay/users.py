"""Who listens to the account: its events, worded once, to every subscription of the WebSocket API."""

from collections.abc import Callable

import msgspec

from tradingbot.exchange.events import AccountEvent
from tradingbot.exchange.replay.answers.user_frames import user_frame

Listener = Callable[[bytes], None]


class Users:
    """Subscriptions to the user stream."""

    def __init__(self) -> None:
        self._listeners: dict[int, Listener] = {}
        self._last = 0

    def listen(self, listener: Listener) -> int:
        """Hand each event from now on to the listener, as JSON; the number ends it."""
        self._last += 1
        self._listeners[self._last] = listener
        return self._last

    def end(self, number: int) -> None:
        """No more events to that listener; ending twice is harmless."""
        self._listeners.pop(number, None)

    @property
    def count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    def publish(self, event: AccountEvent) -> None:
        """Tell everyone."""
        frame = user_frame(event) if self._listeners else None
        if frame is None:
            return
        words = msgspec.json.encode(frame)
        for listener in list(self._listeners.values()):
            listener(words)
