"""The four works, made of real candles; signals are computed here once, and no engine is timed on them."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import talib
from numpy.typing import NDArray

from benchmarks.peers.harness import COLUMNS, Work

BARS = 438_000
PART = 100_000  # bars a pair in W16
MINUTE_MS = 60_000
START_MS = 1_704_067_200_000  # 2024-01-01

FAST, SLOW = 20, 50
RSI_PERIOD, RSI_LOW, RSI_HIGH = 14, 30.0, 70.0
GRID_FAST = tuple(range(5, 51, 5))
GRID_SLOW = tuple(range(20, 201, 20))


@dataclass(frozen=True)
class Window:
    """BARS candles of a symbol's stored years, from row `first` of the years joined."""

    symbol: str
    years: tuple[int, ...]
    first: int


# Ten pairs with fourteen months of 1m candles each are not at hand: three symbols stand in, at different times.
WINDOWS = (
    Window("BTCUSDT", (2024,), 0),
    Window("ETHUSDT", (2024,), 0),
    Window("BTCUSDT", (2023,), 0),
    Window("ETHUSDT", (2023,), 0),
    Window("SOLUSDT", (2023,), 0),
    Window("BTCUSDT", (2023, 2024), 263_000),
    Window("ETHUSDT", (2023, 2024), 263_000),
    Window("SOLUSDT", (2023, 2024), 263_000),
    Window("BTCUSDT", (2023,), 87_000),
    Window("ETHUSDT", (2023,), 87_000),
)

Matrix = NDArray[np.float64]
Flags = NDArray[np.bool_]


def market_folder() -> Path:
    """Where the real candles are; there is no made-up substitute."""
    default = Path(__file__).parent.parent.parent / "shared" / "market-data"
    folder = Path(os.environ.get("TRADINGBOT_MARKET_DATA") or default)
    if not folder.is_dir():
        raise SystemExit(f"no market data at {folder}: set TRADINGBOT_MARKET_DATA to a folder of real candles")
    return folder / "spot" / "klines" / "1m"


def read(folder: Path, window: Window) -> Matrix:
    """Open, high, low, close, volume of the window's rows, (5, BARS)."""
    files = [folder / f"{window.symbol}-{year}.parquet" for year in window.years]
    rows = pl.concat([pl.read_parquet(file, columns=list(COLUMNS[1:])) for file in files])
    rows = rows.slice(window.first, BARS)
    if len(rows) != BARS:
        raise SystemExit(f"{window}: {len(rows)} candles are stored, {BARS} are needed")
    return np.ascontiguousarray(rows.to_numpy().T)


def crossings(above: Flags) -> tuple[Flags, Flags]:
    """Where a state begins and where it ends; the first row is neither."""
    before, now = above[:-1], above[1:]
    false = np.zeros(1, np.bool_)
    return np.concatenate([false, now & ~before]), np.concatenate([false, before & ~now])


def sma_cross(close: Matrix, fast: int, slow: int) -> tuple[Flags, Flags]:
    """Enter where the fast average rises above the slow one, exit where it falls below; none before both exist."""
    quick, steady = talib.SMA(close, fast), talib.SMA(close, slow)
    enter, _ = crossings(quick > steady)
    exit_, _ = crossings(quick < steady)
    known = ~np.isnan(quick + steady)
    both = np.concatenate([[False], known[1:] & known[:-1]])
    return enter & both, exit_ & both


def rsi_reversion(close: Matrix) -> tuple[Flags, Flags]:
    """Enter where the RSI falls below its low line, exit where it rises above its high one."""
    rsi = talib.RSI(close, RSI_PERIOD)
    enter, _ = crossings(rsi < RSI_LOW)
    exit_, _ = crossings(rsi > RSI_HIGH)
    return enter, exit_


def build(name: str) -> Work:
    """W1, W2, W3 or W4; W16 is W4 with sixteen shorter pairs, to see what a pair costs."""
    candles = [read(market_folder(), w) for w in (WINDOWS if name in ("W4", "W16") else WINDOWS[:1])]
    if name == "W16":
        candles = [candles[k % len(candles)][:, PART * (k // len(candles)) :][:, :PART] for k in range(16)]
    columns = [np.ascontiguousarray(column) for column in np.stack(candles, axis=1)]  # each (pairs, bars)
    signals = _signals(name, columns[3])
    guarded = name not in ("W1", "W3")
    return Work(
        name=name,
        time=START_MS + MINUTE_MS * np.arange(columns[0].shape[1], dtype=np.int64),
        **dict(zip(COLUMNS[1:], columns, strict=True)),
        enter=np.stack([enter for enter, _ in signals]),
        exit=np.stack([exit_ for _, exit_ in signals]),
        cash=1_000_000.0,
        fee=0.001,
        stake=0.2,
        stop=0.03 if guarded else 0.0,
        target=0.06 if guarded else 0.0,
        max_positions=4 if len(candles) > 1 else 0,
    )


def _signals(name: str, close: Matrix) -> Sequence[tuple[Flags, Flags]]:
    if name == "W1":
        return [sma_cross(close[0], FAST, SLOW)]
    if name == "W3":
        return [sma_cross(close[0], fast, slow) for fast in GRID_FAST for slow in GRID_SLOW]
    return [rsi_reversion(pair) for pair in close]
