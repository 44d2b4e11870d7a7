"""`tradingbot exchange serve` in a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support import recording

KEY, SECRET = "client-key", "client-secret"


@dataclass(frozen=True, slots=True)
class Served:
    """An exchange that runs."""

    url: str
    process: subprocess.Popen[str]


@contextmanager
def serving(store: Path, *words: object) -> Iterator[Served]:
    """Serve two symbols from their second day on, on any free port; ends it by an interrupt."""
    given = ["--port", 0, "--symbols", "BTCUSDT,ETHUSDT", "--data", store, "--start", "2024-01-02", "--json"]
    given += ["--exchange-info", store / recording.INFO]
    given += ["--balance", "USDT=10000", "--balance", "BTC=0.05", *words]
    program = [sys.executable, "-c", "from tradingbot.cli.main import main; main()", "exchange", "serve"]
    keys = {"TRADINGBOT_EXCHANGE_API_KEY": KEY, "TRADINGBOT_EXCHANGE_API_SECRET": SECRET}
    process = subprocess.Popen(
        [*program, *map(str, given)],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **keys},
    )
    try:
        assert process.stdout is not None
        banner = process.stdout.readline()
        assert banner, process.communicate()[1]
        yield Served(json.loads(banner)["url"], process)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
