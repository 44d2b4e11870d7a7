"""Binance's public archive: one zip a symbol, timeframe and month or day, with its SHA-256 beside it."""

from collections.abc import Set
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from tradingbot.data.calendar import day_of, days_between, month_of, month_span
from tradingbot.data.checksum import check, parse_checksum
from tradingbot.data.fetcher import Fetcher
from tradingbot.domain.errors import ChecksumMismatch, NetworkError
from tradingbot.domain.timeframe import DAY_MS, Timeframe

# Twelve columns of at most 20 digits, and their commas.
_LONGEST_LINE = 12 * 21
_ZIP_FRAME = 1 << 12
_LARGEST_CHECKSUM = 1 << 10


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One zip of the archive."""

    symbol: str
    timeframe: Timeframe
    period: Literal["monthly", "daily"]
    start: int  # ms UTC

    @property
    def end(self) -> int:
        """The exclusive end of the candles in it (ms UTC)."""
        return month_span(month_of(self.start))[1] if self.period == "monthly" else self.start + DAY_MS

    @property
    def name(self) -> str:
        """The file's name."""
        date = month_of(self.start) if self.period == "monthly" else day_of(self.start)
        return f"{self.symbol}-{self.timeframe}-{date}.zip"

    def url(self, base: str) -> str:
        """Its address under the archive's base URL."""
        return f"{base.rstrip('/')}/data/spot/{self.period}/klines/{self.symbol}/{self.timeframe}/{self.name}"

    @property
    def largest(self) -> int:
        """The most bytes that it or its CSV can have."""
        return (self.end - self.start) // self.timeframe.ms * _LONGEST_LINE + _ZIP_FRAME

    def days(self) -> list["ArchiveFile"]:
        """The daily files that hold the same candles."""
        return [ArchiveFile(self.symbol, self.timeframe, "daily", day) for day in days_between(self.start, self.end)]


def plan(symbol: str, timeframe: Timeframe, start: int, end: int) -> list[ArchiveFile]:
    """The files for [start, end): monthly ones for whole months, daily ones for the rest."""
    files: list[ArchiveFile] = []
    day = start - start % DAY_MS
    while day < end:
        first, following = month_span(month_of(day))
        monthly = day == first and following <= end
        files.append(ArchiveFile(symbol, timeframe, "monthly" if monthly else "daily", day))
        day = following if monthly else day + DAY_MS
    return files


async def fetch(fetcher: Fetcher, base: str, file: ArchiveFile, known: Set[str]) -> bytes | Literal["absent", "known"]:
    """A verified zip; "absent" where the archive has none, "known" where its sum is among `known`.

    A wrong sum is retried once, then ChecksumMismatch names the file. Raises NetworkError, BadFile.
    """
    try:
        return await _once(fetcher, file.url(base), file, known)
    except ChecksumMismatch:
        return await _once(fetcher, file.url(base), file, known)


async def _once(fetcher: Fetcher, url: str, file: ArchiveFile, known: Set[str]) -> bytes | Literal["absent", "known"]:
    answer = await fetcher.get(f"{url}.CHECKSUM", _LARGEST_CHECKSUM)
    if answer.status == HTTPStatus.NOT_FOUND:
        return "absent"
    _check_status(answer.status, url)
    expected = parse_checksum(answer.content.decode(errors="replace"), file.name)
    if expected in known:
        return "known"
    answer = await fetcher.get(url, file.largest)
    _check_status(answer.status, url)
    check(answer.content, expected, file.name)
    return answer.content


def _check_status(status: int, url: str) -> None:
    if status != HTTPStatus.OK:
        raise NetworkError(f"{url}: HTTP {status}", retryable=False)
