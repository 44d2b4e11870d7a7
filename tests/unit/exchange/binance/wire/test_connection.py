"""One connection's limits."""

import asyncio

import pytest

from tradingbot.exchange.binance.wire.connection import Pace

pytestmark = pytest.mark.anyio


async def test_more_than_the_limit_wait() -> None:
    """Three may pass in a window; the fourth and fifth pass with the next, whoever asks."""
    pace = Pace(3, 0.2)
    now = asyncio.get_running_loop().time
    begin = now()
    passed = []

    async def one() -> None:
        await pace.wait()
        passed.append(now() - begin)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(7):
            tasks.create_task(one())

    assert [round(moment / 0.2) for moment in passed] == [0, 0, 0, 1, 1, 1, 2]
