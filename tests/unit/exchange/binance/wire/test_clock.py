"""The exchange's clock, seen from here."""

from collections.abc import Iterator

import pytest

from tradingbot.exchange.binance.wire.clock import RENEW_MS, Reading, ServerClock
from tradingbot.exchange.errors import ClockOff

pytestmark = pytest.mark.anyio
NOW = 1_790_000_000_000


class Wire:
    """A clock of ours, and an exchange whose clock is `ahead` and which takes `delays` there and back, ms."""

    def __init__(self, ahead: int, delays: Iterator[tuple[int, int]]) -> None:
        self.now, self.ahead, self.delays = NOW, ahead, delays

    def clock(self) -> int:
        """Ours."""
        return self.now

    async def ask(self) -> int:
        """Theirs, a round trip later."""
        there, back = next(self.delays)
        told = self.now + there + self.ahead
        self.now += there + back
        return told


async def test_the_offset_is_known_within_its_stated_error() -> None:
    """Even when the way back takes far longer than the way there, and one round trip is slow."""
    wire = Wire(-2_500, iter([(10, 90), (15, 85), (5, 1_995), (0, 100), (30, 70)]))
    clock = ServerClock(wire.clock)

    reading = await clock.synchronise(wire.ask)

    assert abs(reading.offset + 2_500) <= reading.error <= 50
    assert clock.time() == wire.now + reading.offset


async def test_one_odd_answer_does_not_count() -> None:
    """The median is not moved by a single reading that is far off."""
    answers = iter([0, 0, 40_000, 0, 0])

    async def ask() -> int:
        return NOW + next(answers)

    assert await ServerClock(lambda: NOW).synchronise(ask) == Reading(0, 0)


@pytest.mark.parametrize(("ahead", "way"), [(61_000, "61 s behind"), (-3_600_000, "3600 s ahead of")])
async def test_a_clock_that_is_wrong_is_refused(ahead: int, way: str) -> None:
    """More than a minute is no drift; the error says which way and what to do."""
    wire = Wire(ahead, iter([(0, 0)] * 5))
    clock = ServerClock(wire.clock)

    with pytest.raises(ClockOff, match=f"{way} the exchange's. Set it"):
        await clock.synchronise(wire.ask)
    assert clock.time() == wire.now


async def test_a_replay_may_be_of_another_year() -> None:
    """Without a bound any difference is taken."""
    wire = Wire(-(10**11), iter([(0, 0)] * 5))
    clock = ServerClock(wire.clock, most_off=None)

    await clock.synchronise(wire.ask)

    assert clock.time() == NOW - 10**11


@pytest.mark.parametrize(("later", "stale"), [(0, False), (RENEW_MS - 1, False), (RENEW_MS, True), (-1_000, True)])
async def test_a_reading_grows_old(later: int, stale: bool) -> None:
    """After five minutes, or when our own clock was set back."""
    wire = Wire(0, iter([(0, 0)] * 5))
    clock = ServerClock(wire.clock)
    assert clock.is_stale
    await clock.synchronise(wire.ask)

    wire.now += later

    assert clock.is_stale is stale
