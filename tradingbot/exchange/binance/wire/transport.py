"""One HTTP request and its whole answer, within bounds of time and size."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

import aiohttp
from yarl import URL

MOST_BYTES = 16 * 2**20  # exchangeInfo of every symbol has about 10 million
MOST_CONNECTIONS = 24  # more than are ever asked at once: a request waits for a slot, never for a connection


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
            raise NotConnected(_unreached(error, URL(url, encoded=True).host)) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NoAnswer(_reason(error, URL(url, encoded=True).host)) from None

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
        raise NoAnswer(_reason(error, request.url.host)) from None


async def _whole(response: aiohttp.ClientResponse) -> bytes:
    found = bytearray()
    async for part in response.content.iter_any():
        found += part
        if len(found) > MOST_BYTES:
            response.close()
            raise TooLarge(f"more than {MOST_BYTES // 2**20} MiB")
    return bytes(found)


def _unreached(error: Exception, host: str | None) -> str:
    """Why there is no connection, and what to look at."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"no connection to {host}: its name cannot be resolved. Check this machine's network and DNS"
    if isinstance(error, aiohttp.ClientSSLError):
        remedy = "Check this machine's clock and certificates, and that no proxy stands between"
        return f"no connection to {host}: it cannot prove who it is. {remedy}"
    if isinstance(error, aiohttp.ClientConnectorError) and error.strerror:
        return f"no connection to {host}: {error.strerror}. Check this machine's network and firewall"
    return f"no connection to {host} in time. Check this machine's network and firewall"


def _reason(error: Exception, host: str | None) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer in time from {host}"
    return f"the connection to {host} was lost ({type(error).__name__})"
