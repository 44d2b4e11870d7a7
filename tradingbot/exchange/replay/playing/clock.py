"""The replay exchange's time: what GET time answers, and what every event is stamped with.

One time line for server and market. At speed 1 it runs with the wall clock; faster, it runs ahead of any client's
clock, so that timestamps cannot be checked. At full speed the feed drives it. While the market is paused it stands
still, except where it is the wall clock (`follows_wall`): then it goes on, and the recording waits.
"""

from collections.abc import Callable

Speed = float
MAX_SPEED: Speed = 0.0
"""As fast as the feed can."""


class ReplayClock:
    """Milliseconds UTC that never go back."""

    def __init__(self, wall: Callable[[], int], start: int, *, speed: Speed = 1.0, follows_wall: bool = False) -> None:
        """`wall` is the wall clock in ms UTC, `start` the market's first moment; speed 0 is `MAX_SPEED`."""
        self.speed = speed
        self.follows_wall = follows_wall
        self._wall = wall
        self._rate = speed
        self._seen = self._from = start
        self._since = wall()
        self._exact = speed == 1.0

    @property
    def checks_timestamps(self) -> bool:
        """Whether a client that keeps time can be held to it: not once time has stood still, jumped or run faster."""
        return self._exact

    def now_ms(self) -> int:
        """Server time."""
        passed = max(self._wall() - self._since, 0)
        self._seen = max(self._seen, self._from + int(passed * self._rate))
        return self._seen

    def seconds_until(self, moment: int) -> float:
        """How long to wait, on a client's watch, until that moment; 0 where it is past or the feed drives time."""
        return max(moment - self.now_ms(), 0) / self._rate / 1000 if self._rate > 0 else 0.0

    def drive_to(self, moment: int) -> None:
        """Move on to a moment at once; an earlier one changes nothing."""
        if moment > self.now_ms():
            self._exact = False
            self._run(moment, self._rate)

    def pause(self) -> None:
        """The market stands still, and time with it unless it is the wall clock."""
        rate = 1.0 if self.follows_wall else 0.0
        self._exact = self._exact and self.follows_wall
        self._run(self.now_ms(), rate)

    def resume(self) -> None:
        """Run at the set speed again."""
        self._run(self.now_ms(), self.speed)

    def run_free(self) -> None:
        """Run at speed 1, as after the end of the data."""
        self._run(self.now_ms(), 1.0)

    def _run(self, moment: int, rate: float) -> None:
        self._seen = self._from = moment
        self._since, self._rate = self._wall(), rate
