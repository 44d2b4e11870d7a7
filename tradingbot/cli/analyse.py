"""Verbs that look at finished runs: report, compare, list-runs."""

from pathlib import Path
from typing import Annotated

import typer

from tradingbot.cli import options as o


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.command(epilog="Example:  tradingbot report bt-0123456789")(report)
    app.command(epilog="Example:  tradingbot compare bt-0123456789 bt-abcdef0123")(compare)
    app.command("list-runs", epilog="Example:  tradingbot list-runs")(list_runs)


def _runs(config: Path | None, runs: Path | None) -> Path:
    from tradingbot import config as settings

    return runs or Path(settings.current(config).folders.runs)


def report(
    run: Annotated[str, typer.Argument(help="The id of a run, as in bt-0123456789.")],
    config: o.Config = None,
    runs: o.Runs = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    as_json: o.Json = False,
) -> None:
    """Show a run again and write its report anew."""
    from tradingbot.analysis.report_json import to_json
    from tradingbot.analysis.terminal import terminal_summary
    from tradingbot.cli.finish import write_report
    from tradingbot.cli.workspace import console, print_json, say
    from tradingbot.research.runs import load

    folder = _runs(config, runs)
    result, _ = load(folder, run)
    path = write_report(folder, result)
    if as_json:
        print_json(to_json(result))
    else:
        console().print(terminal_summary(result))
    say(f"Report: {path}")
    if open_it:
        typer.launch(str(path))


def compare(
    run: Annotated[list[str], typer.Argument(help="Two to six runs.")],
    config: o.Config = None,
    runs: o.Runs = None,
    as_json: o.Json = False,
) -> None:
    """Put two to six runs beside each other."""
    from tradingbot.cli.tables import show_compared
    from tradingbot.domain.errors import InputError
    from tradingbot.research.runs import load

    if not 2 <= len(run) <= 6:
        raise InputError("run", f"{len(run)} given", "Name two to six runs")
    folder = _runs(config, runs)
    show_compared([load(folder, one)[0] for one in run], as_json=as_json)


def list_runs(config: o.Config = None, runs: o.Runs = None, as_json: o.Json = False) -> None:
    """List the finished runs, oldest first; a damaged one is named after the others, with exit code 2."""
    from tradingbot.cli.tables import show_runs
    from tradingbot.cli.workspace import say
    from tradingbot.domain.errors import BadFile
    from tradingbot.research.runs import known_runs, load

    folder = _runs(config, runs)
    whole, damaged = [], []
    for one in known_runs(folder):
        try:
            whole.append(load(folder, one)[0])
        except BadFile as error:
            damaged.append(error)
    show_runs(whole, as_json=as_json)
    if not whole:
        say(f"No whole runs in {folder} yet.")
    if damaged:
        raise damaged[0]
