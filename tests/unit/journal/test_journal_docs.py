"""docs/journal.md lists the kinds and the tables there are, no more and no fewer."""

import re

from tests.conftest import REPOSITORY
from tests.support.journal import KINDS
from tradingbot.journal.entry import kind_of
from tradingbot.journal.rows import READ_MODELS

PAGE = (REPOSITORY / "docs" / "journal.md").read_text(encoding="utf-8")


def listed(heading: str) -> list[str]:
    """The first column of the table under a heading."""
    section = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def test_every_kind_is_listed() -> None:
    """In the order of the code."""
    assert listed("Entries") == [kind_of(kind) for kind in KINDS]


def test_every_table_is_listed() -> None:
    """In the order of the code."""
    assert listed("Tables") == list(READ_MODELS)
