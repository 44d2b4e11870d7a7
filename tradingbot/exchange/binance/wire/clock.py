"""The exchange's clock, seen from here: it judges the timestamp of every signed request."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tradingbot.exchange.errors import ClockOff

ROUNDS = 5  # odd, so that the median is one of the readings
RENEW_MS = 5 * 60_000
MOST_OFF_MS = 60_000  # the largest recvWindow: beyond it a clock is not slow but wrong


class Reading(NamedTuple):
    """The exchange's clock minus ours, and how wrong that may be at most; ms."""

    offset: int
    error: int


@dataclass(slots=True)
class ServerClock:
    """Ours, corrected. `now` is our own clock, ms UTC; `most_off` None allows any difference (a replay of the past)."""

    now: Callable[[], int]
    most_off: int | None = MOST_OFF_MS
    reading: Reading | None = field(default=None, init=False)
    _read_at: int = field(default=0, init=False)

    def time(self) -> int:
        """The exchange's time, ms UTC, as well as we know; our own before the first `synchronise`."""
        return self.now() + (self.reading.offset if self.reading else 0)

    @property
    def is_stale(self) -> bool:
        """Whether it should be read again: after five minutes, or when our own clock was set back."""
        return self.reading is None or not 0 <= self.now() - self._read_at < RENEW_MS

    async def synchronise(self, ask: Callable[[], Awaitable[int]]) -> Reading:
        """Read the exchange's clock; raises ClockOff where ours is a minute off, and what `ask` raises.

        The exchange read its clock between sending and receiving, so the middle of the two is off by at most half of
        the round trip. The median of five readings is one of them, and is as good as that one.
        """
        readings = sorted([await self._read(ask) for _ in range(ROUNDS)])
        middle = readings[len(readings) // 2]
        if self.most_off is not None and abs(middle.offset) > self.most_off:
            way = "behind" if middle.offset > 0 else "ahead of"
            problem = f"This machine's clock is {abs(middle.offset) / 1000:.0f} s {way} the exchange's"
            raise ClockOff(f"{problem}. Set it, as by switching on NTP")
        self.reading, self._read_at = middle, self.now()
        return middle

    async def _read(self, ask: Callable[[], Awaitable[int]]) -> Reading:
        sent = self.now()
        told = await ask()
        received = self.now()
        return Reading(told - (sent + received) // 2, (received - sent + 1) // 2)
