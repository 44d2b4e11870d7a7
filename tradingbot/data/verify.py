"""`data verify`: reads everything that is stored and lists what is odd."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

import msgspec
import polars as pl

from tradingbot.data import checks
from tradingbot.data.checks import Spot
from tradingbot.data.layout import Layout
from tradingbot.data.partition import content_sha256, read_columns, read_provenance
from tradingbot.data.reader import MonthRows, stored_rows, to_candles
from tradingbot.data.schema import SCHEMA, SourceLabel, empty
from tradingbot.domain.candles import Candles
from tradingbot.domain.errors import BadFile
from tradingbot.domain.timeframe import Timeframe

MOST_EXAMPLES = 20

Kind = Literal[
    "unreadable",
    "altered",
    "duplicate",
    "contradiction",
    "disagreement",
    "resampling",
    "gap",
    "off-grid",
    "zero-volume",
    "stale",
    "jump",
]
# The store itself is damaged or contradicts itself; all other kinds may well be how the market was.
ERRORS: frozenset[Kind] = frozenset({"unreadable", "altered", "duplicate", "contradiction"})


class Example(msgspec.Struct, frozen=True):
    """One case: its open time (ms UTC) and what is there."""

    time: int
    detail: str


class Finding(msgspec.Struct, frozen=True):
    """All cases of one kind in a series: how many candles, and the largest cases, at most twenty."""

    kind: Kind
    symbol: str
    timeframe: str
    count: int
    cases: int
    largest: Sequence[Example]

    @property
    def is_error(self) -> bool:
        """Whether the store is damaged, as opposed to the market having been odd."""
        return self.kind in ERRORS


@dataclass(slots=True)
class _Series:
    """Collects a series' cases month by month, with the last candle of the month before."""

    symbol: str
    timeframe: Timeframe
    spots: dict[Kind, list[Spot]] = field(default_factory=dict)
    last: tuple[int, float] | None = None

    def add(self, kind: Kind, spots: Iterable[Spot]) -> None:
        self.spots.setdefault(kind, []).extend(spots)

    def findings(self) -> Iterator[Finding]:
        for kind, spots in self.spots.items():
            if not spots:
                continue
            largest = sorted(spots, key=lambda spot: (-spot.size, spot.time))[:MOST_EXAMPLES]
            examples = [Example(spot.time, spot.detail) for spot in largest]
            count = sum(int(spot.size) for spot in spots) if kind in _RUNS else len(spots)
            yield Finding(kind, self.symbol, str(self.timeframe), count, len(spots), examples)


_RUNS: frozenset[Kind] = frozenset({"gap", "zero-volume", "stale"})


def verify(layout: Layout, symbol: str, timeframes: Sequence[Timeframe]) -> Sequence[Finding]:
    """What is odd about a symbol's stored candles, month by month, the finest timeframe first."""
    stored = [timeframe for timeframe in layout.timeframes(symbol) if timeframe in timeframes]
    findings: list[Finding] = []
    for timeframe in stored:
        series = _Series(symbol, timeframe)
        finer = [other for other in layout.timeframes(symbol) if other is not timeframe and other.divides(timeframe)]
        for month in layout.months(symbol, timeframe):
            _check_month(layout, series, month, finer)
        findings += series.findings()
    return findings


def _check_month(layout: Layout, series: _Series, month: str, finer: Sequence[Timeframe]) -> None:
    frames = _read(layout, series, month)
    for (first, one), (second, two) in combinations(frames.items(), 2):
        series.add("disagreement", checks.disagreement(one, two, (first, second)))
    candles = _merged(series, month, frames)
    if not len(candles):
        return
    before = series.last
    series.add("gap", checks.missing(candles, before[0] if before else None))
    series.add("off-grid", checks.off_grid(candles))
    series.add("contradiction", checks.contradictions(candles))
    series.add("zero-volume", checks.zero_volume(candles))
    series.add("stale", checks.stale(candles))
    series.add("jump", checks.jumps(candles, before))
    series.last = int(candles.open_time[-1]), float(candles.close[-1])
    below = _first_stored(layout, series.symbol, month, finer)
    if below is not None:
        series.add("resampling", checks.resampling(candles, below))


def _first_stored(layout: Layout, symbol: str, month: str, timeframes: Sequence[Timeframe]) -> Candles | None:
    for timeframe in timeframes:
        try:
            rows = stored_rows(layout, symbol, timeframe, month)
        except BadFile:
            continue  # reported where that timeframe is checked itself
        if len(rows.frame):
            return to_candles(symbol, rows)
    return None


def _read(layout: Layout, series: _Series, month: str) -> Mapping[SourceLabel, pl.DataFrame]:
    """The readable files of a month, the first taking precedence; notes those that are damaged or altered."""
    frames: dict[SourceLabel, pl.DataFrame] = {}
    for label, path in layout.files(series.symbol, series.timeframe, month):
        try:
            provenance, frame = read_provenance(path), read_columns(path, list(SCHEMA))
        except BadFile as error:
            series.add("unreadable", [Spot(0, 1, f"{path.name} of {month}: {error.problem}")])
            continue
        if provenance.content != content_sha256(frame):
            detail = f"{path.name} of {month} is not what was stored: its columns have another SHA-256"
            series.add("altered", [Spot(provenance.first, 1, detail)])
        repeated = frame.filter(pl.col("open_time").is_duplicated())["open_time"]
        series.add("duplicate", [Spot(int(time), 1, f"twice in {path.name}") for time in repeated.unique()])
        frames[label] = frame
    return frames


def _merged(series: _Series, month: str, frames: Mapping[SourceLabel, pl.DataFrame]) -> Candles:
    if len(frames) == 1:
        (frame,) = frames.values()
    else:
        ranked = [frame.with_columns(rank=pl.lit(rank)) for rank, frame in enumerate(frames.values())]
        every = pl.concat([empty().with_columns(rank=pl.lit(0)), *ranked])
        frame = every.sort("open_time", "rank").unique("open_time", keep="first", maintain_order=True)
    return to_candles(series.symbol, MonthRows(series.timeframe, month, frame, frozenset(frames)))
