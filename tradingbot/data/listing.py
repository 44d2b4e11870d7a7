"""`data list`: what a store holds, by series and by original."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tradingbot.data.layout import Layout
from tradingbot.data.partition import Piece, Provenance, read_provenance
from tradingbot.data.schema import SourceLabel
from tradingbot.domain.timeframe import Timeframe


class StoredFile(msgspec.Struct, frozen=True):
    """One file of the store and what is known about its origin."""

    symbol: str
    timeframe: str
    month: str
    source: SourceLabel
    path: str
    provenance: Provenance


class SeriesSummary(msgspec.Struct, frozen=True):
    """A symbol, timeframe and kind of source: candles, first and last open time (ms UTC), originals."""

    symbol: str
    timeframe: str
    source: SourceLabel
    rows: int
    first: int
    last: int
    originals: int
    fetched_at: int


def stored_files(
    layout: Layout, symbols: Sequence[str] | None = None, timeframes: Sequence[Timeframe] | None = None
) -> Iterator[StoredFile]:
    """All files of the store or of some series, in order; raises BadFile where one cannot be read."""
    for place in places(layout, symbols, timeframes):
        yield StoredFile(*place[:4], str(place[4]), read_provenance(place[4]))


def places(
    layout: Layout, symbols: Sequence[str] | None, timeframes: Sequence[Timeframe] | None
) -> Iterator[tuple[str, str, str, SourceLabel, Path]]:
    """Symbol, timeframe, month, kind of source and path of the store's files, unread."""
    for symbol in layout.symbols() if symbols is None else symbols:
        for timeframe in layout.timeframes(symbol):
            if timeframes is not None and timeframe not in timeframes:
                continue
            for month in layout.months(symbol, timeframe):
                for label, path in layout.files(symbol, timeframe, month):
                    yield symbol, str(timeframe), month, label, path


def summarise(files: Sequence[StoredFile]) -> Sequence[SeriesSummary]:
    """One line a series and kind of source."""
    groups: dict[tuple[str, str, SourceLabel], list[Provenance]] = {}
    for file in files:
        groups.setdefault((file.symbol, file.timeframe, file.source), []).append(file.provenance)
    return [SeriesSummary(*key, *_totals(group)) for key, group in groups.items()]


def _totals(group: Sequence[Provenance]) -> tuple[int, int, int, int, int]:
    pieces: set[Piece] = {piece for one in group for piece in one.pieces}
    originals = {(piece.origin, piece.sha256) for piece in pieces}
    return (
        sum(one.rows for one in group),
        min(one.first for one in group),
        max(one.last for one in group),
        len(originals),
        max(piece.fetched_at for piece in pieces),
    )
