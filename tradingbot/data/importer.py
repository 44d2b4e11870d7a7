"""Candles from files on this machine: Parquet, CSV and zip in the exchange's kline columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tradingbot.data.checksum import Manifest, check, find_manifest, parse_checksum, sha256
from tradingbot.data.clean import clean
from tradingbot.data.klines import read_csv, read_parquet, unzip
from tradingbot.data.outcome import Outcome, Progress, Report, stored
from tradingbot.data.schema import SourceInfo
from tradingbot.data.store import CandleStore
from tradingbot.domain.errors import BadFile, InputError, NoData, StorageFull, StoreBusy, UnknownName
from tradingbot.domain.symbols import parse_symbol
from tradingbot.domain.timeframe import Timeframe

ENDINGS = (".parquet", ".csv", ".zip")
LARGEST_CSV = 1 << 30

# BTCUSDT-1m-2024-01.zip as in the archive; 1m/BTCUSDT-2024.parquet as in klines folders.
_DATED = re.compile(r"(?P<symbol>[A-Z0-9]+)-(?P<timeframe>\d+[smhd])-\d{4}(-\d{2}){0,2}")
_PLAIN = re.compile(r"(?P<symbol>[A-Z0-9]+)(-\d{4}(-\d{2}){0,2})?")


@dataclass(frozen=True, slots=True)
class CandleFile:
    """A file to import and the series it belongs to."""

    path: Path
    symbol: str
    timeframe: Timeframe


def candle_files(path: Path, symbols: Sequence[str], timeframes: Sequence[Timeframe]) -> Sequence[CandleFile]:
    """The spot candle files at a path (a file, or a folder with all below it), by symbol and timeframe.

    Of a folder only the given symbols and timeframes are taken (none means all); for a file they say what its name
    does not. Raises BadFile, NoData, UnknownName.
    """
    if not path.exists():
        raise BadFile(str(path), "no such file or folder", "Check the path")
    if path.is_file():
        return [_single(path, symbols, timeframes)]
    found = [file for file in map(_named, _below(path)) if file is not None]
    wanted = [
        file
        for file in found
        if (not symbols or file.symbol in symbols) and (not timeframes or file.timeframe in timeframes)
    ]
    if not wanted:
        raise NoData(
            str(path),
            "holds no spot candle files" + (" of those symbols and timeframes" if found else ""),
            "Name files as BTCUSDT-1m-2024-01.zip or 1m/BTCUSDT.parquet, or give one with --symbol and --timeframe",
        )
    return wanted


def import_candles(store: CandleStore, files: Sequence[CandleFile], now_ms: int, progress: Progress) -> Report:
    """Verify and store files; one that is refused does not keep the others out. Raises StoreBusy, StorageFull."""
    outcomes, failures = [], []
    with store.writing():
        for done, file in enumerate(files, start=1):
            try:
                outcomes.append(_import(store, file, now_ms))
            except (StorageFull, StoreBusy):
                raise
            except InputError as error:
                failures.append(error)
            progress(done, len(files), file.path.name)
    return Report(outcomes, failures)


def _import(store: CandleStore, file: CandleFile, now_ms: int) -> Outcome:
    content = file.path.read_bytes()
    verified = _verify(file.path, content)
    cleaned = clean(_read(file.path, content), file.timeframe, now_ms, file.path.name)
    origin = file.path.resolve().as_posix()
    source = SourceInfo("import", origin, sha256(content), now_ms)
    written = store.write(file.symbol, file.timeframe, cleaned.frame, source)
    return stored(origin, (file.symbol, str(file.timeframe)), verified, cleaned, written)


def _read(path: Path, content: bytes) -> pl.DataFrame:
    if path.suffix == ".parquet":
        return read_parquet(path)
    return read_csv(unzip(content, path.name, LARGEST_CSV) if path.suffix == ".zip" else content, path.name)


def _verify(path: Path, content: bytes) -> str:
    """Check a file against the sum stated beside it, and say where that was."""
    beside = path.with_name(f"{path.name}.CHECKSUM")
    if beside.is_file():
        check(content, parse_checksum(beside.read_text(errors="replace"), path.name), path.name)
        return "CHECKSUM"
    manifest: Manifest | None = find_manifest(path)
    expected = manifest.sum_of(path) if manifest else None
    if expected is None:
        return ""
    check(content, expected, path.name)
    return "manifest.json"


def _below(folder: Path) -> Iterator[Path]:
    spot = folder / "spot" / "klines"
    root = spot if spot.is_dir() else folder
    for path in sorted(root.rglob("*")):
        if path.suffix in ENDINGS and "futures" not in path.relative_to(folder).parts:
            yield path


def _named(path: Path) -> CandleFile | None:
    dated, plain = _DATED.fullmatch(path.stem), _PLAIN.fullmatch(path.stem)
    try:
        if dated:
            return CandleFile(path, parse_symbol(dated["symbol"]), Timeframe.parse(dated["timeframe"]))
        if plain:
            return CandleFile(path, parse_symbol(plain["symbol"]), Timeframe.parse(path.parent.name))
    except UnknownName:
        return None
    return None


def _single(path: Path, symbols: Sequence[str], timeframes: Sequence[Timeframe]) -> CandleFile:
    if path.suffix not in ENDINGS:
        raise BadFile(path.name, "not a Parquet, CSV or zip file", f"Give a file that ends in {' '.join(ENDINGS)}")
    named = _named(path)
    if len(symbols) == 1 and len(timeframes) == 1:
        return CandleFile(path, symbols[0], timeframes[0])
    if named is None:
        raise UnknownName(
            "symbol/timeframe",
            f"the name {path.name} does not say which candles it holds",
            "Give one --symbol and one --timeframe",
        )
    return CandleFile(path, symbols[0] if symbols else named.symbol, timeframes[0] if timeframes else named.timeframe)
