"""HTTP with timeouts, bounded answers, retries and respect for the other side's limits."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from tradingbot.data.settings import DownloadSettings
from tradingbot.domain.errors import NetworkError
from tradingbot.domain.timeframe import MINUTE_MS, SECOND_MS

Clock = Callable[[], int]
Sleep = Callable[[float], Awaitable[None]]

_SLOW_DOWN = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.IM_A_TEAPOT)
_WEIGHT = "X-MBX-USED-WEIGHT-1M"


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of the other side: 2xx or 4xx."""

    status: int
    content: bytes


class _Again(Exception):
    """Why an attempt failed that may be repeated."""


@dataclass(slots=True)
class Fetcher:
    """Gets addresses over one HTTP client.

    All requests pause together: as long as the server asks for (429, 418), or until the next minute once most of the
    request weight is used. `clock` is ms UTC; `sleep` takes seconds.
    """

    client: httpx.AsyncClient
    settings: DownloadSettings
    clock: Clock
    sleep: Sleep = asyncio.sleep
    _resume_at: int = field(default=0, init=False)

    async def get(self, url: str, limit: int, params: Mapping[str, str | int] | None = None) -> Answer:
        """The answer to a GET, at most `limit` bytes of it; raises NetworkError after the last attempt."""
        reason = ""
        for attempt in range(self.settings.retries + 1):
            await self._pause()
            try:
                return await self._once(url, limit, params)
            except (httpx.TransportError, _Again) as error:
                reason = str(error) or type(error).__name__
                await self.sleep(min(0.25 * 2**attempt, 8.0))
        raise NetworkError(f"{url}: {reason}, {self.settings.retries + 1} attempts", retryable=True)

    async def _once(self, url: str, limit: int, params: Mapping[str, str | int] | None) -> Answer:
        async with self.client.stream("GET", url, params=params, timeout=self.settings.timeout) as response:
            self._heed(response)
            if response.status_code in _SLOW_DOWN or response.is_server_error:
                raise _Again(f"HTTP {response.status_code}")
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > limit:
                    raise NetworkError(f"{url}: the answer is larger than {limit:,} bytes", retryable=False)
            return Answer(response.status_code, bytes(content))

    def _heed(self, response: httpx.Response) -> None:
        """Note until when the answer's headers ask us to wait."""
        now = self.clock()
        if response.status_code in _SLOW_DOWN:
            seconds = response.headers.get("Retry-After", "")
            wait = int(seconds) * SECOND_MS if seconds.isdigit() else MINUTE_MS
            if wait > self.settings.max_wait * SECOND_MS:
                host = response.request.url.host
                raise NetworkError(f"{host} asks to wait {wait // SECOND_MS} s: try again then", retryable=True)
            self._resume_at = max(self._resume_at, now + wait)
        used = response.headers.get(_WEIGHT, "")
        if used.isdigit() and int(used) >= self.settings.weight_limit * self.settings.weight_share:
            self._resume_at = max(self._resume_at, now - now % MINUTE_MS + MINUTE_MS)

    async def _pause(self) -> None:
        while (wait := self._resume_at - self.clock()) > 0:
            await self.sleep(wait / SECOND_MS)
