"""`tradingbot demo`: real candles where there are any, else a generated market that says so on every line."""

from pathlib import Path

import numpy as np
import pytest

from tests.support.command import tradingbot
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles
from tradingbot.domain.symbols import DEFAULT_UNIVERSE
from tradingbot.domain.timeframe import Timeframe

START = 1_688_169_600_000  # 2023-07-01
DAYS = 490
RECORDED = (*DEFAULT_UNIVERSE, "MATICUSDT")  # POL carries on its history
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and an archive and REST API that nobody serves."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"ARCHIVE_URL": NOBODY, "REST_URL": NOBODY, "RETRIES": "0"}.items():
        monkeypatch.setenv(f"TRADINGBOT__DOWNLOAD__{name}", value)
    return tmp_path


def test_it_runs_on_the_candles_that_it_is_shown(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in the layout of recorded data is imported, verified, and backtested as what it is: recorded."""
    folder = place / "market" / "spot" / "klines" / "1h"
    folder.mkdir(parents=True)
    for number, symbol in enumerate(RECORDED):
        random = np.random.default_rng(number)
        frame = synthetic_candles(random, SyntheticMarket(volatility=0.001), Timeframe.H1, START, DAYS * 24)
        frame.write_parquet(folder / f"{symbol}.parquet")
    monkeypatch.setenv("TRADINGBOT_MARKET_DATA", str(place / "market"))

    ended = tradingbot("demo")

    assert (ended.code, "SYNTHETIC" in ended.out + ended.err) == (0, False)
    assert "11 symbols, 0 findings" in ended.err
    assert set(ParquetStore(place / "demo" / "data").symbols()) == set(RECORDED)
    [run] = tradingbot("list-runs", "--runs", "demo/runs", "--json").document
    assert (run["data"], run["symbols"], len(run["strategies"])) == ("replay", 10, 4)


def test_without_candles_every_line_says_synthetic(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Output, progress and report; and the message says which source could not be reached."""
    monkeypatch.setenv("TRADINGBOT_MARKET_DATA", str(place / "absent"))

    ended = tradingbot("demo", "--folder", "shown")

    lines = ended.out.splitlines()
    assert (ended.code, len(lines) > 20) == (0, True)
    assert [line for line in lines if not line.startswith("SYNTHETIC ")] == []
    assert f"no market data at {place / 'absent'}" in ended.err
    assert f"cannot be reached ({NOBODY}" in ended.err
    [report] = (place / "shown" / "runs").glob("*/report.html")
    assert ended.err.endswith(f"SYNTHETIC Report: {report.relative_to(place)}")
    assert "SYNTHETIC" in report.read_text(encoding="utf-8")


def test_a_folder_without_the_pairs_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder of market data is no reason to invent any."""
    (place / "market").mkdir()
    monkeypatch.setenv("TRADINGBOT_MARKET_DATA", str(place / "market"))

    ended = tradingbot("demo")

    assert (ended.code, "SYNTHETIC" in ended.out + ended.err) == (2, False)
    assert str(place / "market") in ended.err
