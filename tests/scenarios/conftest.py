"""A folder to work in, as a person has one."""

from pathlib import Path

import pytest


@pytest.fixture
def desk(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: its configuration names the store of generated candles, and `runs` is its own."""
    (tmp_path / "tradingbot.toml").write_text(f"[folders]\nstore = '{(filled / 'data').as_posix()}'\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path
