"""Control messages of market streams, and the addresses that name streams."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.replay import BTC, ETH
from tests.support.spoken import KEYS, Spoken, spoken
from tradingbot.exchange.replay.gate.connection import ConnectionSettings
from tradingbot.exchange.replay.settings import ServeSettings
from tradingbot.exchange.replay.transport.stream_server import MOST_STREAMS

pytestmark = pytest.mark.anyio
TRADE, ETH_TRADE = f"{BTC.lower()}@trade", f"{ETH.lower()}@trade"
UNHURRIED = ServeSettings(keys=KEYS, port=0, connections=ConnectionSettings(messages_per_second=None))


@pytest.fixture
async def exchange(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Spoken]:
    """Two symbols, at a standstill; as many control messages as a test likes."""
    async with spoken(tmp_path, UNHURRIED) as running:
        yield running


async def trade(exchange: Spoken, symbol: str = BTC) -> None:
    """Somebody trades."""
    assert (await exchange.admin("trade", {"symbol": symbol, "price": "50000", "quantity": "1"})).status == 200


@pytest.mark.parametrize(
    ("target", "streams", "is_combined"),
    [
        ("/ws", [], False),
        ("/ws/0", ["0"], False),
        (f"/ws/{TRADE}", [TRADE], False),
        (f"/ws/{TRADE}/{ETH_TRADE}", [TRADE, ETH_TRADE], False),
        ("/stream", [], True),
        (f"/stream?streams={TRADE}/{ETH_TRADE}", [TRADE, ETH_TRADE], True),
        (f"/stream?streams={TRADE.replace('@', '%40')}", [TRADE], True),
    ],
)
async def test_the_address_names_streams(exchange: Spoken, target: str, streams: list[str], is_combined: bool) -> None:
    """One or more; a name that nothing is told under is tolerated."""
    async with exchange.socket(target) as socket:
        assert await socket.ask("LIST_SUBSCRIPTIONS") == {"result": streams, "id": 1}
        assert await socket.ask("GET_PROPERTY", ["combined"]) == {"result": is_combined, "id": 1}


async def test_frames_are_wrapped_where_streams_are_combined(exchange: Spoken) -> None:
    """And bare elsewhere; the property changes it."""
    async with exchange.socket(f"/ws/{TRADE}") as raw, exchange.socket(f"/stream?streams={TRADE}") as combined:
        await trade(exchange)
        bare, wrapped = await raw.told(), await combined.told()
        assert await raw.ask("SET_PROPERTY", ["combined", True]) == {"result": None, "id": 1}
        await trade(exchange)

        assert bare["e"] == "trade"
        assert wrapped == {"stream": TRADE, "data": bare}
        assert (await raw.told())["stream"] == TRADE


async def test_subscriptions_come_and_go(exchange: Spoken) -> None:
    """By control messages; only what is listened to is told."""
    async with exchange.socket("/ws") as socket:
        assert await socket.ask("SUBSCRIBE", [TRADE, ETH_TRADE]) == {"result": None, "id": 1}
        assert await socket.ask("UNSUBSCRIBE", [TRADE, "never@heard"]) == {"result": None, "id": 1}
        await trade(exchange)
        await trade(exchange, ETH)

        assert (await socket.told())["s"] == ETH


async def test_times_are_in_microseconds_where_the_address_says_so(exchange: Spoken) -> None:
    """Of frames."""
    async with exchange.socket(f"/ws/{TRADE}?timeUnit=MICROSECOND") as micro, exchange.socket(f"/ws/{TRADE}") as milli:
        await trade(exchange)

        assert (await micro.told())["T"] == (await milli.told())["T"] * 1_000


@pytest.mark.parametrize("identity", [1, 0, -5, 2**62, "a", "x" * 36, None])
async def test_ids_are_echoed(exchange: Spoken, identity: Any) -> None:
    """Whatever their type."""
    async with exchange.socket("/ws") as socket:
        assert await socket.ask("LIST_SUBSCRIPTIONS", id=identity) == {"result": [], "id": identity}


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", 3, "Invalid JSON"),
        ("{", 3, "Invalid JSON"),
        ("[" * 5_000, 3, "Invalid JSON"),
        ("[]", 2, "Invalid request"),
        ('{"id":1}', 2, "missing field `method`"),
        ('{"method":"JUMP","id":1}', 2, "unknown variant `JUMP`, expected one of `SUBSCRIBE`"),
        ('{"method":["SUBSCRIBE"],"id":1}', 2, "unknown variant"),
        ('{"method":"SUBSCRIBE","id":1}', 2, "missing field `params`"),
        ('{"method":"SUBSCRIBE","params":[1],"id":1}', 2, "must be a string"),
        ('{"method":"SUBSCRIBE","params":"a","id":1}', 2, "params"),
        ('{"method":"LIST_SUBSCRIPTIONS","id":true}', 2, "request ID must be"),
        ('{"method":"LIST_SUBSCRIPTIONS","id":[]}', 2, "request ID must be"),
        ('{"method":"GET_PROPERTY","params":["colour"],"id":1}', 0, "Unknown property"),
        ('{"method":"GET_PROPERTY","params":[1],"id":1}', 2, "property name must be a string"),
        ('{"method":"GET_PROPERTY","params":[],"id":1}', 2, "property name must be a string"),
        ('{"method":"SET_PROPERTY","params":["combined","yes"],"id":1}', 1, "expected Boolean"),
        ('{"method":"SET_PROPERTY","params":["combined"],"id":1}', 2, "too many parameters"),
    ],
)
async def test_a_message_that_means_nothing_is_refused(exchange: Spoken, text: str, code: int, words: str) -> None:
    """With the code of its kind; the connection goes on."""
    async with exchange.socket("/ws") as socket:
        await socket.raw.send_str(text)
        told = await socket.told()

        assert (told["code"], words in told["msg"]) == (code, True)
        assert (await socket.ask("LIST_SUBSCRIPTIONS"))["result"] == []


async def test_a_connection_listens_to_1024_streams_at_most(tmp_path: Path) -> None:
    """One more is refused, and what was listened to stays."""
    settings = replace(UNHURRIED, connections=replace(UNHURRIED.connections, largest_message=10**6))
    async with spoken(tmp_path, settings) as exchange, exchange.socket("/ws") as socket:
        names = [f"x{number}@trade" for number in range(MOST_STREAMS)]
        assert await socket.ask("SUBSCRIBE", names) == {"result": None, "id": 1}
        assert (await socket.ask("SUBSCRIBE", names))["result"] is None
        assert (await socket.ask("SUBSCRIBE", ["one@more"]))["code"] == 2
        assert len((await socket.ask("LIST_SUBSCRIPTIONS"))["result"]) == MOST_STREAMS
