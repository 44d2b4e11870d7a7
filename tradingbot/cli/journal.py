"""`tradingbot journal`: the verbs about journals. What they do is imported when one of them runs."""

from typing import Annotated

import typer

from tradingbot.cli import options as o

app = typer.Typer(no_args_is_help=True, help="What happened in trading sessions: show it, check that it is whole.")

_VERIFY = "Examples:  tradingbot journal verify  |  tradingbot journal verify runs/main.journal --json"
_SHOW = (
    "Examples:  tradingbot journal show runs/main.journal --last 50  |  "
    "tradingbot journal show runs/main.journal --what orders --json"
)

File = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE]", help="A journal's file or database URL; default the *.journal of the runs folder."
    ),
]


@app.command(epilog=_VERIFY)
def verify(file: File = None, runs: o.Runs = None, config: o.Config = None, as_json: o.Json = False) -> None:
    """Check that no entry was changed, moved, added or lost, and that the tables say what the entries say.

    Exits 1 where something is not as it was written. It may run beside a session.
    """
    from tradingbot.cli.journal_work import found, verify_journals

    verify_journals(found(file, runs, config), as_json=as_json)


@app.command(epilog=_SHOW)
def show(
    file: File = None,
    what: Annotated[str, typer.Option("--what", help="entries, or a table: orders, fills, trades...")] = "entries",
    first: Annotated[int | None, typer.Option("--from", min=1, help="First entry, by its number.")] = None,
    last: Annotated[int | None, typer.Option("--to", min=1, help="Last entry, by its number.")] = None,
    newest: Annotated[int | None, typer.Option("--last", min=1, help="How many; default 20, in JSON all.")] = None,
    runs: o.Runs = None,
    config: o.Config = None,
    as_json: o.Json = False,
) -> None:
    """Show entries, or what they amount to: account, sessions, orders, fills, trades, equity, decisions, refusals,
    latches.

    --from and --to choose by the number of the entry that last changed a row.
    """
    from tradingbot.cli.journal_work import Choice, found, show_journal

    show_journal(found(file, runs, config), Choice(what, first, last, newest), as_json=as_json)
