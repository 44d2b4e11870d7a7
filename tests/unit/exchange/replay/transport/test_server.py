"""Connections that ask nothing end; those that are in use do not."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.replay import BTC
from tests.support.spoken import KEYS, PATIENCE, spoken
from tradingbot.exchange.replay.settings import ServeSettings

pytestmark = pytest.mark.anyio
SERVE = ServeSettings(keys=KEYS, port=0)
ASKED = b"GET /api/v3/ping HTTP/1.1\r\nHost: exchange\r\n\r\n"
UNFINISHED = b"GET /api/v3/ping HTTP/1.1\r\nHost: exchange\r\nX-Slow: "


async def ended(url: str, begun: bytes) -> float:
    """Seconds until the exchange closes a connection on which this, and then a letter now and then, is written."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    began = asyncio.get_running_loop().time()
    writer.write(begun)
    reading = asyncio.create_task(reader.read())
    while not reading.done():
        await asyncio.wait([reading], timeout=0.05)
        if begun and not writer.is_closing():
            writer.write(b"x")
    await asyncio.gather(reading, return_exceptions=True)
    writer.close()
    await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    return asyncio.get_running_loop().time() - began


async def test_clients_that_never_finish_a_request_are_gone(tmp_path: Path) -> None:
    """Two hundred that say nothing, or trickle the head of their first request or of a later one."""
    async with spoken(tmp_path, replace(SERVE, idle=0.4)) as exchange:
        slow = [b"", UNFINISHED, ASKED + UNFINISHED, UNFINISHED] * 50
        async with asyncio.timeout(2 * PATIENCE):
            took = await asyncio.gather(*(ended(exchange.running.url, begun) for begun in slow))

        assert min(took) >= 0.35
        assert (await exchange.get("ping")).status == 200


async def test_connections_in_use_stay(tmp_path: Path) -> None:
    """A WebSocket on which nothing is told, and a request whose answer takes its time."""
    target = f"/ws/{BTC.lower()}@trade"
    async with spoken(tmp_path, replace(SERVE, idle=0.1)) as exchange, exchange.socket(target) as one:
        await exchange.fault("delay", "/api/v3/ping", value=400)

        assert (await exchange.get("ping")).status == 200
        await exchange.admin("trade", {"symbol": BTC, "price": "50000", "quantity": "1"})
        assert (await one.told())["p"] == "50000.00000000"


async def test_a_body_for_the_steering_has_to_end_too(tmp_path: Path) -> None:
    """408 once the time for it is over."""
    async with spoken(tmp_path, replace(SERVE, request_within=0.2)) as exchange:
        host, port = exchange.running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /replay/pause HTTP/1.1\r\nHost: exchange\r\nContent-Length: 50\r\n\r\n{")
        slow = await asyncio.wait_for(reader.readline(), PATIENCE)
        writer.close()
        await writer.wait_closed()

        assert slow.split()[1] == b"408"
