"""The exchange is killed and comes back: who listened hears that something is missing, and goes on by itself."""

import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests.support.bench import Recorder
from tests.support.command import started
from tradingbot.cli.clock import now_ms
from tradingbot.exchange.binance.account.venue import BinanceVenue
from tradingbot.exchange.binance.market.market_data import BinanceMarketData
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.errors import ExchangeError, Retry
from tradingbot.exchange.events import StreamLost, StreamResumed, TopOfBook
from tradingbot.exchange.streams import Stream, StreamKind

pytestmark = pytest.mark.anyio
KEY, SECRET = "simulation-key", "simulation-secret"


def free_port() -> int:
    """One that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def clients(url: str) -> AsyncIterator[tuple[BinanceVenue, Recorder, Recorder]]:
    """An account and a market feed that listen."""
    endpoints = Endpoints.replay(url)
    venue = BinanceVenue(endpoints, Credentials(KEY, SECRET), now_ms)
    await venue.open()
    account = Recorder(venue.events())
    market = Recorder(BinanceMarketData(endpoints, now_ms).stream([Stream("BTCUSDT", StreamKind.TOP_OF_BOOK)]))
    try:
        yield venue, account, market
    finally:
        await market.close()
        await account.close()
        await venue.close()


@contextmanager
def serving(store: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The exchange in a process of its own, killed at the end."""
    words = ["exchange", "serve", "--port", port, "--symbols", "BTCUSDT", "--data", store, "--start", "2024-01-02"]
    words += ["--wall-clock", "--speed", 100, "--api-key", KEY, "--api-secret", SECRET]
    with started(store, *words) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("Replay exchange")
            yield process
        finally:
            process.kill()


async def test_a_killed_exchange_is_found_again(store: Path) -> None:
    """Both streams say that they were lost and when they go on; questions fail in a way that allows asking again."""
    port = free_port()
    with serving(store, port) as process:
        async with clients(f"http://127.0.0.1:{port}") as (venue, account, market):
            await market.until(lambda: market.of(TopOfBook))
            process.kill()
            await account.until(lambda: account.of(StreamLost))
            await market.until(lambda: market.of(StreamLost))
            with pytest.raises(ExchangeError) as caught:
                await venue.open_orders("BTCUSDT")
            assert caught.value.retry is Retry.AFTER_WAIT

            with serving(store, port):
                seen = len(market.seen)
                await account.until(lambda: account.of(StreamResumed))
                await market.until(lambda: market.of(StreamResumed))
                await market.until(lambda: any(isinstance(one, TopOfBook) for one in market.seen[seen:]))
                assert await venue.open_orders("BTCUSDT") == []
