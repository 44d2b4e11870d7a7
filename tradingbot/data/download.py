"""Downloading: the archive first, then the REST API for the days that it does not have yet."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import httpx
import polars as pl

from tradingbot.data import archive, rest
from tradingbot.data.archive import ArchiveFile
from tradingbot.data.calendar import check_range, day_of, month_of, stamp
from tradingbot.data.checksum import sha256
from tradingbot.data.clean import clean
from tradingbot.data.exchange_info import FilterStore
from tradingbot.data.fetcher import Clock, Fetcher
from tradingbot.data.klines import read_csv, unzip
from tradingbot.data.outcome import Outcome, Progress, Report, State, stored
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.partition import Piece, read_provenance
from tradingbot.data.rest import RestDay
from tradingbot.data.schema import SourceInfo, SourceLabel
from tradingbot.data.settings import DownloadSettings
from tradingbot.domain.errors import BadFile, InputError, NetworkError, NoData, StorageFull, StoreBusy, UnknownName
from tradingbot.domain.symbols import PREDECESSORS
from tradingbot.domain.timeframe import DAY_MS, Timeframe

Item = ArchiveFile | RestDay


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to download; times in ms UTC at the start of days, `end` exclusive."""

    symbols: Sequence[str]
    timeframes: Sequence[Timeframe]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Series:
    """One symbol and timeframe, and the part of the range in which there can be candles.

    `wanted` is the symbol that was asked for: the symbol itself, or the one whose predecessor it is.
    """

    symbol: str
    timeframe: Timeframe
    start: int
    end: int
    wanted: str


def download(
    store: ParquetStore, wanted: Wanted, settings: DownloadSettings, progress: Progress, clock: Clock
) -> Report:
    """Bring the store up to date; what it already has and the publisher still states is not fetched again.

    An original that is refused does not keep the others out: it is among the report's failures. Stopping at any moment
    loses nothing, a second run continues. Raises OutOfRange, NoData, StoreBusy, StorageFull, NetworkError.
    """
    check_range(wanted.start, wanted.end)
    if wanted.start >= clock():
        raise NoData("from", f"{stamp(wanted.start)} lies in the future", "Give a day that has passed")
    with store.writing():
        return asyncio.run(_run(store, wanted, settings, progress, clock))


async def _run(
    store: ParquetStore, wanted: Wanted, settings: DownloadSettings, progress: Progress, clock: Clock
) -> Report:
    limits = httpx.Limits(max_connections=settings.jobs, max_keepalive_connections=settings.jobs)
    async with httpx.AsyncClient(limits=limits, follow_redirects=True) as client:
        running = _Download(store, settings, Fetcher(client, settings, clock), progress)
        await running.candles(series_of(wanted, clock()))
        if settings.use_rest:
            await running.filters(wanted.symbols)
    return Report(running.outcomes, running.failures, running.notes)


def series_of(wanted: Wanted, now_ms: int) -> Sequence[Series]:
    """The series of a range up to now, a predecessor's part of it included."""
    series = []
    end = min(wanted.end, now_ms)
    for symbol in wanted.symbols:
        before = PREDECESSORS.get(symbol)
        for timeframe in wanted.timeframes:
            if before is not None and wanted.start < before.until_ms:
                series.append(Series(before.symbol, timeframe, wanted.start, min(end, before.until_ms), symbol))
            if before is None or end > before.until_ms:
                start = max(wanted.start, before.until_ms - before.until_ms % DAY_MS) if before else wanted.start
                series.append(Series(symbol, timeframe, start, end, symbol))
    return list(dict.fromkeys(series))


