"""WebSockets as Binance keeps them: pings, limits, life; and slow or cut ones."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMessage, WSMsgType

from tests.support.replay import BTC
from tests.support.spoken import KEYS, PATIENCE, Spoken, spoken
from tradingbot.exchange.replay.gate.connection import Connection, ConnectionSettings
from tradingbot.exchange.replay.gate.faults import Fault, Faults, Rule
from tradingbot.exchange.replay.gate.limits import LimitSettings
from tradingbot.exchange.replay.settings import ServeSettings

pytestmark = pytest.mark.anyio
SERVE = ServeSettings(keys=KEYS, port=0)
TRADES, WS_API = f"/ws/{BTC.lower()}@trade", "/ws-api/v3"


def quick(**changes: Any) -> ServeSettings:
    """Connections whose intervals are parts of a second."""
    return replace(SERVE, connections=replace(ConnectionSettings(messages_per_second=None), **changes))


@pytest.mark.parametrize("target", [TRADES, WS_API])
async def test_a_connection_that_answers_no_ping_is_cut(tmp_path: Path, target: str) -> None:
    """Unsolicited pongs are no answer."""
    settings = quick(ping_every=0.05, pong_within=0.2)
    async with spoken(tmp_path, settings) as exchange, exchange.socket(target) as socket:
        first = await socket.raw.receive(timeout=PATIENCE)
        await socket.raw.pong(b"unsolicited")

        assert (first.type, first.data.isdigit()) == (WSMsgType.PING, True)
        assert await socket.ended() == 1006
        assert len(socket.pings) >= 2


async def test_a_connection_that_copies_each_ping_lives(tmp_path: Path) -> None:
    """Longer than it would without."""
    settings = quick(ping_every=0.02, pong_within=0.1)
    async with spoken(tmp_path, settings) as exchange, exchange.socket(TRADES) as socket:
        for _ in range(20):
            ping = await socket.raw.receive(timeout=PATIENCE)
            assert ping.type is WSMsgType.PING
            await socket.raw.pong(ping.data)


@pytest.mark.parametrize(
    ("target", "notice"),
    [
        (TRADES, '{"e":"serverShutdown","E":%d}'),
        ("/stream", '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":%d}}'),
        (WS_API, '{"event":{"e":"serverShutdown","E":%d}}'),
    ],
)
async def test_a_connection_ends_with_its_life_after_a_notice(tmp_path: Path, target: str, notice: str) -> None:
    """Told first, closed then."""
    settings = quick(life=0.3, shutdown_notice=0.2)
    async with spoken(tmp_path, settings) as exchange, exchange.socket(target) as socket:
        told = (await socket.raw.receive(timeout=PATIENCE)).data
        moment = int("".join(filter(str.isdigit, told)))

        assert told == notice % moment
        assert abs(moment - exchange.running.world.clock.now_ms()) < 5_000
        assert await socket.ended() == 1001


async def test_streams_take_five_messages_a_second(tmp_path: Path) -> None:
    """The sixth, pings and pongs counted, ends the connection; the WebSocket API has no such limit."""
    async with spoken(tmp_path, SERVE) as exchange:
        async with exchange.socket(TRADES) as socket:
            for _ in range(3):
                await socket.raw.ping(b"x")
            for _ in range(3):
                await socket.raw.send_str('{"method":"LIST_SUBSCRIPTIONS","id":1}')
            while (await socket.raw.receive(timeout=PATIENCE)).type in (WSMsgType.PONG, WSMsgType.TEXT):
                pass
            assert socket.raw.close_code == 1008
        async with exchange.socket(WS_API) as socket:
            assert [(await socket.ask("ping"))["status"] for _ in range(20)] == [200] * 20


async def test_pings_of_the_client_are_answered(tmp_path: Path) -> None:
    """With their payload."""
    async with spoken(tmp_path) as exchange, exchange.socket(WS_API) as socket:
        await socket.raw.ping(b"mine")
        pong = await socket.raw.receive(timeout=PATIENCE)

        assert (pong.type, bytes(pong.data)) == (WSMsgType.PONG, b"mine")


async def test_bytes_and_huge_messages_end_the_connection(tmp_path: Path) -> None:
    """By the codes that say why."""
    async with spoken(tmp_path, quick(largest_message=1_000)) as exchange:
        async with exchange.socket(WS_API) as socket:
            await socket.raw.send_bytes(b"{}")
            assert await socket.ended() == 1003
        async with exchange.socket(WS_API) as socket:
            await socket.raw.send_str("x" * 2_000)
            assert await socket.ended() == 1009


async def test_attempts_to_connect_are_limited(tmp_path: Path) -> None:
    """429 to the one too many; opening the WebSocket API weighs two."""
    settings = replace(SERVE, limits=LimitSettings(connections=2))
    async with spoken(tmp_path, settings) as exchange:
        async with exchange.socket(WS_API) as socket, exchange.socket(TRADES):
            told = await socket.ask("ping")
            assert told["rateLimits"][0]["count"] in (1, 3)  # 1 where the minute has ended in between
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                async with exchange.socket(TRADES):
                    pass
        assert caught.value.status == 429


async def test_an_ended_connection_leaves_nothing_behind(tmp_path: Path) -> None:
    """No subscription, no listener, no connection."""
    async with spoken(tmp_path) as exchange:
        world, sockets = exchange.running.world, exchange.running.sockets
        async with exchange.socket(TRADES), exchange.socket(WS_API) as socket:
            assert (await socket.signed("userDataStream.subscribe.signature"))["status"] == 200
            assert (sockets.count("stream"), sockets.count("ws-api"), sockets.count()) == (1, 1, 2)
            assert (len(world.hub.listened(BTC)), world.users.count) == (1, 1)
        for _ in range(500):
            if not sockets.count():
                break
            await asyncio.sleep(0.01)

        assert (len(world.hub.listened(BTC)), world.users.count) == (0, 0)


async def test_a_client_that_takes_nothing_is_cut(tmp_path: Path) -> None:
    """Neither frames nor pings can be sent to it any more; its silence ends it."""
    settings = quick(ping_every=0.05, pong_within=0.2, queue=10**9)
    async with spoken(tmp_path, settings) as exchange:
        host, port = exchange.running.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port), limit=1_000)
        key = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        writer.write(f"GET {TRADES} HTTP/1.1\r\nHost: x\r\n{key}{'A' * 22}==\r\n\r\n".encode())
        assert b"101" in await reader.readline()
        hub, sockets = exchange.running.world.hub, exchange.running.sockets
        for _ in range(200):
            hub.publish(f"{BTC.lower()}@trade", b'"' + b"x" * 100_000 + b'"')
            await asyncio.sleep(0)
        for _ in range(300):
            if not sockets.count():
                break
            await asyncio.sleep(0.01)

        assert sockets.count() == 0
        writer.close()


class Wire:
    """A socket, its request and the transport of both, that only keep what happens to them."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.is_aborted = self.closed = False
        self.transport = self.writer = self
        self.writes = asyncio.Semaphore(0)

    def write(self, block: bytes) -> None:
        """Keep what is written."""
        self.sent.append(block)
        self.writes.release()

    async def drain(self) -> None:
        """Everything has been taken."""

    def is_closing(self) -> bool:
        """Whether nothing may be written any more."""
        return self.is_aborted

    async def receive(self) -> WSMessage:
        """Nothing ever comes."""
        await asyncio.Event().wait()
        raise AssertionError

    def abort(self) -> None:
        """End at once."""
        self.is_aborted = True


