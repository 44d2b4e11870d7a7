"""What the data verbs do: one call into the data stage each, and its result shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from tradingbot.cli import data_output as output
from tradingbot.cli.clock import now_ms
from tradingbot.cli.interrupt import INTERRUPTED
from tradingbot.data.calendar import parse_day
from tradingbot.data.download import Wanted, download
from tradingbot.data.exchange_import import exchange_files, import_exchange_info
from tradingbot.data.exchange_info import FilterStore
from tradingbot.data.importer import CandleFile, candle_files, import_candles
from tradingbot.data.listing import stored_files, summarise
from tradingbot.data.outcome import Outcome, Progress, Report
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.settings import DownloadSettings
from tradingbot.data.store import no_candles
from tradingbot.data.verify import Finding, verify
from tradingbot.domain.errors import InputError, NoData, StorageFull, StoreBusy
from tradingbot.domain.symbols import DEFAULT_UNIVERSE, parse_symbol
from tradingbot.domain.timeframe import DAY_MS, Timeframe


@dataclass(frozen=True, slots=True)
class Series:
    """The symbols and timeframes that somebody named; none means all."""

    symbols: Sequence[str]
    timeframes: Sequence[Timeframe]


def series(symbols: str | None, timeframes: str | None) -> Series:
    """Comma-separated names as values; raises UnknownName."""
    names = [name for name in (symbols or "").split(",") if name.strip()]
    spacings = [name.strip() for name in (timeframes or "").split(",") if name.strip()]
    return Series(list(dict.fromkeys(map(parse_symbol, names))), list(dict.fromkeys(map(Timeframe.parse, spacings))))


def download_candles(
    store: Path, wanted: Series, period: tuple[str | None, str | None], settings: DownloadSettings, *, as_json: bool
) -> None:
    """Download a period given as two dates; raises what `data.download` raises, and the first refusal at the end."""
    start, end = period
    until = parse_day(end, "to") if end else now_ms()
    since = parse_day(start, "from") if start else until - until % DAY_MS - 365 * DAY_MS
    request = Wanted(wanted.symbols or DEFAULT_UNIVERSE, wanted.timeframes or [Timeframe.M1], since, until)
    with output.progress("download") as progress:
        report = _continuable(lambda: download(ParquetStore(store), request, settings, progress, now_ms))
    _finish(report, as_json=as_json)


def import_files(store: Path, path: Path, wanted: Series, as_of: str | None, *, as_json: bool) -> None:
    """Import a file or folder; raises what `data.importer` raises, and the first refusal at the end."""
    taken = parse_day(as_of, "as-of") if as_of else None
    infos = exchange_files(path)
    files = [] if path.is_file() and infos else _candle_files(path, wanted, optional=bool(infos))
    with output.progress("import") as progress:
        report = _continuable(lambda: _import(ParquetStore(store), files, infos, taken, progress))
    _finish(report, as_json=as_json)


def verify_store(store: Path, wanted: Series, *, as_json: bool) -> None:
    """Show all findings; exits 1 where one of them is an error. Raises NoData."""
    held = ParquetStore(store)
    timeframes = wanted.timeframes or list(Timeframe)
    symbols = _stored_symbols(held, wanted.symbols)
    findings: list[Finding] = []
    with output.progress("verify") as progress:
        for done, symbol in enumerate(symbols, start=1):
            findings += verify(held.layout, symbol, timeframes)
            progress(done, len(symbols), symbol)
    checked = sum(timeframe in timeframes for symbol in symbols for timeframe in held.layout.timeframes(symbol))
    if as_json:
        output.print_json({"series": checked, "findings": findings})
    else:
        output.show_findings(findings, checked)
    if any(one.is_error for one in findings):
        raise typer.Exit(1)


def list_store(store: Path, wanted: Series, *, files: bool, as_json: bool) -> None:
    """Show what is stored. Raises NoData."""
    held = ParquetStore(store)
    stored = list(stored_files(held.layout, _stored_symbols(held, wanted.symbols), wanted.timeframes or None))
    filters = FilterStore(store).snapshots()
    if as_json:
        known = [
            {"as_of": one.as_of, "origin": one.origin, "sha256": one.sha256, "symbols": len(one.filters)}
            for one in filters
        ]
        output.print_json({"series": summarise(stored), "files": stored, "filters": known})
    elif files:
        output.show_files(stored)
    else:
        output.show_series(summarise(stored), filters)


def _candle_files(path: Path, wanted: Series, *, optional: bool) -> Sequence[CandleFile]:
    try:
        return candle_files(path, wanted.symbols, wanted.timeframes)
    except NoData:
        if optional:
            return ()
        raise


def _import(
    store: ParquetStore,
    files: Sequence[CandleFile],
    infos: Sequence[Path],
    as_of: int | None,
    progress: Progress,
) -> Report:
    report = import_candles(store, files, now_ms(), progress)
    outcomes: list[Outcome] = list(report.outcomes)
    failures = list(report.failures)
    for path in infos:
        try:
            outcomes.append(import_exchange_info(FilterStore(store.root), path, as_of, now_ms()))
        except (StorageFull, StoreBusy):
            raise
        except InputError as error:
            failures.append(error)
    return Report(outcomes, failures)


def _stored_symbols(store: ParquetStore, wanted: Sequence[str]) -> Sequence[str]:
    """The symbols asked for, or all; raises NoData where one of them is not stored."""
    held = store.symbols()
    if not held:
        remedy = "Run 'tradingbot data download' or 'tradingbot data import', or give another --store"
        raise NoData("store", f"{store.root} holds no candles", remedy)
    for symbol in wanted:
        if symbol not in held:
            raise no_candles(symbol)
    return wanted or held


def _continuable(work: Callable[[], Report]) -> Report:
    try:
        return work()
    except KeyboardInterrupt:
        typer.echo("interrupted: nothing is lost, the same command continues where this one stopped", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _finish(report: Report, *, as_json: bool) -> None:
    """Show a report; where something was refused, its error ends the program."""
    if as_json:
        failures = [str(error) for error in report.failures]
        output.print_json({"outcomes": report.outcomes, "failures": failures, "notes": report.notes})
    else:
        output.show_report(report)
    if report.failures:
        raise report.failures[0]
