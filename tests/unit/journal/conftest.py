"""Journals to try."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tradingbot.journal.memory import MemoryJournal
from tradingbot.journal.port import Journal
from tradingbot.journal.sql import SqlJournal

MAKERS: dict[str, Callable[[Path], Journal]] = {
    "memory": lambda _path: MemoryJournal(),
    "sqlite": SqlJournal.open,
}


@pytest.fixture(params=MAKERS)
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """An empty one, of every kind."""
    made = MAKERS[request.param](tmp_path / "main.journal")
    yield made
    made.close()
    made.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[SqlJournal]:
    """An empty one in a file."""
    made = SqlJournal.open(tmp_path / "main.journal", wait=0.05)
    yield made
    made.close()
