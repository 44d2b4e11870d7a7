"""The command line: `tradingbot VERB`."""

import sys
from typing import Annotated

import typer

import tradingbot
from tradingbot.cli import analyse, data, demo, research, show
from tradingbot.domain.errors import TradingBotError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="A trading system for Binance that works by itself and tells the truth.",
)
app.add_typer(data.app, name="data")
for module in (research, analyse, show, demo):
    module.register(app)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tradingbot {tradingbot.__version__}")
        raise typer.Exit


@app.callback()
def root(
    _version_: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it and exit.")
    ] = False,
) -> None:
    """Begin with `tradingbot data download`, then `tradingbot backtest`."""


def main() -> None:
    """Run the command line; expected errors end with their exit code and one line."""
    try:
        app(standalone_mode=False)
    except typer.Exit as ended:
        sys.exit(ended.exit_code)
    except typer.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        typer.echo("Interrupted; what was finished is kept, and the same command goes on from there.", err=True)
        sys.exit(130)
    except TradingBotError as error:
        typer.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
