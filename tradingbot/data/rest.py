"""Binance's REST klines, for the days that the archive does not have yet."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus

import msgspec
import polars as pl

from tradingbot.data.checksum import sha256
from tradingbot.data.exchange_info import LARGEST_JSON, Snapshot, parse, snapshot
from tradingbot.data.fetcher import Answer, Fetcher
from tradingbot.data.klines import read_rest
from tradingbot.domain.errors import NetworkError, UnknownName
from tradingbot.domain.timeframe import DAY_MS, Timeframe

PAGE = 1000
_LARGEST_PAGE = 1 << 20
_INVALID_SYMBOL = -1121


class _Error(msgspec.Struct, frozen=True):
    code: int = 0
    msg: str = ""


@dataclass(frozen=True, slots=True)
class RestDay:
    """The candles of a symbol's UTC day, or of its part before `end` (ms UTC)."""

    symbol: str
    timeframe: Timeframe
    start: int
    end: int

    @property
    def name(self) -> str:
        """How the day is told apart in messages and provenance."""
        day_end = self.start - self.start % DAY_MS + DAY_MS - 1
        return f"klines?symbol={self.symbol}&interval={self.timeframe}&startTime={self.start}&endTime={day_end}"

    def url(self, base: str) -> str:
        """The address of the day's first page under the REST base URL."""
        return f"{_klines(base)}{self.name.removeprefix('klines')}"


async def first_open(fetcher: Fetcher, base: str, symbol: str, timeframe: Timeframe) -> int | None:
    """The open time of the exchange's first candle (ms UTC); None without any. Raises UnknownName, NetworkError."""
    query: dict[str, str | int] = {"symbol": symbol, "interval": str(timeframe), "startTime": 0, "limit": 1}
    answer = await fetcher.get(_klines(base), _LARGEST_PAGE, query)
    frame = read_rest(_body(answer, symbol), "klines")
    return int(frame["open_time"][0]) if len(frame) else None


async def fetch_day(fetcher: Fetcher, base: str, day: RestDay) -> tuple[pl.DataFrame, str]:
    """A day's raw klines and the SHA-256 of the answers' bytes; raises UnknownName, NetworkError, BadFile."""
    pages: list[pl.DataFrame] = []
    digest = hashlib.sha256()
    start = day.start
    while start < day.end:
        query: dict[str, str | int] = {"symbol": day.symbol, "interval": str(day.timeframe), "startTime": start}
        answer = await fetcher.get(_klines(base), _LARGEST_PAGE, query | {"endTime": day.end - 1, "limit": PAGE})
        body = _body(answer, day.symbol)
        digest.update(body)
        pages.append(read_rest(body, day.name))
        if len(pages[-1]) < PAGE:
            break
        following = int(pages[-1]["open_time"][-1]) + 1
        if following <= start:
            raise NetworkError(f"{day.name}: the answer does not go on in time", retryable=False)
        start = following
    return pl.concat(pages), digest.hexdigest()


async def fetch_filters(fetcher: Fetcher, base: str, symbols: list[str]) -> Snapshot:
    """The exchange's filters of some symbols now; raises UnknownName, NetworkError, BadFile."""
    url = f"{base.rstrip('/')}/api/v3/exchangeInfo"
    query: dict[str, str | int] = {"symbols": msgspec.json.encode(symbols).decode()}
    body = _body(await fetcher.get(url, LARGEST_JSON, query), " ".join(symbols))
    info = parse(body, "exchangeInfo")
    now = fetcher.clock()
    return snapshot(info, info.server_time or now, url, sha256(body), now)


def _klines(base: str) -> str:
    return f"{base.rstrip('/')}/api/v3/klines"


def _body(answer: Answer, symbol: str) -> bytes:
    if answer.status == HTTPStatus.OK:
        return answer.content
    try:
        error = msgspec.json.decode(answer.content, type=_Error)
    except msgspec.MsgspecError:
        error = _Error()
    if error.code == _INVALID_SYMBOL:
        raise UnknownName("symbol", f"the exchange does not know {symbol}", "Check its spelling with the exchange")
    raise NetworkError(f"REST klines of {symbol}: HTTP {answer.status} {error.msg}".rstrip(), retryable=False)
