"""What every finished run gets: a folder, a report, a summary."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from filelock import FileLock

from tradingbot.analysis.html import render_html
from tradingbot.analysis.report_json import to_json
from tradingbot.analysis.result import RunResult
from tradingbot.analysis.terminal import terminal_summary
from tradingbot.analysis.words import label
from tradingbot.cli.workspace import Workspace, console, print_json, say
from tradingbot.data.atomic import put
from tradingbot.research.runs import save


def write_report(runs: Path, result: RunResult) -> Path:
    """`report.html` and `report.json` in the run's folder; the path of the first."""
    with _alone(runs):
        return _write(runs / result.run_id, result)


def keep(runs: Path, result: RunResult, strategy_paths: Sequence[Path]) -> Path:
    """Save a run and its report; the report's path. Raises StorageFull."""
    runs.mkdir(parents=True, exist_ok=True)
    with _alone(runs):
        return _write(save(runs, result, strategy_paths), result)


def finish(workspace: Workspace, result: RunResult, *, as_json: bool) -> Path:
    """Keep, report, and show a run; returns the report's path."""
    report = keep(workspace.runs, result, workspace.strategy_paths)
    if as_json:
        print_json(to_json(result))
    else:
        console().print(terminal_summary(result))
    say(f"{label(result)} Report: {report}".strip())
    return report


def _alone(runs: Path) -> FileLock:
    """Two processes that finish the same run at once write the same files."""
    return FileLock(runs / ".lock")


def _write(folder: Path, result: RunResult) -> Path:
    put(folder / "report.json", msgspec.json.format(msgspec.json.encode(to_json(result))))
    put(folder / "report.html", render_html(result).encode())
    return folder / "report.html"
