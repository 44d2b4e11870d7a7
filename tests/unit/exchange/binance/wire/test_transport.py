"""One request and its whole answer, whatever comes over the wire."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tradingbot.exchange.binance.wire.transport import (
    MOST_BYTES,
    HttpAnswer,
    NoAnswer,
    NotConnected,
    TooLarge,
    Transport,
)

pytestmark = pytest.mark.anyio
OK = b"HTTP/1.1 200 OK\r\n"


@asynccontextmanager
async def speaking(words: bytes) -> AsyncIterator[int]:
    """A server on that port that answers every request with these bytes and hangs up."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(words)
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def asked(port: int, scheme: str = "http") -> HttpAnswer:
    """What a question to it is answered."""
    transport = Transport(5.0)
    try:
        return await transport.send("GET", f"{scheme}://127.0.0.1:{port}/?signature=secret", {}, None)
    finally:
        await transport.close()


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        OK + b"Content-Length: 100\r\n\r\n",
        OK + b"Content-Length: 100\r\n\r\n{",
        OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
        OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
        OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"Content-Encoding: br\r\nContent-Length: 5\r\n\r\nhello",
        OK + b"Content-Length: -5\r\n\r\n",
        OK + b"X: " + b"a" * 20_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"\x00\x01\x02\r\n\r\n",
    ],
)
async def test_an_answer_that_breaks_off_is_none(words: bytes) -> None:
    """Before, between and after the headers: the request may have been executed, and nothing of it is shown."""
    async with speaking(words) as port:
        with pytest.raises(NoAnswer, match=r"connection to 127\.0\.0\.1 was lost") as caught:
            await asked(port)

    assert "secret" not in str(caught.value)


async def test_an_answer_that_swells_is_not_read_to_its_end() -> None:
    """Half a megabyte that unpacks to 512."""
    packed = zlib.compress(bytes(32 * MOST_BYTES))
    head = OK + f"Content-Encoding: deflate\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    async with speaking(head + packed) as port:
        with pytest.raises(TooLarge):
            await asked(port)


async def test_whoever_cannot_prove_who_he_is_gets_no_request() -> None:
    """No TLS: nothing was sent, and the remedy is named."""
    async with speaking(OK + b"\r\n") as port:
        with pytest.raises(NotConnected, match=r"it cannot prove who it is\. Check this machine's clock"):
            await asked(port, "https")
