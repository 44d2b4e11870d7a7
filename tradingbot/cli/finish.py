"""What every finished run gets: a folder, a report, a summary."""

from pathlib import Path

import msgspec

from tradingbot.analysis.html import render_html
from tradingbot.analysis.report_json import to_json
from tradingbot.analysis.result import RunResult
from tradingbot.analysis.terminal import terminal_summary
from tradingbot.analysis.words import label
from tradingbot.cli.workspace import Workspace, console, print_json, say
from tradingbot.data.atomic import put
from tradingbot.research.runs import save


def write_report(folder: Path, result: RunResult) -> Path:
    """`report.html` and `report.json` in the run's folder; the path of the first."""
    put(folder / "report.json", msgspec.json.format(msgspec.json.encode(to_json(result))))
    put(folder / "report.html", render_html(result).encode())
    return folder / "report.html"


def finish(workspace: Workspace, result: RunResult, *, as_json: bool) -> Path:
    """Save, report, and show a run; returns the report's path."""
    folder = save(workspace.runs, result, workspace.strategy_paths)
    report = write_report(folder, result)
    if as_json:
        print_json(to_json(result))
    else:
        console().print(terminal_summary(result))
    say(f"{label(result)} Report: {report}".strip())
    return report
