"""REST klines are paged through, and refusals are told apart."""

import asyncio
import json
from collections.abc import Callable

import httpx
import polars as pl
import pytest

from tradingbot.data.fetcher import Fetcher
from tradingbot.data.rest import RestDay, fetch_day
from tradingbot.data.settings import DownloadSettings
from tradingbot.domain.errors import NetworkError, UnknownName
from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS, Timeframe

START = 1_704_067_200_000
DAY = RestDay("BTCUSDT", Timeframe.M1, START, START + DAY_MS)


def row(at: int) -> list[object]:
    return [at, "1", "1", "1", "1", "0", at + MINUTE_MS - 1, "0", 0, "0", "0", "0"]


def fetched(answer: Callable[[httpx.Request], httpx.Response]) -> tuple[pl.DataFrame, str]:
    async def run() -> tuple[pl.DataFrame, str]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            return await fetch_day(Fetcher(client, DownloadSettings(), lambda: START), "http://exchange.test", DAY)

    return asyncio.run(run())


def test_a_day_of_minutes_takes_two_pages() -> None:
    """Each page starts after the last candle of the one before, and no candle is asked for twice."""
    starts = []

    def answer(request: httpx.Request) -> httpx.Response:
        start, end, limit = (int(request.url.params[name]) for name in ("startTime", "endTime", "limit"))
        starts.append(start)
        first = -(-start // MINUTE_MS) * MINUTE_MS
        return httpx.Response(200, json=[row(at) for at in range(first, end + 1, MINUTE_MS)[:limit]])

    frame, _ = fetched(answer)

    assert frame["open_time"].to_list() == list(range(START, START + DAY_MS, MINUTE_MS))
    assert starts == [START, START + 999 * MINUTE_MS + 1]


def test_a_server_that_repeats_itself_is_refused() -> None:
    """A full page that does not go on in time would be asked for for ever."""
    page = [row(START - MINUTE_MS)] * 1000

    with pytest.raises(NetworkError, match="does not go on in time"):
        fetched(lambda _: httpx.Response(200, json=page))


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"code": -1121, "msg": "Invalid symbol."}, UnknownName),
        ({"code": -1100, "msg": "Illegal characters."}, NetworkError),
        ("<html>", NetworkError),
    ],
)
def test_a_refusal_says_why(body: object, error: type[Exception]) -> None:
    """An unknown symbol is the user's to mend; anything else shows the exchange's words."""
    with pytest.raises(error, match="BTCUSDT"):
        fetched(lambda _: httpx.Response(400, content=json.dumps(body)))
