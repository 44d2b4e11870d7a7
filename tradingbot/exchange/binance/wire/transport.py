"""One HTTP request and its whole answer, within bounds of time and size."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import aiohttp
from yarl import URL

MOST_BYTES = 16 * 2**20  # exchangeInfo of every symbol has about 10 million
MOST_CONNECTIONS = 10


class HttpAnswer(NamedTuple):
    """As it came; `headers` are found in any case of letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NotConnected(Exception):
    """No connection came about, so nothing was sent."""


class NoAnswer(Exception):
    """The request was sent, or part of it; whether it arrived cannot be told."""


class TooLarge(Exception):
    """The answer has more bytes than any documented one; the rest was not read."""


class Transport:
    """A pool of connections. `timeout` is for a whole request, `connect_timeout` for its connection; seconds."""

    def __init__(self, timeout: float, connect_timeout: float = 5.0) -> None:
        self._timeout = timeout
        connector = aiohttp.TCPConnector(limit=MOST_CONNECTIONS)
        limits = aiohttp.ClientTimeout(total=None, connect=None, sock_connect=connect_timeout)
        self._session = aiohttp.ClientSession(
            connector=connector, timeout=limits, cookie_jar=aiohttp.DummyCookieJar(), middlewares=(_never_twice,)
        )

    async def send(self, verb: str, url: str, headers: Mapping[str, str], body: str | None) -> HttpAnswer:
        """Raises NotConnected, NoAnswer or TooLarge, which name neither URL nor headers: both hold keys or signatures.

        `url` is sent as it stands, for it is signed. Redirects are not followed: they would carry the key elsewhere.
        """
        request = self._session.request(
            verb,
            URL(url, encoded=True),
            headers=dict(headers),
            data=body.encode() if body else None,
            allow_redirects=False,
        )
        try:
            async with asyncio.timeout(self._timeout), request as response:
                return HttpAnswer(response.status, response.headers, await _whole(response))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnected(_reason(error)) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NoAnswer(_reason(error)) from None

    async def close(self) -> None:
        """End every connection."""
        await self._session.close()


async def _never_twice(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Where a kept connection turns out dead, aiohttp sends GET, PUT and DELETE again by itself: not here."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        raise NoAnswer(_reason(error)) from None


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    async for part in response.content.iter_any():
        found += part
        if len(found) > MOST_BYTES:
            response.close()
            raise TooLarge(f"more than {MOST_BYTES // 2**20} MiB")
    return bytes(found)


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection to {error.host}: {error.strerror or type(error).__name__}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"the connection was lost ({type(error).__name__})"
