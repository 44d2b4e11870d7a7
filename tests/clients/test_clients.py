"""Public clients, unmodified, trade on `tradingbot exchange serve`: each in an environment of its own."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.environments import make
from tests.support import recording
from tests.support.served import KEY, SECRET, Served, serving
from tradingbot.domain.timeframe import Timeframe

HERE = Path(__file__).parent
LONGEST = 150.0  # seconds for one client's whole story


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Candles of a second, so that the market moves while a client looks."""
    folder = tmp_path_factory.mktemp("store")
    recording.fill(folder, Timeframe.S1)
    return folder


@pytest.fixture
def exchange(store: Path) -> Iterator[Served]:
    """The command, at one times speed and with the market's now at the real now."""
    with serving(store, "--wall-clock", "--speed", 1) as served:
        yield served


def told_by(environment: str, script: str, exchange: Served) -> Any:
    """What the script prints at its end; fails with its complaints where it does not get there."""
    python = make(HERE / ".envs" / environment, HERE / "requirements" / f"{environment}.txt")
    words = [python, HERE / "scripts" / f"{script}.py", exchange.url, KEY, SECRET, exchange.private_key]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=LONGEST)
    assert done.returncode == 0, f"{script}:\n{done.stderr[-6_000:]}"
    return json.loads(done.stdout.splitlines()[-1])


def test_ccxt(exchange: Served) -> None:
    """Its synchronous and asynchronous clients trade, and meet the errors its users catch."""
    told = told_by("ccxt", "with_ccxt", exchange)

    assert told["refusals"] == 7
    assert 0 < told["usdt"] < 10_000


def test_ccxt_pro(exchange: Served) -> None:
    """Its streams tell prices, and orders over the WebSocket API are told by the user stream."""
    assert told_by("ccxt", "with_ccxt_pro", exchange)["states"][:2] == ["open", "canceled"]


def test_python_binance(exchange: Served) -> None:
    """REST, streams, user stream and orders over the WebSocket API."""
    assert told_by("python_binance", "with_python_binance", exchange)["told"][-2:] == ["NEW", "CANCELED"]


def test_binance_sdk(exchange: Served) -> None:
    """Binance's own SDK, which reads every answer into types of its own, signs with a secret and with Ed25519."""
    told = told_by("binance_sdk", "with_binance_sdk", exchange)

    assert told["by_secret"] == told["by_ed25519"] == ["NEW", "CANCELED"]


def test_freqtrade(exchange: Served) -> None:
    """A whole bot in live mode opens, protects and closes a position in two pairs."""
    told = told_by("freqtrade", "with_freqtrade", exchange)

    assert {pair for pair, *_ in told["trades"]} >= {"BTC/USDT", "ETH/USDT"}
    assert told["stops"] >= 2
