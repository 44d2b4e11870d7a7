"""docs/exchange.md lists the cases there are and the errors there are, no more and no fewer."""

import importlib
from pathlib import Path
from typing import Any, cast

import typer

from tests.support.cases import REPLAY, SIMULATED, TESTNET, Case, case_of
from tradingbot.cli.main import app
from tradingbot.exchange.errors import _BY_CODE, ExchangeError, typed
from tradingbot.exchange.replay.gate.faults import Fault
from tradingbot.exchange.replay.transport.admin import Admin

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "exchange.md").read_text(encoding="utf-8")
FOLDER = ROOT / "tests" / "contracts" / "venue"
SPECIAL = (-2021, -2022)  # have a class of their own beside the table of codes


def cases() -> list[Case]:
    """Every case, by its number."""
    names = [f"tests.contracts.venue.{path.stem}" for path in FOLDER.glob("test_*.py")]
    modules = [importlib.import_module(name) for name in names]
    found = [case_of(value) for module in modules for value in vars(module).values()]
    return sorted({one.number: one for one in found if one}.values(), key=lambda one: one.number)


def case_row(one: Case) -> str:
    """The line of a case in the page."""
    against = " ".join(name for name in (SIMULATED, REPLAY, TESTNET) if name in one.venues)
    return f"| {one.number} | {one.truth} | {against} |"


def named(error: ExchangeError) -> str:
    """The class of an error, and whether to try again."""
    return f"`{type(error).__name__}`, {error.retry}"


def error_row(code: int) -> str:
    """The line of a code in the page: what it means for a question, and for an order or cancel."""
    question, order = (named(typed(code, "", changes=changes)) for changes in (False, True))
    return f"| {code} | {question} | {order} |"


def table(pattern: str) -> list[str]:
    """The lines of the page that begin so."""
    return [line for line in PAGE.splitlines() if line.startswith(pattern)]


def test_every_case_is_listed() -> None:
    """With what must be true and where it is run."""
    assert table("| V") == [case_row(one) for one in cases()]


def test_numbers_are_used_once() -> None:
    """A number is one case."""
    marks = [line.strip() for path in FOLDER.glob("test_*.py") for line in path.read_text().splitlines()]
    numbers = [line[7:11] for line in marks if line.startswith('@case("V')]

    assert len(numbers) == len(set(numbers)) == len(cases())


def test_every_error_is_listed() -> None:
    """Each code with its class and whether the same request may be sent again."""
    assert table("| -") == [error_row(code) for code in sorted([*_BY_CODE, *SPECIAL], reverse=True)]


def test_statuses_without_a_code_are_listed() -> None:
    """What an HTTP status alone means."""
    for status in (401, 410, 418, 429, 503):
        question, order = (named(typed(None, "", status=status, changes=changes)) for changes in (False, True))
        assert f"| HTTP {status} | {question} | {order} |" in PAGE


def test_every_option_of_serve_is_explained() -> None:
    """In the table of options."""
    command = typer.main.get_command(app).commands["exchange"].commands["serve"]  # type: ignore[attr-defined]
    options = [name for one in command.params for name in one.opts if name.startswith("--")]

    assert [name for name in options if f"`{name}`" not in "\n".join(table("| `--"))] == []


def test_every_admin_route_is_explained() -> None:
    """With its verb."""
    routes = Admin(cast("Any", None), cast("Any", None), cast("Any", None))._routes

    assert [route for route in routes if f"`{route[0]} /replay/{route[1]}`" not in PAGE] == []


def test_every_fault_is_explained() -> None:
    """The faults of the page are those that can be planned."""
    listed = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")}

    assert {fault.value for fault in Fault} <= listed
