"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

from tests.support import lab
from tradingbot.analysis.result import RunResult
from tradingbot.research.backtest import backtest

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of tests marked `anyio`: the one the program runs on."""
    return "asyncio"


@pytest.fixture(scope="session")
def market_data() -> Path:
    """The folder of real candles; the test is skipped, with this reason, where there is none."""
    folder = Path(os.environ.get("TRADINGBOT_MARKET_DATA") or REPOSITORY.parent / "shared" / "market-data")
    if not folder.is_dir():
        pytest.skip(f"no market data at {folder}: set TRADINGBOT_MARKET_DATA")
    return folder


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose store holds generated candles; tests read it and write elsewhere."""
    folder = tmp_path_factory.mktemp("lab")
    lab.fill(folder / "data")
    return folder


@pytest.fixture(scope="session")
def synthetic_run(filled: Path) -> RunResult:
    """A finished backtest on generated candles."""
    return backtest(lab.laboratory(filled), lab.run_settings(), lab.NOW)
