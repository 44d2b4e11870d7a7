"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def market_data() -> Path:
    """The folder of real candles; the test is skipped, with this reason, where there is none."""
    folder = Path(os.environ.get("TRADINGBOT_MARKET_DATA") or REPOSITORY.parent / "shared" / "market-data")
    if not folder.is_dir():
        pytest.skip(f"no market data at {folder}: set TRADINGBOT_MARKET_DATA")
    return folder
