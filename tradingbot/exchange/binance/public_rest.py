"""The public questions over REST that the streams need: candles, snapshots of the book, the exchange's time."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any, Protocol, TypeVar

import aiohttp
import msgspec
from msgspec import Struct

from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.binance.frames import Depth, Number
from tradingbot.exchange.errors import ExchangeError, ProtocolBroken, RateLimited, Retry, Unavailable, typed

PAGE = 1000  # rows of one answer to GET klines
KLINES_WEIGHT = 2
TIME_WEIGHT = 1
_DEPTH_WEIGHTS = ((100, 5), (500, 25), (1000, 50), (5000, 250))  # levels asked for, weight


class Budget(Protocol):
    """Keeps the requests of one address within the exchange's limits."""

    async def spend(self, weight: int) -> None:
        """Return when that much weight may be used."""
        ...

    def saw(self, headers: Mapping[str, str]) -> None:
        """Take note of what an answer says was used."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RestSettings:
    """Seconds. A question is asked at most `attempts` times, unless the exchange asks to wait longer than `patience`."""

    timeout: float = 10.0
    attempts: int = 4
    first_pause: float = 0.5
    patience: float = 30.0


class _Error(Struct):
    code: int
    msg: str


class _Time(Struct, rename="camel"):
    server_time: int


# open time, open, high, low, close, volume, close time, quote volume, trades, taker buy base, taker buy quote, unused
KlineRow = tuple[int, Number, Number, Number, Number, Number, int, Number, int, Number, Number, Any]

_decode_klines = msgspec.json.Decoder(list[KlineRow], strict=False).decode
_decode_depth = msgspec.json.Decoder(Depth, strict=False).decode
_decode_time = msgspec.json.Decoder(_Time).decode
_decode_error = msgspec.json.Decoder(_Error).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRest:
    """Asks without a key. Errors are those of `exchange.errors`; what may be asked again was asked again."""

    url: str
    session: aiohttp.ClientSession
    clock: Callable[[], int]
    rng: Random
    budget: Budget | None = None
    settings: RestSettings = RestSettings()

    async def server_time(self) -> int:
        """The exchange's clock, ms UTC."""
        return _read(_decode_time, await self._get("time", {}, TIME_WEIGHT)).server_time

    async def depth(self, symbol: str, levels: int) -> Depth:
        """The best levels of each side, at most 5,000."""
        weight = next(weight for most, weight in _DEPTH_WEIGHTS if levels <= most)
        return _read(_decode_depth, await self._get("depth", {"symbol": symbol, "limit": str(levels)}, weight))

    async def klines(
        self, symbol: str, timeframe: Timeframe, start: int, end: int
    ) -> AsyncGenerator[Sequence[KlineRow], None]:
        """Candles that open in [start, end), forming ones too, oldest first, a page at a time."""
        while start < end:
            params = {"symbol": symbol, "interval": str(timeframe), "limit": str(PAGE)}
            params |= {"startTime": str(start), "endTime": str(end - 1)}
            rows = _read(_decode_klines, await self._get("klines", params, KLINES_WEIGHT))
            if rows:
                _check(rows, start, end)
                yield rows
            if len(rows) < PAGE:
                return
            start = rows[-1][0] + timeframe.ms

    async def _get(self, path: str, params: Mapping[str, str], weight: int) -> bytes:
        attempt = 1
        while True:
            try:
                return await self._once(path, params, weight)
            except ExchangeError as error:
                pause = self._pause(error, attempt)
                if error.retry is Retry.NEVER or attempt == self.settings.attempts or pause > self.settings.patience:
                    raise
                attempt += 1
                await asyncio.sleep(pause)

    def _pause(self, error: ExchangeError, attempt: int) -> float:
        if isinstance(error, RateLimited) and error.retry_at is not None:
            return (error.retry_at - self.clock()) / 1000.0
        return self.settings.first_pause * 2.0 ** (attempt - 1) * self.rng.uniform(0.5, 1.0)

    async def _once(self, path: str, params: Mapping[str, str], weight: int) -> bytes:
        if self.budget is not None:
            await self.budget.spend(weight)
        try:
            async with (
                asyncio.timeout(self.settings.timeout),
                self.session.get(f"{self.url}/api/v3/{path}", params=params) as response,
            ):
                body = await response.read()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unavailable(f"GET {path}: {error or type(error).__name__}") from error
        if self.budget is not None:
            self.budget.saw(response.headers)
        if response.status != 200:
            raise self._refused(path, response, body)
        return body

    def _refused(self, path: str, response: aiohttp.ClientResponse, body: bytes) -> ExchangeError:
        wait = response.headers.get("Retry-After", "")
        retry_at = self.clock() + 1000 * int(wait) if wait.isdecimal() else None
        try:
            found = _decode_error(body)
        except msgspec.MsgspecError:  # a page of some proxy on the way
            found = _Error(0, f"GET {path}: HTTP {response.status}")
        return typed(found.code or None, found.msg, status=response.status, changes=False, retry_at=retry_at)


Answer = TypeVar("Answer")


def _read(decode: Callable[[bytes], Answer], body: bytes) -> Answer:
    try:
        return decode(body)
    except msgspec.MsgspecError as error:
        raise ProtocolBroken(f"an answer that is not what the documentation says: {error}") from error


def _check(rows: Sequence[KlineRow], start: int, end: int) -> None:
    """Raise ProtocolBroken unless the candles are in order, within what was asked, and possible."""
    times = [row[0] for row in rows]
    if times[0] < start or times[-1] >= end or any(later <= earlier for earlier, later in pairwise(times)):
        raise ProtocolBroken("candles out of order, or others than were asked for")
    for time, opened, high, low, closed, *_ in rows:
        if not (low <= opened <= high and low <= closed <= high):
            raise ProtocolBroken(f"an impossible candle at {time}")
