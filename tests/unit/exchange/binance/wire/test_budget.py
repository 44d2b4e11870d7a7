"""Limits are kept before the exchange has to say so."""

import pytest

from tradingbot.exchange.binance.wire.budget import Budget, Limit
from tradingbot.exchange.errors import Banned, RateLimited, TooManyOrders

pytestmark = pytest.mark.anyio
MINUTE = 60_000
NOW = 1_790_000_040_000  # at a full minute


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self, now: int = NOW) -> None:
        self.now = now
        self.slept = 0.0

    def __call__(self) -> int:
        """The moment, ms."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.slept += seconds
        self.now += round(seconds * 1000)


def budget_of(clock: Clock, *limits: Limit) -> Budget:
    """With these limits, by default 100 of weight a minute."""
    budget = Budget(clock, clock.sleep)
    budget.set_limits(limits or [Limit("REQUEST_WEIGHT", "MINUTE", 1, 100)])
    return budget


async def test_questions_wait_at_four_fifths_for_the_next_minute() -> None:
    """The fifth request of 20 would reach the limit; it goes out just after the window's end."""
    clock = Clock(NOW + 10_000)
    budget = budget_of(clock)
    for _ in range(4):
        await budget.spend(20)
    assert clock.slept == 0

    await budget.spend(20)

    assert clock.now == NOW + MINUTE + 500


async def test_orders_may_use_what_questions_must_leave() -> None:
    """Up to 95 % of the limit, and then they do not wait for a minute but say when."""
    clock = Clock()
    budget = budget_of(clock)
    await budget.spend(80)

    for _ in range(15):
        await budget.spend(1, urgent=True)
    with pytest.raises(RateLimited, match="Not sent") as caught:
        await budget.spend(1, urgent=True)

    assert (clock.slept, caught.value.retry_at) == (0, NOW + MINUTE + 500)


async def test_what_others_use_counts() -> None:
    """The exchange says that 79 are used, though we sent one of 5: then one of 2 must wait."""
    clock = Clock()
    budget = budget_of(clock)
    await budget.spend(5)

    budget.saw({"X-MBX-USED-WEIGHT-1M": "79"})
    await budget.spend(1)
    assert clock.slept == 0
    await budget.spend(2)

    assert clock.slept > 0


@pytest.mark.parametrize("asked_at", [NOW - 50, NOW + 400])
async def test_what_a_full_minute_used_does_not_hold_back_the_next(asked_at: int) -> None:
    """An answer that comes after a minute's end may still count that minute; those to the next one's are believed."""
    clock = Clock(NOW + 600)
    budget = budget_of(clock)

    budget.saw({"X-MBX-USED-WEIGHT-1M": "99"}, asked_at)
    await budget.spend(1, urgent=True)
    assert budget.used() == {"REQUEST_WEIGHT 1M": (1, 100)}

    budget.saw({"X-MBX-USED-WEIGHT-1M": "99"}, NOW + 500)
    assert budget.used() == {"REQUEST_WEIGHT 1M": (99, 100)}


async def test_a_limit_of_an_interval_that_is_not_documented_is_left_to_the_exchange() -> None:
    """The others hold; asking for the symbols does not fail over it."""
    budget = budget_of(Clock(), Limit("REQUEST_WEIGHT", "WEEK", 1, 5), Limit("REQUEST_WEIGHT", "MINUTE", 1, 100))
    await budget.spend(7)

    assert budget.used() == {"REQUEST_WEIGHT 1M": (7, 100)}


@pytest.mark.parametrize("told", ["", "x", "-5", "1.5"])
async def test_a_header_that_is_no_number_is_not_believed(told: str) -> None:
    """Our own count stands."""
    budget = budget_of(Clock())
    await budget.spend(7)

    budget.saw({"X-MBX-USED-WEIGHT-1M": told})

    assert budget.used() == {"REQUEST_WEIGHT 1M": (7, 100)}