def unread(faults: Faults, queue: int = 100) -> tuple[Connection, Wire]:
    """A connection whose frames nobody takes out of the queue."""
    wire: Any = Wire()
    return Connection(wire, wire, ConnectionSettings(queue=queue), faults.of_connection(), lambda: 0), wire


def waiting(connection: Connection) -> list[bytes]:
    """The frames in the queue."""
    return [outgoing.frame for outgoing in connection._queue]


async def test_a_slow_reader_is_cut_not_buffered() -> None:
    """At the bound of its queue; what comes later is dropped."""
    connection, wire = unread(Faults(), queue=3)
    for number in range(3):
        connection.put("user", b"%d" % number)
    assert (connection.backlog, wire.is_aborted) == (3, False)

    connection.put("user", b"3")
    connection.put("user", b"4")

    assert (connection.backlog, wire.is_aborted, connection.is_open) == (0, True, False)


@pytest.mark.parametrize(
    ("fault", "stream", "left"),
    [
        (Fault.LOST, "user", [b"2", b"3"]),
        (Fault.DUPLICATED, "user", [b"1", b"1", b"2", b"3"]),
        (Fault.OUT_OF_ORDER, "user", [b"2", b"1", b"3"]),
        (Fault.SLOW, "user", [b"1", b"2", b"3"]),
        (Fault.STALE_BOOK, "btcusdt@depth", [b"2", b"3"]),
        (Fault.STALE_BOOK, "btcusdt@bookTicker", [b"2", b"3"]),
        (Fault.STALE_BOOK, "btcusdt@trade", [b"1", b"2", b"3"]),
        (Fault.DISCONNECT, "user", []),
    ],
)
async def test_a_planned_fault_befalls_the_next_frame(fault: Fault, stream: str, left: list[bytes]) -> None:
    """And no other."""
    faults = Faults()
    faults.plan([Rule(fault)])
    connection, wire = unread(faults)
    for frame in (b"1", b"2", b"3"):
        connection.put(stream, frame)

    assert waiting(connection) == left
    assert wire.is_aborted == (fault is Fault.DISCONNECT)


