"""The docs name what there is, and what they name exists."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import msgspec
import pytest
import typer

from tests.conftest import REPOSITORY
from tradingbot.analysis.drawdown import Drawdown
from tradingbot.analysis.summary import EquityFigures, Summary
from tradingbot.analysis.trades import OpenTrade, StopFigures, TradeFigures
from tradingbot.cli.main import app
from tradingbot.config import Config, with_style_defaults
from tradingbot.domain.reasons import REASON_NAMES
from tradingbot.risk.refusals import REFUSAL_NAMES

DOCS = REPOSITORY / "docs"
PAGES = [*REPOSITORY.glob("*.md"), *DOCS.rglob("*.md"), *(REPOSITORY / "benchmarks").glob("*.md")]
COMMAND = typer.main.get_command(app)


def text(name: str) -> str:
    """A page."""
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("words", REFUSAL_NAMES)
def test_every_refusal_is_documented(words: str) -> None:
    """In risk.md, in the words of the report."""
    assert f"`{words}`" in text("risk.md")


@pytest.mark.parametrize("words", [name for name in REASON_NAMES if name])
def test_every_exit_reason_is_documented(words: str) -> None:
    """In engine.md."""
    assert f"`{words}`" in text("engine.md")


@pytest.mark.parametrize("kind", [Summary, EquityFigures, TradeFigures, StopFigures, OpenTrade, Drawdown])
def test_every_figure_is_documented(kind: type) -> None:
    """In metrics.md, under its name in report.json."""
    page = text("metrics.md")

    assert [field.name for field in fields(kind) if f"`{field.name}`" not in page] == []


def settings(kind: type[msgspec.Struct]) -> Iterator[str]:
    """The names of all settings of a structure and those in it."""
    for field in msgspec.structs.fields(kind):
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct):
            yield from settings(field.type)
        else:
            yield field.name


def test_every_setting_is_documented_with_its_default() -> None:
    """The TOML of configuration.md is the default configuration, and names every setting."""
    page = text("configuration.md")
    block = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert block is not None
    held = msgspec.convert(with_style_defaults(tomllib.loads(block[1])), Config)
    assert held == Config()
    assert [name for name in settings(Config) if not re.search(rf"^{name} = ", block[1], re.MULTILINE)] == []


def test_every_verb_is_documented() -> None:
    """In a page or the README, and in none that does not exist."""
    everything = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    verbs = [name for name in COMMAND.commands if name != "data"]  # type: ignore[attr-defined]

    assert [verb for verb in verbs if not re.search(rf"(tradingbot |\*\*|make ){verb}", everything)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    """A file, relative to the page."""
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def command_lines() -> list[str]:
    """Every `tradingbot ...` line of the console blocks."""
    blocks = [block for page in PAGES for block in re.findall(r"```console\n(.*?)```", page.read_text(), re.DOTALL)]
    return [
        line.strip("$ ")
        for block in blocks
        for line in block.splitlines()
        if line.strip("$ ").startswith("tradingbot ")
    ]


@pytest.mark.parametrize("line", command_lines())
def test_documented_commands_exist(line: str) -> None:
    """Verb and options are known."""
    words = shlex.split(line, comments=True)[1:]
    command = COMMAND
    while words and hasattr(command, "commands") and words[0] in command.commands:
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}

    assert not hasattr(command, "commands"), f"no verb in: {line}"
    assert [word for word in words if word.startswith("-") and word.split("=")[0] not in known] == []
