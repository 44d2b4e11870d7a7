"""The budget under any schedule of requests."""

import asyncio
import heapq
from collections import Counter
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from tradingbot.exchange.binance.wire.budget import Budget, Limit
from tradingbot.exchange.errors import RateLimited

LIMIT, MINUTE, START = 200, 60_000, 1_790_000_000_000


class World:
    """An exchange that counts by its own clock, which ours misses by `skew`, with others on the same address."""

    def __init__(self, skew: int) -> None:
        self.now, self.skew, self.used = START, skew, Counter[int]()
        self._sleepers: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()

    def clock(self) -> int:
        """Theirs as we believe it to be."""
        return self.now + self.skew

    async def sleep(self, seconds: float) -> None:
        """Wait in this world's time."""
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + round(seconds * 1000), next(self._order), woken))
        await woken

    async def run(self, *tasks: asyncio.Task[None]) -> None:
        """Let time pass, from one who waits to the next, until all is done."""
        while not all(task.done() for task in tasks):
            for _ in range(10):
                await asyncio.sleep(0)
            if self._sleepers:
                self.now, _, woken = heapq.heappop(self._sleepers)
                woken.set_result(None)
        await asyncio.gather(*tasks)

    def count(self, weight: int) -> dict[str, str]:
        """One request arrived: what the answer's header says."""
        self.used[self.now // MINUTE] += weight
        return {"X-MBX-USED-WEIGHT-1M": str(self.used[self.now // MINUTE])}


moments = st.integers(30_000, 70_000)  # the minute ends at 40,000
requests = st.lists(
    st.tuples(moments, st.integers(10, 20), st.booleans(), st.integers(0, 400)), min_size=20, max_size=60
)


@settings(deadline=None, max_examples=200)
@given(requests=requests, foreign=st.lists(moments, max_size=15), skew=st.integers(-400, 400))
def test_no_schedule_exceeds_the_limit(
    requests: list[tuple[int, int, bool, int]], foreign: list[int], skew: int
) -> None:
    """In every minute of the exchange's own calendar, whatever is asked when, with others asking from our address.

    The room that is left is for two requests on their way, and for what others send between two answers.
    """
    world = World(skew)
    budget = Budget(world.clock, world.sleep)
    budget.set_limits([Limit("REQUEST_WEIGHT", "MINUTE", 1, LIMIT)])

    async def ask(at: int, weight: int, urgent: bool, delay: int, slots: asyncio.Semaphore) -> None:
        await world.sleep(at / 1000)
        async with slots:
            try:
                await budget.spend(weight if not urgent else 1, urgent=urgent)
            except RateLimited:
                return
            asked_at = world.clock()
            await world.sleep(delay / 1000)
            told = world.count(weight if not urgent else 1)
            await world.sleep(delay / 1000)
            budget.saw(told, asked_at)

    async def others() -> None:
        at = 0
        for moment in sorted(foreign):
            await world.sleep((moment - at) / 1000)
            at = moment
            world.count(1)

    async def main() -> None:
        slots = asyncio.Semaphore(2)
        tasks = [asyncio.create_task(ask(*one, slots)) for one in requests]
        await world.run(asyncio.create_task(others()), *tasks)

    asyncio.run(main())
    assert max(world.used.values()) <= LIMIT
