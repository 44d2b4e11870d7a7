"""`tradingbot data`: candles into the store, and what is in it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from tradingbot.cli import data_output as output
from tradingbot.cli.clock import now_ms
from tradingbot.data.calendar import parse_day
from tradingbot.data.download import Wanted, download
from tradingbot.data.exchange_import import exchange_files, import_exchange_info
from tradingbot.data.exchange_info import FilterStore
from tradingbot.data.importer import candle_files, import_candles
from tradingbot.data.listing import stored_files, summarise
from tradingbot.data.outcome import Report
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.settings import DownloadSettings
from tradingbot.data.store import no_candles
from tradingbot.data.verify import Finding, verify
from tradingbot.domain.errors import InputError, NoData, StorageFull, StoreBusy
from tradingbot.domain.symbols import DEFAULT_UNIVERSE, parse_symbol
from tradingbot.domain.timeframe import DAY_MS, Timeframe

INTERRUPTED = 130

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich", help="Candles: download, import, verify, list.")

Store = Annotated[Path, typer.Option("--store", metavar="DIR", help="Folder of the candle store.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]
Symbols = Annotated[str | None, typer.Option("--symbols", "--symbol", help="Comma-separated, as in BTCUSDT,ETHUSDT.")]
Timeframes = Annotated[
    str | None, typer.Option("--timeframes", "--timeframe", help="Comma-separated, as in 1m,1h (1s to 1d).")
]
_DEFAULTS = DownloadSettings()


@app.command(
    "download",
    epilog="Examples:  tradingbot data download --symbols BTCUSDT --from 2024-01-01 --to 2024-02-01  |  "
    "tradingbot data download --timeframes 1m,1d --from 2023-01-01",
)
def download_command(
    store: Store = Path("data"),
    symbols: Symbols = None,
    timeframes: Timeframes = "1m",
    start: Annotated[str | None, typer.Option("--from", help="First UTC day; default a year before --to.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="UTC day after the last; default until now.")] = None,
    archive_url: Annotated[str, typer.Option(help="Base URL of the archive.")] = _DEFAULTS.archive_url,
    rest_url: Annotated[str, typer.Option(help="Base URL of the REST API.")] = _DEFAULTS.rest_url,
    no_rest: Annotated[bool, typer.Option("--no-rest", help="Take only what the archive has.")] = False,
    jobs: Annotated[int, typer.Option(min=1, max=32, help="Originals on their way at once.")] = _DEFAULTS.jobs,
    as_json: Json = False,
) -> None:
    """Download candles: archive files with their SHA-256 verified, then REST for the days not archived yet.

    What is stored already is not fetched again. Without --symbols the default universe is meant.
    """
    settings = DownloadSettings(archive_url=archive_url, rest_url=rest_url, use_rest=not no_rest, jobs=jobs)
    until = parse_day(end, "to") if end else now_ms()
    since = parse_day(start, "from") if start else until - until % DAY_MS - 365 * DAY_MS
    wanted = Wanted(_symbols(symbols) or DEFAULT_UNIVERSE, _timeframes(timeframes) or [Timeframe.M1], since, until)
    with output.progress("download") as progress:
        report = _continuable(lambda: download(ParquetStore(store), wanted, settings, progress, now_ms))
    _finish(report, as_json=as_json)


@app.command(
    "import",
    epilog="Examples:  tradingbot data import ../market-data  |  "
    "tradingbot data import candles.csv --symbol BTCUSDT --timeframe 1m  |  tradingbot data import exchangeInfo.json",
)
def import_command(
    path: Annotated[Path, typer.Argument(help="A Parquet, CSV or zip file, exchangeInfo .json, or a folder of them.")],
    store: Store = Path("data"),
    symbol: Annotated[str | None, typer.Option("--symbol", help="Where the file's name does not say it.")] = None,
    timeframe: Annotated[str | None, typer.Option("--timeframe", help="Where the file's name does not say it.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Date of an exchangeInfo that has none.")] = None,
    as_json: Json = False,
) -> None:
    """Import candles and exchange filters; each file is verified, also against a CHECKSUM or manifest.json if there."""
    wanted = parse_symbol(symbol) if symbol else None
    spacing = Timeframe.parse(timeframe) if timeframe else None
    taken = parse_day(as_of, "as-of") if as_of else None
    infos = exchange_files(path)
    files = [] if path.is_file() and infos else candle_files(path, wanted, spacing)
    with output.progress("import") as progress:
        report = _continuable(lambda: import_candles(ParquetStore(store), files, now_ms(), progress))
    outcomes, failures = list(report.outcomes), list(report.failures)
    for info in infos:
        try:
            outcomes.append(import_exchange_info(FilterStore(store), info, taken, now_ms()))
        except (StorageFull, StoreBusy):
            raise
        except InputError as error:
            failures.append(error)
    _finish(Report(outcomes, failures, report.notes), as_json=as_json)


@app.command("verify", epilog="Example:  tradingbot data verify --symbols BTCUSDT --json")
def verify_command(
    store: Store = Path("data"), symbols: Symbols = None, timeframes: Timeframes = None, as_json: Json = False
) -> None:
    """List what is odd in the store: gaps, contradictions, disagreements, runs without volume, jumps.

    Exits 1 where the store itself is damaged; oddities of the market are listed only.
    """
    held = ParquetStore(store)
    spacing = _timeframes(timeframes) or list(Timeframe)
    findings: list[Finding] = []
    checked = 0
    names = _stored_symbols(held, symbols)
    with output.progress("verify") as progress:
        for done, name in enumerate(names, start=1):
            findings += verify(held.layout, name, spacing)
            checked += sum(timeframe in spacing for timeframe in held.layout.timeframes(name))
            progress(done, len(names), name)
    if as_json:
        output.print_json({"series": checked, "findings": findings})
    else:
        output.show_findings(findings, checked)
    if any(one.is_error for one in findings):
        raise typer.Exit(1)


@app.command("list", epilog="Example:  tradingbot data list --symbols BTCUSDT --timeframe 1m --files")
def list_command(
    store: Store = Path("data"),
    symbols: Symbols = None,
    timeframes: Timeframes = None,
    files: Annotated[bool, typer.Option("--files", help="Every file with its originals.")] = False,
    as_json: Json = False,
) -> None:
    """List what the store holds: candles, period, originals with SHA-256 and when they were fetched."""
    held = ParquetStore(store)
    stored = list(stored_files(held.layout, _stored_symbols(held, symbols), _timeframes(timeframes)))
    filters = FilterStore(store).snapshots()
    if as_json:
        summary = [(one.as_of, one.origin, one.sha256, len(one.filters)) for one in filters]
        known = [dict(zip(("as_of", "origin", "sha256", "symbols"), one, strict=True)) for one in summary]
        output.print_json({"series": summarise(stored), "files": stored, "filters": known})
    elif files:
        output.show_files(stored)
    else:
        output.show_series(summarise(stored), filters)


def _symbols(text: str | None) -> Sequence[str]:
    return list(dict.fromkeys(parse_symbol(one) for one in text.split(",") if one.strip())) if text else []


def _timeframes(text: str | None) -> Sequence[Timeframe] | None:
    return list(dict.fromkeys(Timeframe.parse(one.strip()) for one in text.split(","))) if text else None


def _stored_symbols(store: ParquetStore, text: str | None) -> Sequence[str]:
    """The symbols asked for, or all; raises NoData where one of them is not stored."""
    held = store.symbols()
    if not held:
        remedy = "Run 'tradingbot data download' or 'tradingbot data import'"
        raise NoData("store", f"{store.root} holds no candles", remedy)
    wanted = _symbols(text) or held
    for symbol in wanted:
        if symbol not in held:
            raise no_candles(symbol)
    return wanted


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
