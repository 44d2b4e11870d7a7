"""The public questions over REST that the streams need: candles, snapshots of the book, the exchange's time."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.binance.market.frames import UNREADABLE, Depth, Number, Whole
from tradingbot.exchange.binance.wire.answers import TimeAnswer
from tradingbot.exchange.binance.wire.budget import Budget
from tradingbot.exchange.binance.wire.refusals import refused, unanswered, unreadable
from tradingbot.exchange.binance.wire.transport import NoAnswer, NotConnected, TooLarge, Transport
from tradingbot.exchange.errors import ExchangeError, ProtocolBroken, RateLimited, Retry

Answer = TypeVar("Answer")

PAGE = 1000  # rows of one answer to GET klines
KLINES_WEIGHT = 2
TIME_WEIGHT = 1
_DEPTH_WEIGHTS = ((100, 5), (500, 25), (1000, 50), (5000, 250))  # levels asked for, weight


@dataclass(frozen=True, slots=True, kw_only=True)
class RestSettings:
    """Seconds. A question is asked at most `attempts` times, and once where the exchange asks for more `patience`."""

    timeout: float = 10.0
    attempts: int = 4
    first_pause: float = 0.5
    patience: float = 30.0


# open time, open, high, low, close, volume, close time, quote volume, trades, taker buy base, taker buy quote, unused
KlineRow = tuple[Whole, Number, Number, Number, Number, Number, Whole, Number, Whole, Number, Number, Any]

decode_klines = msgspec.json.Decoder(list[KlineRow], strict=False).decode
decode_depth = msgspec.json.Decoder(Depth, strict=False).decode
_decode_time = msgspec.json.Decoder(TimeAnswer).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRest:
    """Asks without a key. Errors are those of `exchange.errors`; what may be asked again was asked again."""

    url: str
    transport: Transport
    clock: Callable[[], int]
    budget: Budget
    rng: Random
    settings: RestSettings = RestSettings()

    async def server_time(self) -> int:
        """The exchange's clock, ms UTC."""
        return _read(_decode_time, await self._get("time", {}, TIME_WEIGHT)).server_time

    async def depth(self, symbol: str, levels: int) -> Depth:
        """The best levels of each side, at most 5,000."""
        weight = next(weight for most, weight in _DEPTH_WEIGHTS if levels <= most)
        return _read(decode_depth, await self._get("depth", {"symbol": symbol, "limit": str(levels)}, weight))

    async def klines(
        self, symbol: str, timeframe: Timeframe, start: int, end: int
    ) -> AsyncGenerator[Sequence[KlineRow], None]:
        """Candles that open in [start, end), forming ones too, oldest first, a page at a time."""
        while start < end:
            params = {"symbol": symbol, "interval": str(timeframe), "limit": str(PAGE)}
            params |= {"startTime": str(start), "endTime": str(end - 1)}
            rows = _read(decode_klines, await self._get("klines", params, KLINES_WEIGHT))
            if rows:
                if rows[0][0] < start or rows[-1][0] >= end:
                    raise ProtocolBroken(f"{symbol}: other candles than were asked for")
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
        await self.budget.spend(weight)
        url, asked_at = f"{self.url}/api/v3/{path}?{urlencode(params)}", self.budget.now()
        try:
            answer = await self.transport.send("GET", url, {}, None)
        except (NotConnected, NoAnswer) as error:
            raise unanswered(path, str(error), changes=False) from None
        except TooLarge as error:
            raise unreadable(path, str(error), changes=False) from None
        self.budget.saw(answer.headers, asked_at)
        if answer.status != 200:
            refusal = refused(path, answer, changes=False, now=self.clock())
            self.budget.heed(refusal)
            raise refusal
        return answer.body


def _read(decode: Callable[[bytes], Answer], body: bytes) -> Answer:
    try:
        return decode(body)
    except UNREADABLE as error:
        raise ProtocolBroken(f"an answer that is not what the documentation says: {error}") from error
