"""The command line: `tradingbot VERB`."""

import errno
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import tradingbot
from tradingbot.cli import analyse, data, demo, exchange, journal, research, show
from tradingbot.cli.interrupt import INTERRUPTED, WORDS
from tradingbot.domain.errors import InputError, TradingBotError


def _interrupted() -> typer.Exit:
    typer.echo(WORDS, err=True)
    return typer.Exit(INTERRUPTED)


class Verbs(TyperGroup):
    """Ends expected errors with one line on stderr and their exit code; Typer itself ends wrong usage, with code 2."""

    def make_context(self, *words: Any, **named: Any) -> Any:
        """Read the words; what that imports may be interrupted too."""
        try:
            return super().make_context(*words, **named)
        except KeyboardInterrupt:
            raise _interrupted() from None

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _interrupted() from None
        except TradingBotError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(error.exit_code) from None
        except OSError as error:
            if error.errno == errno.EPIPE:  # the reader of our output went away, as in `| head`; Typer ends that
                raise
            problem = f"Error: {error.filename or 'files'}: {error.strerror or error}"
            typer.echo(f"{problem}. Check that the path is right, may be used, and has room", err=True)
            raise typer.Exit(InputError.exit_code) from None


app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="A trading system for Binance that works by itself and tells the truth.",
)
app.add_typer(data.app, name="data")
app.add_typer(exchange.app, name="exchange")
app.add_typer(journal.app, name="journal")
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line with these arguments (default those of the process) and exit."""
    app(args=arguments, prog_name="tradingbot")
