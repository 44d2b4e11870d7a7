"""`tradingbot exchange drift`: does the exchange still offer what we rely on?"""

from pathlib import Path
from typing import Annotated

import typer

from tradingbot.cli import options as o


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example:  tradingbot exchange drift --venue testnet --symbols BTCUSDT,ETHUSDT --json")(drift)


def drift(
    venue: Annotated[str, typer.Option("--venue", help="mainnet, testnet, or a replay exchange's URL.")] = "mainnet",
    symbols: Annotated[str, typer.Option("--symbols", "--symbol", help="Comma-separated.")] = "BTCUSDT",
    record: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the public answers in a new file.")] = None,
    patience: Annotated[float, typer.Option(min=1, max=300, help="Seconds to wait for an answer or a frame.")] = 20.0,
    as_json: o.Json = False,
) -> None:
    """Hold what the exchange answers now against the contract of this version, and name each difference.

    Asks public questions and listens to a few streams; with a key (TRADINGBOT_API_KEY and TRADINGBOT_API_SECRET, or
    TRADINGBOT_API_KEY_FILE) also the account, and `order/test` for each type of order. Nothing is placed. Exits 1 where
    a difference breaks us or something could not be looked at.
    """
    from tradingbot.cli.exchange_drift_work import check_exchange

    holds = check_exchange(venue, symbols.split(","), record, patience, as_json=as_json)
    raise typer.Exit(0 if holds else 1)
