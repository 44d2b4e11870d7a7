"""One Parquet file: the candles of a symbol, timeframe and month from one kind of source, with their provenance."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import polars as pl

from tradingbot.data.schema import SCHEMA, VALUES, SourceInfo
from tradingbot.domain.errors import BadFile

_KEY = "tradingbot"
_REMEDY = "Delete it and download or import that month again"


class Piece(msgspec.Struct, frozen=True, order=True):
    """What one original gave to a file. Of two originals that differ, the one fetched later is read."""

    fetched_at: int  # ms UTC; the first time these bytes were seen
    sha256: str
    origin: str
    rows: int
    first: int
    last: int


class Provenance(msgspec.Struct, frozen=True):
    """Kept in the Parquet file's own metadata, so that candles and provenance are written in one step.

    `content` is the SHA-256 of the stored columns: `data verify` computes it again.
    """

    pieces: Sequence[Piece]
    rows: int
    first: int
    last: int
    content: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A partition after a merge, and what the merge changed."""

    frame: pl.DataFrame
    pieces: Sequence[Piece]
    new: int
    replaced: int


def content_sha256(frame: pl.DataFrame) -> str:
    """SHA-256 over the candle columns, independent of how Parquet encodes them; null counts as NaN or -1."""
    digest = hashlib.sha256()
    for name, kind in SCHEMA.items():
        column = frame[name].fill_null(-1 if kind is pl.Int64 else float("nan"))
        digest.update(name.encode() + column.to_numpy().tobytes())
    return digest.hexdigest()


def read_provenance(path: Path) -> Provenance:
    """The provenance of a stored file; raises BadFile where it is not one of ours."""
    try:
        return msgspec.json.decode(pl.read_parquet_metadata(path)[_KEY], type=Provenance)
    except (pl.exceptions.PolarsError, msgspec.MsgspecError, KeyError, OSError) as error:
        raise BadFile(str(path), f"not a readable candle file ({error})", _REMEDY) from None


def read_columns(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    """Columns of a stored file; raises BadFile."""
    try:
        # A handle, not a name: a name with brackets or an equals sign would be expanded as a pattern.
        with path.open("rb") as file:
            return pl.read_parquet(file, columns=list(columns))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadFile(str(path), f"not a readable candle file ({error})", _REMEDY) from None


def merge(path: Path, candles: pl.DataFrame, source: SourceInfo) -> Merged | None:
    """Stored and new candles together, the same in whatever order originals arrive; None where nothing is new."""
    piece = _piece(candles, source)
    if not path.exists():
        return Merged(candles.with_columns(piece=pl.lit(0, pl.UInt16)), [piece], len(candles), 0)
    pieces = read_provenance(path).pieces
    if any((old.sha256, old.origin, old.rows) == (piece.sha256, piece.origin, piece.rows) for old in pieces):
        return None
    stored = read_columns(path, [*SCHEMA, "piece"])
    every = sorted([*pieces, piece])
    ranks = [every.index(old) for old in pieces]
    ranked = stored.with_columns(pl.col("piece").replace_strict(range(len(ranks)), ranks, return_dtype=pl.UInt16))
    fresh = candles.with_columns(piece=pl.lit(every.index(piece), pl.UInt16))
    frame = pl.concat([ranked, fresh]).sort("open_time", "piece")
    frame = frame.unique("open_time", keep="last", maintain_order=True)
    return Merged(frame, every, len(frame) - len(stored), _differing(stored, candles))


def encode(frame: pl.DataFrame, pieces: Sequence[Piece]) -> bytes:
    """The bytes of a partition file (Parquet, zstd)."""
    times = frame["open_time"]
    provenance = Provenance(pieces, len(frame), times[0], times[-1], content_sha256(frame))
    target = io.BytesIO()
    frame.write_parquet(target, compression="zstd", metadata={_KEY: msgspec.json.encode(provenance).decode()})
    return target.getvalue()


def _piece(candles: pl.DataFrame, source: SourceInfo) -> Piece:
    times = candles["open_time"]
    return Piece(source.fetched_at, source.sha256, source.origin, len(candles), times[0], times[-1])


def _differing(stored: pl.DataFrame, candles: pl.DataFrame) -> int:
    both = stored.join(candles, on="open_time", suffix="_new")
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_new")) for name in VALUES)
    return both.filter(~same).height
