"""The replay exchange's time."""

from tests.support.replay import FIRST, Wall
from tradingbot.exchange.replay.playing.clock import MAX_SPEED, ReplayClock


def test_at_speed_one_it_runs_with_the_wall_clock() -> None:
    """A second there is a second here, and a client can be held to it."""
    wall = Wall(77)
    clock = ReplayClock(wall, FIRST)
    wall.now += 1_000

    assert clock.now_ms() == FIRST + 1_000
    assert clock.checks_timestamps


def test_faster_it_runs_ahead_and_holds_nobody_to_it() -> None:
    """At speed 60 a second is a minute."""
    wall = Wall()
    clock = ReplayClock(wall, FIRST, speed=60.0)
    wall.now += 1_000

    assert clock.now_ms() == FIRST + 60_000
    assert clock.seconds_until(FIRST + 120_000) == 1.0
    assert not clock.checks_timestamps


def test_it_never_goes_back() -> None:
    """Not even when the wall clock is set back."""
    wall = Wall()
    clock = ReplayClock(wall, FIRST)
    wall.now += 5_000
    before = clock.now_ms()
    wall.now -= 60_000

    assert clock.now_ms() == before


def test_a_pause_stops_recorded_time() -> None:
    """It goes on from where it stood, and cannot be checked any more."""
    wall = Wall()
    clock = ReplayClock(wall, FIRST)
    clock.pause()
    wall.now += 60_000

    assert clock.now_ms() == FIRST
    assert not clock.checks_timestamps

    clock.resume()
    wall.now += 1_000

    assert clock.now_ms() == FIRST + 1_000


def test_a_pause_does_not_stop_the_wall_clock() -> None:
    """Where server time is real time it stays so, and is checked."""
    wall = Wall()
    clock = ReplayClock(wall, wall.now, follows_wall=True)
    clock.pause()
    wall.now += 60_000

    assert clock.now_ms() == wall.now
    assert clock.checks_timestamps


def test_a_jump_ends_the_check() -> None:
    """Driven time is ahead of any client's; an earlier moment changes nothing."""
    clock = ReplayClock(Wall(), FIRST, follows_wall=True)
    clock.drive_to(FIRST)

    assert clock.checks_timestamps

    clock.drive_to(FIRST + 60_000)
    clock.drive_to(FIRST + 30_000)

    assert clock.now_ms() == FIRST + 60_000
    assert not clock.checks_timestamps


def test_at_full_speed_only_the_feed_moves_it_until_the_data_end() -> None:
    """Then it runs like any clock."""
    wall = Wall()
    clock = ReplayClock(wall, FIRST, speed=MAX_SPEED)
    wall.now += 60_000

    assert clock.now_ms() == FIRST
    assert clock.seconds_until(FIRST + 1) == 0.0

    clock.run_free()
    wall.now += 1_000

    assert clock.now_ms() == FIRST + 1_000
