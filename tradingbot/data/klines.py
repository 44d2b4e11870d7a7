"""Binance's klines as they come - CSV, zip, Parquet, REST rows - read into one raw frame of named columns."""

import io
import zipfile
import zlib
from pathlib import Path

import msgspec
import polars as pl

from tradingbot.data.schema import REQUIRED, SCHEMA
from tradingbot.domain.errors import BadFile

# The columns of a kline in the archive and of the REST API, in order.
ROW = (
    "open_time",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "close_time",
    "quote_volume",
    "trades",
    "taker_buy_base",
    "taker_buy_quote",
    "ignore",
)
_INTEGERS = ("open_time", "close_time", "trades")

# Other spellings found in the archive's header lines and in exports of the API.
_ALIASES = {
    "count": "trades",
    "number_of_trades": "trades",
    "quote_asset_volume": "quote_volume",
    "taker_buy_volume": "taker_buy_base",
    "taker_buy_base_volume": "taker_buy_base",
    "taker_buy_base_asset_volume": "taker_buy_base",
    "taker_buy_quote_volume": "taker_buy_quote",
    "taker_buy_quote_asset_volume": "taker_buy_quote",
}
_REMEDY = "Give the exchange's own kline columns: open_time, open, high, low, close, volume and, if there, the rest"

# All that Python's zip reader raises at damage, encryption and compression it does not know.
_BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError)

RestRow = tuple[int, str, str, str, str, str, int, str, int, str, str, str]


def unzip(content: bytes, name: str, limit: int) -> bytes:
    """The one CSV file inside a zip; raises BadFile where it is damaged, foreign or unpacks to over `limit` bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) != 1 or not members[0].filename.endswith(".csv"):
                raise BadFile(name, "not a zip of one CSV file", "Use the archive's own files")
            with archive.open(members[0]) as file:
                text = file.read(limit + 1)  # the size that a zip states of itself can lie
    except _BAD_ZIP as error:
        raise BadFile(name, f"truncated or corrupted zip ({error})", "Download the file again") from None
    if len(text) > limit:
        raise BadFile(name, f"unpacks to more than {limit:,} bytes", "Candles never need that much: do not use it")
    return text


def read_csv(content: bytes, name: str) -> pl.DataFrame:
    """Klines from CSV text, with or without a header line; raises BadFile."""
    if not content.strip():
        raise BadFile(name, "empty file", _REMEDY)
    try:
        if content[:1].isdigit():
            kinds = {column: pl.Int64 if column in _INTEGERS else pl.Float64 for column in ROW}
            frame = pl.read_csv(content, has_header=False, new_columns=list(ROW), schema_overrides=kinds)
            if frame.width != len(ROW) or frame["ignore"].null_count():
                raise BadFile(name, "a line has not the twelve kline columns: truncated or foreign", _REMEDY)
            return frame
        return _named(pl.read_csv(content, infer_schema=False), name)
    except pl.exceptions.PolarsError as error:
        raise BadFile(name, f"not kline CSV ({_first_line(error)})", _REMEDY) from None


def read_parquet(path: Path) -> pl.DataFrame:
    """Klines from a Parquet file; raises BadFile."""
    try:
        with path.open("rb") as file:
            return _named(pl.read_parquet(file), path.name)
    except pl.exceptions.PolarsError as error:
        raise BadFile(path.name, f"not a readable Parquet file ({_first_line(error)})", _REMEDY) from None


def read_rest(content: bytes, name: str) -> pl.DataFrame:
    """Klines from the JSON of a REST answer; raises BadFile."""
    try:
        rows = msgspec.json.decode(content, type=list[RestRow])
    except msgspec.MsgspecError as error:
        raise BadFile(name, f"not a klines answer ({error})", "Check --rest-url") from None
    columns = zip(*rows, strict=True) if rows else ([] for _ in ROW)
    frame = pl.DataFrame({column: list(values) for column, values in zip(ROW, columns, strict=True)})
    return _typed(frame, name)


def _named(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    spelled = {column: column.strip().lower().replace(" ", "_") for column in frame.columns}
    names = {column: _ALIASES.get(plain, plain) for column, plain in spelled.items()}
    if len(set(names.values())) < len(names):
        raise BadFile(name, "two columns mean the same", _REMEDY)
    frame = frame.rename(names)
    absent = [column for column in REQUIRED if column not in frame.columns]
    if absent:
        raise BadFile(name, f"the columns {', '.join(absent)} are missing", _REMEDY)
    return _typed(frame, name)


def _typed(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    if isinstance(frame.schema["open_time"], pl.Datetime):
        frame = frame.with_columns(pl.col("open_time").dt.epoch("us"))
    present = {column: kind for column, kind in SCHEMA.items() if column in frame.columns}
    try:
        return frame.select(pl.col(column).cast(kind) for column, kind in present.items())
    except pl.exceptions.PolarsError as error:
        raise BadFile(name, f"a column is not numeric ({_first_line(error)})", _REMEDY) from None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
