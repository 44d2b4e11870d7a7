"""The candle store in Parquet files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

import msgspec
import numpy as np
import polars as pl
from filelock import FileLock, Timeout

from tradingbot.data.atomic import OpenFile, open_for_writing, put
from tradingbot.data.calendar import check_range, month_of, month_span, stamp
from tradingbot.data.facts import columns_sha256, gaps, largest
from tradingbot.data.layout import Layout
from tradingbot.data.partition import encode, merge
from tradingbot.data.reader import Month, Reader, joined, note
from tradingbot.data.schema import PRECEDENCE, SCHEMA, SourceInfo, SourceLabel
from tradingbot.data.store import Loaded, SeriesFacts, WriteReport, no_candles, no_timeframe
from tradingbot.domain.candles import COLUMNS, Candles
from tradingbot.domain.errors import InputError, NoData, StoreBusy
from tradingbot.domain.timeframe import Timeframe

LOCK_WAIT_SECONDS = 3.0

Provenance = Literal["real", "synthetic"]


class _Mark(msgspec.Struct, frozen=True):
    """The content of store.json."""

    candles: Provenance
    format: Literal[1] = 1


@dataclass(frozen=True)
class ParquetStore:
    """Candles under a folder, partitioned by market, symbol, timeframe and month; one writer at a time.

    A store holds either real candles or synthetic ones, so the two can never be read together.
    """

    root: Path
    open_file: OpenFile = open_for_writing
    lock_wait: float = LOCK_WAIT_SECONDS
    _lock: FileLock = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lock", FileLock(self.root / ".lock"))

    def __reduce__(self) -> tuple[type["ParquetStore"], tuple[Path, OpenFile, float]]:
        """Another process gets a store on the same folder, with a lock of its own."""
        return ParquetStore, (self.root, self.open_file, self.lock_wait)

    @property
    def layout(self) -> Layout:
        """Where the files are."""
        return Layout(self.root)

    def symbols(self) -> Sequence[str]:
        """The symbols with stored candles, sorted."""
        return self.layout.symbols()

    def timeframes(self, symbol: str) -> Sequence[Timeframe]:
        """The timeframes stored for a symbol or its predecessor, finest first."""
        return self._reader(symbol).timeframes()

    def span(self, symbol: str, timeframe: Timeframe) -> tuple[int, int]:
        """First open time and exclusive end of what `load` can draw on (ms UTC); raises NoData."""
        reader = self._reader(symbol)
        span = reader.span(reader.candidates(timeframe))
        if span is None:
            stored = reader.timeframes()
            raise no_timeframe(symbol, timeframe, stored) if stored else no_candles(symbol)
        return span

    def load(self, symbol: str, timeframe: Timeframe, start: int, end: int) -> Loaded:
        """The candles that open at or after `start` and are closed by `end` (ms UTC); raises NoData, OutOfRange."""
        check_range(start, end)
        reader = self._reader(symbol)
        months = self._months(reader, timeframe, start, end, COLUMNS)
        candles = joined(symbol, timeframe, months, start, end) if months else None
        if candles is None or not len(candles):
            raise self._nothing(reader, timeframe, start, end)
        return Loaded(candles, _facts(candles, months))

    def coverage(self, symbol: str, timeframe: Timeframe, start: int, end: int) -> float:
        """The share of candles that `load` would find in the part of the range since the symbol's first candle."""
        check_range(start, end)
        reader = self._reader(symbol)
        known = reader.span(reader.timeframes())
        if known is None or known[0] >= end:
            return 0.0
        since = max(start, known[0])
        months = self._months(reader, timeframe, since, end, ["open_time"])
        wanted = end // timeframe.ms - -(-since // timeframe.ms)
        if not months or wanted <= 0:
            return 0.0
        slots = joined(symbol, timeframe, months, since, end).open_time // timeframe.ms
        return min(1.0, np.count_nonzero(np.diff(slots, prepend=-1)) / wanted)

    def write(self, symbol: str, timeframe: Timeframe, frame: pl.DataFrame, source: SourceInfo) -> WriteReport:
        """Merge candles (`data.schema` columns) by open time with those of the same kind of source; idempotent.

        Raises StoreBusy, StorageFull, and InputError where real and synthetic candles would share a store.
        """
        new = replaced = 0
        clean = frame.select(*SCHEMA).sort("open_time").unique("open_time", keep="last", maintain_order=True)
        with self.writing():
            self._mark(source)
            for month, candles in _by_month(clean):
                path = self.layout.file(symbol, timeframe, month, source.label)
                merged = merge(path, candles, source)
                if merged is not None:
                    put(path, encode(merged.frame, merged.pieces), self.open_file)
                    new, replaced = new + merged.new, replaced + merged.replaced
        return WriteReport(len(clean), new, replaced)

    @contextmanager
    def writing(self) -> Iterator[Self]:
        """Hold the store's write lock over several writes; raises StoreBusy."""
        self.root.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=self.lock_wait)
        except Timeout:
            raise StoreBusy(
                "store",
                f"another process is writing to {self.root}",
                "Wait until it has finished, or give this one another folder with --store",
            ) from None
        try:
            yield self
        finally:
            self._lock.release()

    def provenance(self) -> Provenance | None:
        """Whether the store holds real or synthetic candles; None while it is empty."""
        mark = self.root / "store.json"
        return msgspec.json.decode(mark.read_bytes(), type=_Mark).candles if mark.exists() else None

    def _mark(self, source: SourceInfo) -> None:
        wanted: Provenance = "synthetic" if source.label == "synthetic" else "real"
        held = self.provenance()
        if held is None:
            put(self.root / "store.json", msgspec.json.encode(_Mark(wanted)), self.open_file)
        elif held != wanted:
            raise InputError(
                "store",
                f"{self.root} holds {held} candles and would mix them with {wanted} ones",
                "Give another folder with --store",
            )

    def _reader(self, symbol: str) -> Reader:
        return Reader(self.layout, symbol)

    def _months(
        self, reader: Reader, timeframe: Timeframe, start: int, end: int, columns: Sequence[str]
    ) -> Sequence[Month]:
        first, last = month_of(start), month_of(end - 1)
        stored = reader.months(reader.candidates(timeframe))
        return [reader.month(timeframe, month, columns) for month in stored if first <= month <= last]

    def _nothing(self, reader: Reader, timeframe: Timeframe, start: int, end: int) -> InputError:
        """Why a range is empty: an unknown symbol, only coarser candles, or another period."""
        stored = reader.timeframes()
        if not stored:
            return no_candles(reader.symbol)
        span = reader.span(reader.candidates(timeframe))
        if span is None:
            return no_timeframe(reader.symbol, timeframe, stored)
        return NoData(
            "from/to",
            f"no {timeframe} candles of {reader.symbol} from {stamp(start)} to {stamp(end)}",
            f"Stored: {stamp(span[0])} to {stamp(span[1])}; choose a range in it or download more",
        )


def _by_month(frame: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """The frame (sorted by open time) cut at month boundaries."""
    times = frame["open_time"].to_numpy()
    at = 0
    while at < len(times):
        month = month_of(int(times[at]))
        to = int(np.searchsorted(times, month_span(month)[1]))
        yield month, frame[at:to]
        at = to


def _facts(candles: Candles, months: Sequence[Month]) -> SeriesFacts:
    holes = gaps(candles.open_time, candles.timeframe)
    sources = frozenset[SourceLabel]().union(*(month.rows.sources for month in months))
    return SeriesFacts(
        symbol=candles.symbol,
        timeframe=str(candles.timeframe),
        first=int(candles.open_time[0]),
        last=int(candles.open_time[-1]),
        rows=len(candles),
        missing=sum(count for _, count in holes),
        gaps=largest(holes),
        sources=[label for label in PRECEDENCE if label in sources],
        sha256=columns_sha256(candles),
        note=note(candles, months),
    )
