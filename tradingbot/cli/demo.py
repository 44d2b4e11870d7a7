"""`tradingbot demo`: from candles to a report in one command, saying where the candles come from."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from tradingbot.cli import options as o


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example:  tradingbot demo --folder demo")(demo)


def demo(
    folder: Annotated[Path, typer.Option("--folder", metavar="DIR", help="Where its store and runs go.")] = Path(
        "demo"
    ),
    config: o.Config = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
) -> None:
    """Find candles, import and verify them, backtest all strategies over the ten pairs, and name the report.

    Candles: $TRADINGBOT_MARKET_DATA, else ../shared/market-data, else the last full months of Binance's archive, and
    only when none can be reached a generated market, labelled SYNTHETIC everywhere.
    """
    from tradingbot.cli.clock import now_ms
    from tradingbot.cli.demo_candles import fetch_candles
    from tradingbot.cli.finish import finish
    from tradingbot.cli.workspace import Workspace, progress, say
    from tradingbot.config import current
    from tradingbot.research.backtest import backtest

    found = fetch_candles(folder, _places(os.environ), current(config).download, now_ms())
    asked = o.Asked(config, found.store, folder / "runs", (), ("all",), None, found.start, found.end)
    workspace = Workspace.of(asked)
    settings = workspace.settings(asked)
    words = "SYNTHETIC " if workspace.laboratory.provenance == "synthetic" else ""
    what = f"{len(settings.strategies)} strategies, {len(settings.symbols)} pairs"
    say(f"== {words}backtest: {what}, {settings.cash:,.0f} USDT")
    with progress(quiet=False) as shown:
        result = backtest(workspace.laboratory, settings, now_ms(), shown)
    report = finish(workspace, result, as_json=False)
    if open_it:
        typer.launch(str(report))


def _places(environment: Mapping[str, str]) -> list[Path]:
    """Where real candles may lie, the first that exists wins."""
    named = environment.get("TRADINGBOT_MARKET_DATA")
    return [Path(named)] if named else [Path("..") / "shared" / "market-data"]