@dataclass(slots=True)
class _Download:
    """A running download: at most `jobs` originals on their way, each stored as it arrives."""

    store: ParquetStore
    settings: DownloadSettings
    fetcher: Fetcher
    progress: Progress
    outcomes: list[Outcome] = field(default_factory=list)
    failures: list[InputError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _late: list[RestDay] = field(default_factory=list)
    _unlisted: set[str] = field(default_factory=set)

    async def candles(self, series: Sequence[Series]) -> None:
        """Fetch and store all series."""
        listed = [one for one in await asyncio.gather(*map(self._since_listing, series)) if one.start < one.end]
        await self._work([file for one in listed for file in _files(one)])
        await self._work(self._late)
        if self.failures:
            return
        held = {(one.symbol, one.timeframe) for one in self.outcomes if one.state != "absent"}
        served = {(one.wanted, one.timeframe) for one in series if (one.symbol, str(one.timeframe)) in held}
        self.failures += [self._nothing(one) for one in series if (one.wanted, one.timeframe) not in served]

    async def filters(self, symbols: Sequence[str]) -> None:
        """Fetch and keep the exchange's filters; without them the candles are still good."""
        listed = [symbol for symbol in symbols if symbol not in self._unlisted]
        if not listed:
            return
        try:
            taken = await rest.fetch_filters(self.fetcher, self.settings.rest_url, listed)
            FilterStore(self.store.root, self.store.open_file).save(taken)
        except (NetworkError, BadFile, UnknownName) as error:
            self.notes.append(f"exchange filters not fetched: {error}")

    async def _since_listing(self, series: Series) -> Series:
        """The series from the exchange's first candle on, so that nothing is asked for that cannot be there."""
        if not self.settings.use_rest:
            return series
        try:
            first = await rest.first_open(self.fetcher, self.settings.rest_url, series.symbol, series.timeframe)
        except UnknownName:
            self._unlisted.add(series.symbol)  # taken off the exchange, or never on it: the archive will tell
            return series
        return replace(series, start=series.end if first is None else max(series.start, first - first % DAY_MS))

    async def _work(self, items: Sequence[Item]) -> None:
        waiting, running = deque(items), set[asyncio.Task[Sequence[ArchiveFile]]]()
        total, done = len(waiting), 0
        try:
            while waiting or running:
                while waiting and len(running) < self.settings.jobs:
                    item = waiting.popleft()
                    running.add(asyncio.create_task(self._one(item), name=item.name))
                finished, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    days = task.result()
                    waiting.extend(days)
                    total, done = total + len(days), done + 1
                    self.progress(done, total, task.get_name())
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _one(self, item: Item) -> Sequence[ArchiveFile]:
        """Fetch and store one original; the daily files to try where a monthly one is absent."""
        try:
            return await (self._archive(item) if isinstance(item, ArchiveFile) else self._rest(item))
        except (StorageFull, StoreBusy):
            raise
        except InputError as error:
            self.failures.append(error)
            return ()

    async def _archive(self, file: ArchiveFile) -> Sequence[ArchiveFile]:
        base = self.settings.archive_url
        origin = file.url(base)
        known = {piece.sha256 for piece in self._pieces(file, "archive") if piece.origin == origin}
        zipped = await archive.fetch(self.fetcher, base, file, known)
        if zipped == "known":
            self._note(file, origin, "unchanged")
        elif zipped != "absent":
            raw = read_csv(unzip(zipped, file.name, file.largest), file.name)
            self._keep(file, raw, SourceInfo("archive", origin, sha256(zipped), self.fetcher.clock()))
        elif file.period == "monthly":
            return file.days()
        else:
            self._ask_rest(file, origin)
        return ()

    def _ask_rest(self, file: ArchiveFile, origin: str) -> None:
        day = RestDay(file.symbol, file.timeframe, file.start, min(file.end, self.fetcher.clock()))
        if not self.settings.use_rest or file.symbol in self._unlisted:
            self._note(file, origin, "absent")
        else:
            self._late.append(day)

    async def _rest(self, day: RestDay) -> Sequence[ArchiveFile]:
        origin = day.url(self.settings.rest_url)
        whole = [p for p in self._pieces(day, "rest") if p.origin == origin and p.fetched_at >= day.start + DAY_MS]
        if whole:
            self._note(day, origin, "unchanged")
            return ()
        raw, digest = await rest.fetch_day(self.fetcher, self.settings.rest_url, day)
        now = self.fetcher.clock()
        closed = raw.filter(pl.col("open_time") + day.timeframe.ms <= now)
        if closed.is_empty():
            self._note(day, origin, "absent")
        else:
            self._keep(day, closed, SourceInfo("rest", origin, digest, now))
        return ()

    def _keep(self, item: Item, raw: pl.DataFrame, source: SourceInfo) -> None:
        cleaned = clean(raw, item.timeframe, source.fetched_at, item.name)
        times = cleaned.frame["open_time"]
        if times[0] < item.start or times[-1] >= item.end:
            raise BadFile(
                item.name,
                f"holds candles from {stamp(times[0])} to {stamp(times[-1])}, outside its own period",
                "Check --archive-url and --rest-url",
            )
        written = self.store.write(item.symbol, item.timeframe, cleaned.frame, source)
        verified = "CHECKSUM" if source.label == "archive" else ""
        self.outcomes.append(stored(source.origin, (item.symbol, str(item.timeframe)), verified, cleaned, written))

    def _note(self, item: Item, origin: str, state: State) -> None:
        self.outcomes.append(Outcome(origin, item.symbol, str(item.timeframe), state))

    def _pieces(self, item: Item, label: SourceLabel) -> Sequence[Piece]:
        path = self.store.layout.file(item.symbol, item.timeframe, month_of(item.start), label)
        return read_provenance(path).pieces if path.exists() else ()

    def _nothing(self, series: Series) -> InputError:
        if series.symbol in self._unlisted:
            problem = f"neither the archive nor the exchange knows {series.symbol}"
            return UnknownName("symbol", problem, "Check its spelling with the exchange")
        return NoData(
            "from/to",
            f"there are no {series.timeframe} candles of {series.symbol}"
            f" from {day_of(series.start)} to {stamp(series.end)}",
            "Check when the symbol was listed, and its spelling",
        )


def _files(series: Series) -> Sequence[ArchiveFile]:
    return archive.plan(series.symbol, series.timeframe, series.start, series.end)