async def test_the_count_of_orders_is_kept_apart() -> None:
    """Ten orders in ten seconds allow nine (95 %); questions go on, the next order waits for the window's end."""
    clock = Clock()
    budget = budget_of(clock, Limit("ORDERS", "SECOND", 10, 10), Limit("REQUEST_WEIGHT", "MINUTE", 1, 6_000))
    for _ in range(3):
        await budget.spend(1, orders=3, urgent=True)

    await budget.spend(100)
    with pytest.raises(TooManyOrders):
        await budget.spend(1, orders=1, urgent=True)
    clock.now += 6_000
    await budget.spend(1, orders=1, urgent=True)

    assert clock.now == NOW + 10_500


async def test_a_day_without_orders_left_is_not_waited_for() -> None:
    """The error names the next day."""
    budget = budget_of(Clock(), Limit("ORDERS", "DAY", 1, 100))
    budget.saw({"X-MBX-ORDER-COUNT-1D": "95"})

    with pytest.raises(TooManyOrders) as caught:
        await budget.spend(1, orders=1, urgent=True)

    assert caught.value.retry_at == NOW - NOW % 86_400_000 + 86_400_000 + 500


async def test_nothing_leaves_before_a_ban_ends() -> None:
    """A ban of an hour is told at once, by its own name; afterwards all is as before."""
    clock = Clock()
    budget = budget_of(clock)
    budget.heed(Banned("banned", status=418, retry_at=NOW + 3_600_000))
    budget.heed(RateLimited("too much", status=429, retry_at=NOW + 5_000))

    for urgent in (True, False):
        with pytest.raises(Banned, match="for another 3600 s") as caught:
            await budget.spend(1, urgent=urgent)
        assert caught.value.retry_at == NOW + 3_600_000
    clock.now = NOW + 3_600_000
    await budget.spend(1)

    assert clock.slept == 0


async def test_a_short_retry_after_is_waited_for() -> None:
    """A question waits the seconds that a 429 named."""
    clock = Clock()
    budget = budget_of(clock)
    budget.heed(RateLimited("too much", status=429, retry_at=NOW + 7_000))

    await budget.spend(1)

    assert clock.slept == 7


async def test_too_many_orders_stop_orders_only() -> None:
    """Asking and cancelling go on."""
    budget = budget_of(Clock())
    budget.heed(TooManyOrders("too many", status=429, retry_at=NOW + 8_000))

    await budget.spend(1, urgent=True)
    with pytest.raises(TooManyOrders):
        await budget.spend(1, orders=1, urgent=True)


async def test_new_limits_keep_the_counts() -> None:
    """What exchangeInfo says later applies to what was used before."""
    budget = budget_of(Clock())
    await budget.spend(30)

    budget.set_limits([Limit("REQUEST_WEIGHT", "MINUTE", 1, 35), Limit("RAW_REQUESTS", "MINUTE", 5, 10)])

    assert budget.used() == {"REQUEST_WEIGHT 1M": (30, 35), "RAW_REQUESTS 5M": (0, 10)}


async def test_a_request_heavier_than_the_share_goes_into_an_empty_window() -> None:
    """It would otherwise never be sent."""
    clock = Clock()
    budget = budget_of(clock)
    await budget.spend(90)

    await budget.spend(90)

    assert clock.now == NOW + MINUTE + 500


async def test_a_clock_corrected_by_a_little_does_not_empty_the_window() -> None:
    """Reading the exchange's clock anew may set it back over a window's start; a replay begun anew goes far back."""
    clock = Clock(NOW + 10)
    budget = budget_of(clock)
    await budget.spend(50)

    clock.now = NOW - 10
    assert budget.used() == {"REQUEST_WEIGHT 1M": (50, 100)}
    clock.now = NOW - 10 * MINUTE

    assert budget.used() == {"REQUEST_WEIGHT 1M": (0, 100)}
