"""A laboratory on generated candles: labelled synthetic, and small enough to run in every test."""

from pathlib import Path

import numpy as np

from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles, synthetic_source
from tradingbot.domain.timeframe import DAY_MS, Timeframe
from tradingbot.research.laboratory import Laboratory
from tradingbot.research.settings import RunSettings, StrategySpec

FIRST = 1_672_531_200_000  # 2023-01-01 00:00 UTC
START, END = FIRST + 150 * DAY_MS, FIRST + 240 * DAY_MS
SYMBOLS = ("BTCUSDT", "ETHUSDT", "SOLUSDT")
NOW = 1_700_000_000_000


def fill(store: Path) -> None:
    """240 days of hourly random walks."""
    for number, symbol in enumerate(SYMBOLS):
        random = np.random.default_rng([7, number])
        frame = synthetic_candles(random, SyntheticMarket(volatility=0.001), Timeframe.H1, FIRST, 240 * 24)
        ParquetStore(store).write(symbol, Timeframe.H1, frame, synthetic_source(number, NOW))


def laboratory(folder: Path) -> Laboratory:
    """The laboratory of a folder whose store is filled."""
    return Laboratory.at(folder / "data", folder / "runs")


def run_settings(*names: str, **changes: object) -> RunSettings:
    """The last 90 of the 240 days."""
    specs = [StrategySpec(name) for name in names or ("sma-cross", "channel-breakout")]
    given = {"strategies": specs, "symbols": list(SYMBOLS), "start": START, "end": END, **changes}
    return RunSettings(**given)  # type: ignore[arg-type]
