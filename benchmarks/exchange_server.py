"""A replay exchange in a process of its own, without limits of requests.

`python -m benchmarks.exchange_server STORE SPEED` begins paused, prints its address, and ends with its standard
input.
"""

import asyncio
import sys
from decimal import Decimal
from pathlib import Path

from benchmarks.portfolio import SYMBOLS
from tradingbot.cli.clock import now_ms
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.exchange.replay.gate.keys import ApiKey
from tradingbot.exchange.replay.gate.limits import LimitSettings
from tradingbot.exchange.replay.gate.signature import HmacSecret
from tradingbot.exchange.replay.playing.opening import ReplaySettings
from tradingbot.exchange.replay.settings import ServeSettings
from tradingbot.exchange.replay.transport.server import serving
from tradingbot.exchange.replay.world import Account, open_world

KEY, SECRET = "benchmark-key", "benchmark-secret"
_MANY = 10**9
_LIMITS = LimitSettings(weight=_MANY, raw_requests=_MANY, orders_10s=_MANY, orders_day=_MANY, connections=None)


async def serve(store: ParquetStore, speed: float) -> None:
    """Serve until standard input ends; at speed 1 the candles are shifted to now."""
    start = max(store.span(symbol, timeframe)[0] for symbol in SYMBOLS for timeframe in store.timeframes(symbol))
    replay = ReplaySettings(symbols=SYMBOLS, start=start, speed=speed, wall_clock=speed == 1.0, paused=True)
    account = Account(balances={"USDT": Decimal(10**9)})
    settings = ServeSettings(keys=(ApiKey(name=KEY, verifiers=(HmacSecret(SECRET),)),), port=0, limits=_LIMITS)
    async with serving(settings, open_world(store, replay, account, settings, now_ms)) as running:
        print(running.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(ParquetStore(Path(sys.argv[1])), float(sys.argv[2])))
