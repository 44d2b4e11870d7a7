"""`tradingbot data`: the verbs and their options. What they do is imported when one of them runs, so help is quick."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tradingbot.cli import options as o

app = typer.Typer(no_args_is_help=True, help="Candles: download, import, verify, list.")

Symbols = Annotated[str | None, typer.Option("--symbols", "--symbol", help="Comma-separated, as in BTCUSDT,ETHUSDT.")]
Timeframes = Annotated[
    str | None, typer.Option("--timeframes", "--timeframe", help="Comma-separated, as in 1m,1h (1s to 1d).")
]


def _store(asked: Path | None, config: Path | None) -> Path:
    """The option goes before the configuration, which is read, and so checked, in any case."""
    from tradingbot.config import current

    held = Path(current(config).folders.store)
    return asked or held


@app.command(
    epilog="Examples:  tradingbot data download --symbols BTCUSDT --from 2024-01-01 --to 2024-02-01  |  "
    "tradingbot data download --timeframes 1m,1d --from 2023-01-01",
)
def download(
    store: o.Store = None,
    symbols: Symbols = None,
    timeframes: Timeframes = "1m",
    start: Annotated[str | None, typer.Option("--from", help="First UTC day; default a year before --to.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="UTC day after the last; default until now.")] = None,
    archive_url: Annotated[str | None, typer.Option(help="Base URL of the archive.")] = None,
    rest_url: Annotated[str | None, typer.Option(help="Base URL of the REST API.")] = None,
    no_rest: Annotated[bool, typer.Option("--no-rest", help="Take only what the archive has.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, max=32, help="Originals on their way at once.")] = None,
    config: o.Config = None,
    as_json: o.Json = False,
) -> None:
    """Download candles: archive files with their SHA-256 verified, then REST for the days not archived yet.

    What is stored already is not fetched again. Without --symbols the default universe is meant.
    """
    from tradingbot.cli import data_work
    from tradingbot.config import current

    held = current(config)
    given = {"archive_url": archive_url, "rest_url": rest_url, "use_rest": False if no_rest else None, "jobs": jobs}
    changes = {name: value for name, value in given.items() if value is not None}
    settings = msgspec.structs.replace(held.download, **changes)
    series = data_work.series(symbols, timeframes)
    data_work.download_candles(store or Path(held.folders.store), series, (start, end), settings, as_json=as_json)


@app.command(
    "import",
    epilog="Examples:  tradingbot data import ../market-data  |  "
    "tradingbot data import candles.csv --symbol BTCUSDT --timeframe 1m  |  tradingbot data import exchangeInfo.json",
)
def import_(
    path: Annotated[Path, typer.Argument(help="A Parquet, CSV or zip file, exchangeInfo .json, or a folder of them.")],
    store: o.Store = None,
    symbols: Symbols = None,
    timeframes: Timeframes = None,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Date of an exchangeInfo that has none.")] = None,
    config: o.Config = None,
    as_json: o.Json = False,
) -> None:
    """Import candles and exchange filters; each file is verified, also against a CHECKSUM or manifest.json if there.

    Of a folder only the given symbols and timeframes are taken. For a file they say what its name does not.
    """
    from tradingbot.cli import data_work

    data_work.import_files(_store(store, config), path, data_work.series(symbols, timeframes), as_of, as_json=as_json)


@app.command(epilog="Example:  tradingbot data verify --symbols BTCUSDT --json")
def verify(
    store: o.Store = None,
    symbols: Symbols = None,
    timeframes: Timeframes = None,
    config: o.Config = None,
    as_json: o.Json = False,
) -> None:
    """List what is odd in the store: gaps, contradictions, disagreements, runs without volume, jumps.

    Exits 1 where the store itself is damaged; oddities of the market are listed only.
    """
    from tradingbot.cli import data_work

    data_work.verify_store(_store(store, config), data_work.series(symbols, timeframes), as_json=as_json)


@app.command("list", epilog="Example:  tradingbot data list --symbols BTCUSDT --timeframe 1m --files")
def list_(
    store: o.Store = None,
    symbols: Symbols = None,
    timeframes: Timeframes = None,
    files: Annotated[bool, typer.Option("--files", help="Every file with its originals.")] = False,
    config: o.Config = None,
    as_json: o.Json = False,
) -> None:
    """List what the store holds: candles, period, originals with SHA-256 and when they were fetched."""
    from tradingbot.cli import data_work

    data_work.list_store(_store(store, config), data_work.series(symbols, timeframes), files=files, as_json=as_json)
