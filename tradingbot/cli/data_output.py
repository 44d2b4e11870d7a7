"""How the data verbs speak: progress, tables and JSON."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Column, Table

from tradingbot.data.calendar import day_of, stamp
from tradingbot.data.exchange_info import Snapshot
from tradingbot.data.listing import SeriesSummary, StoredFile
from tradingbot.data.outcome import Outcome, Progress, Report
from tradingbot.data.verify import Finding

# A plain log line at most every so many originals.
_EVERY = 25
_FILE_WIDTH = 240


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


@contextmanager
def progress(title: str) -> Iterator[Progress]:
    """A bar on a terminal, a line now and then elsewhere; on stderr, so that stdout stays clean."""
    if not sys.stderr.isatty():
        yield lambda done, total, name: _line(title, done, total, name)
        return
    name = TextColumn("{task.fields[name]}")
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, name, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None, name="")
        yield lambda done, total, name: bar.update(task, completed=done, total=total, name=name)


def _line(title: str, done: int, total: int, name: str) -> None:
    if done == total or done % _EVERY == 0:
        typer.echo(f"{title} {done}/{total} {name}", err=True)


def show_report(report: Report) -> None:
    """What was stored, series by series, and what was refused."""
    groups = _grouped(report.outcomes)
    shown = [at for at, name in enumerate(_COUNTS) if at == 0 or any(counts[at] for counts in groups.values())]
    table = _table("symbol", "timeframe", *(_right(_COUNTS[at]) for at in shown))
    for key, counts in groups.items():
        table.add_row(*key, *(f"{counts[at]:,}" for at in shown))
    _print(table)
    for note in report.notes:
        typer.echo(f"note: {note}")
    for error in report.failures:
        typer.echo(f"refused: {error}", err=True)


_COUNTS = ("originals", "verified", "unchanged", "absent", "candles", "new", "replaced", "repeated", "odd")


def _grouped(outcomes: Sequence[Outcome]) -> Mapping[tuple[str, str], Sequence[int]]:
    groups: dict[tuple[str, str], list[Outcome]] = {}
    for one in outcomes:
        groups.setdefault((one.symbol, one.timeframe), []).append(one)
    return {key: _counts(groups[key]) for key in sorted(groups)}


def _counts(outcomes: Sequence[Outcome]) -> Sequence[int]:
    return (
        len(outcomes),
        sum(bool(one.verified) for one in outcomes),
        sum(one.state == "unchanged" for one in outcomes),
        sum(one.state == "absent" for one in outcomes),
        sum(one.rows for one in outcomes),
        sum(one.new for one in outcomes),
        sum(one.replaced for one in outcomes),
        sum(one.duplicates for one in outcomes),
        sum(one.off_grid + one.contradictions for one in outcomes),
    )


def show_findings(findings: Sequence[Finding], checked: int) -> None:
    """Everything odd, the largest case of each kind, and a verdict."""
    table = _table("symbol", "timeframe", "kind", _right("candles"), _right("cases"), "largest case")
    for one in findings:
        largest = one.largest[0]
        kind = f"[red]{one.kind}[/red]" if one.is_error else one.kind
        counts = (f"{one.count:,}", f"{one.cases:,}")
        table.add_row(one.symbol, one.timeframe, kind, *counts, _case(largest.time, largest.detail))
    _print(table)
    errors = sum(one.is_error for one in findings)
    typer.echo(f"{checked} series read, {len(findings)} findings, {errors} of them errors")


def _case(time: int, detail: str) -> str:
    return f"{stamp(time)} {detail}" if time else detail


def show_series(series: Sequence[SeriesSummary], filters: Sequence[Snapshot]) -> None:
    """One line a series and kind of source, and the exchange filters known."""
    table = _table("symbol", "timeframe", "source", _right("candles"), "first", "last", _right("originals"), "fetched")
    for one in series:
        times = (stamp(one.first), stamp(one.last))
        table.add_row(
            one.symbol, one.timeframe, one.source, f"{one.rows:,}", *times, f"{one.originals:,}", day_of(one.fetched_at)
        )
    _print(table)
    for taken in filters:
        typer.echo(f"exchange filters of {stamp(taken.as_of)}: {len(taken.filters)} symbols, from {taken.origin}")


def show_files(files: Sequence[StoredFile]) -> None:
    """Every stored file with its originals and their SHA-256."""
    table = _table("file", _right("rows"), "original", _right("gave"), "fetched", "SHA-256")
    for file in files:
        for piece in file.provenance.pieces:
            name = f"{file.symbol} {file.timeframe} {file.month} {file.source}"
            gave = f"{piece.rows:,}"
            table.add_row(
                name, f"{file.provenance.rows:,}", piece.origin, gave, day_of(piece.fetched_at), piece.sha256[:16]
            )
    _print(table)


def _table(*columns: str | Column) -> Table:
    """A table that wraps what is too wide for the terminal, never cutting a number off."""
    named = (column if isinstance(column, Column) else Column(column, overflow="fold") for column in columns)
    return Table(*named, box=SIMPLE_HEAD)


def _right(name: str) -> Column:
    return Column(name, justify="right", overflow="fold")


def _print(table: Table) -> None:
    # Not on a terminal nobody wraps for us, and a program that reads lines wants whole ones.
    Console(width=None if sys.stdout.isatty() else _FILE_WIDTH).print(table)