async def test_what_waits_is_written_at_once() -> None:
    """Up to a frame that is late, and at most 256 frames at a time."""
    faults = Faults()
    connection, wire = unread(faults, queue=1_000)
    for number in range(300):
        connection.put("user", b"%03d" % number)
    connection.send(b"late", 0.01)
    connection.send(b"last")
    writing = asyncio.create_task(connection.run(ignored, lambda _: b""))
    for _ in range(3):
        await wire.writes.acquire()
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)

    assert [len(block) // 5 for block in wire.sent[:2]] == [256, 44]
    assert wire.sent[0][:10] == b"\x81\x03000\x81\x03001"
    assert wire.sent[2:] == [b"\x81\x04late\x81\x04last"]


async def test_nothing_is_written_behind_a_goodbye() -> None:
    """A close frame is the last of a connection."""
    connection, wire = unread(Faults())
    connection.send(b"too late")
    wire.closed = True
    writing = asyncio.create_task(connection.run(ignored, lambda _: b""))
    await asyncio.sleep(0.01)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)

    assert (connection.backlog, wire.sent) == (0, [])


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
async def test_frames_of_any_size_arrive_whole(tmp_path: Path, size: int) -> None:
    """Each of the three lengths that the protocol knows, at its bounds."""
    async with spoken(tmp_path) as exchange, exchange.socket(TRADES) as socket:
        exchange.running.world.hub.publish(f"{BTC.lower()}@trade", b"x" * size)
        message = await socket.raw.receive(timeout=PATIENCE)

        assert (message.type, len(message.data)) == (WSMsgType.TEXT, size)


async def ignored(_text: str) -> None:
    """Messages are of no interest."""


async def test_a_slow_frame_is_late(tmp_path: Path) -> None:
    """And what follows waits for it."""
    async with spoken(tmp_path) as exchange, exchange.socket(TRADES) as socket:
        await exchange.fault("slow", f"{BTC.lower()}@trade", value=200)
        began = asyncio.get_running_loop().time()
        for price in ("50000", "50001"):
            await exchange.admin("trade", {"symbol": BTC, "price": price, "quantity": "1"})

        assert [(await socket.told())["p"] for _ in range(2)] == ["50000.00000000", "50001.00000000"]
        assert asyncio.get_running_loop().time() - began >= 0.2


@pytest.mark.parametrize(
    ("which", "ends"), [("streams", (True, False)), ("ws_api", (False, True)), ("all", (True, True))]
)
async def test_connections_can_be_cut(tmp_path: Path, which: str, ends: tuple[bool, bool]) -> None:
    """Of either service, or all."""
    async with spoken(tmp_path) as exchange, exchange.socket(TRADES) as stream, exchange.socket(WS_API) as ws_api:
        told = await exchange.admin("disconnect", {"which": which})

        assert told.body == {"connections": sum(ends)}
        for socket, is_ended in zip((stream, ws_api), ends, strict=True):
            if is_ended:
                assert await socket.ended() == 1006
            else:
                assert not socket.raw.closed


async def test_the_server_ends_though_clients_stay(tmp_path: Path) -> None:
    """Within seconds, and they see their connections end."""
    began = asyncio.get_running_loop().time()
    async with aiohttp.ClientSession() as session:
        async with spoken(tmp_path) as exchange:
            raw = await session.ws_connect(exchange.running.url + TRADES)
            assert isinstance(exchange, Spoken)
        message = await raw.receive(timeout=PATIENCE)

    assert message.type in (WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR)
    assert asyncio.get_running_loop().time() - began < 10
