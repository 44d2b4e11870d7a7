"""What the verbs about journals do."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import typer

from tradingbot.cli.tables import table
from tradingbot.cli.workspace import console, print_json
from tradingbot.config import current
from tradingbot.domain.errors import InputError, NoData, UnknownName
from tradingbot.journal.entry import Entry
from tradingbot.journal.rows import READ_MODELS, AccountRow
from tradingbot.journal.sql_reader import SqlReader
from tradingbot.journal.verify import Verdict, verify

ENTRIES = "entries"
_SHOWN = 20
_MOMENTS = ("time", "_at")


@dataclass(frozen=True, slots=True)
class Choice:
    """What to show: entries or a table, by numbers of entries, and how many at most."""

    what: str
    first: int | None
    last: int | None
    newest: int | None


def found(file: str | None, runs: Path | None, config: Path | None) -> Sequence[str]:
    """The journal that was named, else every one in the folder of runs; raises NoData where there is none."""
    folder = runs or Path(current(config).folders.runs)
    if file is not None:
        return [file]
    journals = sorted(str(path) for path in folder.rglob("*.journal"))
    if not journals:
        raise NoData("journal", f"there is no *.journal in {folder}", "Name the file of one, or another folder: --runs")
    return journals


@contextmanager
def _opened(where: str) -> Iterator[SqlReader]:
    journal = SqlReader.open(where)
    try:
        yield journal
    finally:
        journal.close()


def verify_journals(places: Sequence[str], *, as_json: bool) -> None:
    """Show what is wrong in each; exits 1 where anything is."""
    verdicts: dict[str, Verdict] = {}
    for where in places:
        with _opened(where) as journal:
            verdicts[journal.name] = verify(journal)
    if as_json:
        print_json([{"journal": name, **msgspec.structs.asdict(one)} for name, one in verdicts.items()])
    else:
        for name, one in verdicts.items():
            _show_verdict(name, one)
    if any(one.faults for one in verdicts.values()):
        raise typer.Exit(1)


def _show_verdict(name: str, verdict: Verdict) -> None:
    for fault in verdict.faults:
        typer.echo(f"{name}: {fault.problem}")
    whole = f"{len(verdict.faults)} faults" if verdict.faults else "whole"
    typer.echo(f"{name}: {whole}; {verdict.entries} entries, the last is {verdict.head.number} {verdict.head.hash}")


def show_journal(places: Sequence[str], choice: Choice, *, as_json: bool) -> None:
    """Show entries or a table of one journal; raises UnknownName, InputError where several could be meant."""
    if len(places) > 1:
        raise InputError("journal", f"there are {len(places)}: {', '.join(places)}", "Name one of them")
    if choice.what not in (ENTRIES, *READ_MODELS):
        known = ", ".join((ENTRIES, *READ_MODELS))
        raise UnknownName("what", f"there is no '{choice.what}'", f"Choose one of {known}")
    with _opened(places[0]) as journal:
        rows, all_ = _chosen(journal, choice, as_json=as_json)
        account = next(iter(journal.rows(AccountRow)), None)
        head = journal.head()
    whose = (
        {} if account is None else {"account": account.account, "data": account.data, "execution": account.execution}
    )
    if as_json:
        print_json({"journal": places[0], **whose, "head": head, "what": choice.what, "rows": rows})
        return
    out = console()
    title = f"{choice.what.upper()} - " + (", ".join(f"{key} {value}" for key, value in whose.items()) or "no session")
    made = table(title, *(("number", "time", "kind", "body", "hash") if choice.what == ENTRIES else (">entry", "row")))
    for row in rows:
        made.add_row(*(_entry_cells(row) if choice.what == ENTRIES else (str(row["entry"]), _pairs(row))))
    out.print(made)
    out.print(f"{len(rows)} of {all_} {choice.what}; the journal ends at entry {head.number}.")


def _chosen(journal: SqlReader, choice: Choice, *, as_json: bool) -> tuple[Sequence[Mapping[str, Any]], int]:
    """The rows to show, and how many there are between the numbers."""
    most = choice.newest or (None if as_json else _SHOWN)
    first, last = choice.first or 1, choice.last
    if choice.what == ENTRIES:
        end = journal.head().number if last is None else min(last, journal.head().number)
        start = first if most is None else max(first, end - most + 1)
        return [_entry(one) for one in journal.entries(start, end)], max(end - first + 1, 0)
    rows = [row for row in journal.rows(READ_MODELS[choice.what], since=first - 1) if last is None or row.entry <= last]
    return [msgspec.structs.asdict(row) for row in (rows if most is None else rows[-most:])], len(rows)


def _entry(one: Entry) -> Mapping[str, Any]:
    body = msgspec.to_builtins(one.body)
    del body["kind"]
    return {"number": one.number, "time": one.time, "kind": one.kind, "body": body, "hash": one.hash}


def _entry_cells(row: Mapping[str, Any]) -> Sequence[str]:
    return (str(row["number"]), _said("time", row["time"]), row["kind"], _pairs(row["body"]), row["hash"][:12])


def _pairs(row: Mapping[str, Any]) -> str:
    """What there is, on one line that may be folded but not cut."""
    return " ".join(
        f"{name}={_said(name, value)}" for name, value in row.items() if name != "entry" and value is not None
    )


def _said(name: str, value: object) -> str:
    """Moments as dates."""
    if isinstance(value, int) and name.endswith(_MOMENTS):
        return datetime.fromtimestamp(value / 1000, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    if isinstance(value, Mapping):
        return ",".join(f"{key}:{one}" for key, one in value.items())
    return str(value)
