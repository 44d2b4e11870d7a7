"""From what was asked to what is run."""

from pathlib import Path

import pytest

from tests.support import lab
from tradingbot.cli.options import Asked
from tradingbot.cli.workspace import Workspace, period
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.domain.errors import NoData
from tradingbot.domain.symbols import DEFAULT_UNIVERSE
from tradingbot.domain.timeframe import DAY_MS


@pytest.fixture
def store(filled: Path) -> ParquetStore:
    """The generated store: 240 days from the first of January 2023."""
    return ParquetStore(filled / "data")


def test_the_default_period_is_the_last_year_of_what_is_stored(store: ParquetStore) -> None:
    """Up to the last whole day that all symbols have."""
    assert period(store, lab.SYMBOLS, None, None) == (lab.END - 365 * DAY_MS, lab.END)


def test_dates_go_before_what_is_stored(store: ParquetStore) -> None:
    """Either of them; `to` alone means the year before it."""
    day = lab.FIRST + 31 * DAY_MS

    assert period(store, lab.SYMBOLS, "2023-02-01", None) == (day, lab.END)
    assert period(store, lab.SYMBOLS, None, "2023-02-01") == (day - 365 * DAY_MS, day)


def test_a_symbol_without_candles_has_no_period(store: ParquetStore) -> None:
    """It is named."""
    with pytest.raises(NoData, match="nothing is stored for DOGEUSDT"):
        period(store, ["BTCUSDT", "DOGEUSDT"], None, None)


def test_options_go_before_the_configuration(tmp_path: Path) -> None:
    """Folders, cash and strategies; what is not asked for comes from the file."""
    (tmp_path / "mine").mkdir()
    path = tmp_path / "own.toml"
    mine = (tmp_path / "mine").as_posix()
    path.write_text(f"[folders]\nstore = 'a'\nruns = 'b'\nstrategies = ['{mine}']\n[account]\ncash = 5.0\n")
    dates = {"start": "2023-06-01", "end": "2023-08-01"}

    configured = Workspace.of(Asked(path))
    asked = Workspace.of(Asked(path, store=tmp_path / "c", runs=tmp_path / "d"))

    assert (configured.laboratory.store.root, configured.runs) == (Path("a"), Path("b"))
    assert (asked.laboratory.store.root, asked.runs) == (tmp_path / "c", tmp_path / "d")
    assert configured.strategy_paths == (tmp_path / "mine",)
    assert configured.settings(Asked(**dates)).cash == 5.0  # type: ignore[arg-type]
    assert configured.settings(Asked(**dates, cash=7.0)).cash == 7.0  # type: ignore[arg-type]
    assert configured.settings(Asked(**dates)).symbols == list(DEFAULT_UNIVERSE)  # type: ignore[arg-type]


def test_all_stands_for_every_strategy(filled: Path) -> None:
    """In the order of their names; others are taken as they are given."""
    workspace = Workspace.of(Asked(store=filled / "data"))

    names = [spec.name for spec in workspace.specs(["all"])]
    assert names == sorted(workspace.laboratory.catalogue.known)
    assert [spec.parameters for spec in workspace.specs(["sma-cross:fast=10", "sma-cross"])] == [{"fast": "10"}, {}]
