"""Real candles for tests that are marked market_data."""

from pathlib import Path

import numpy as np
import polars as pl

from tradingbot.domain.candles import Candles
from tradingbot.domain.timeframe import Timeframe


def hourly(market_data: Path, symbol: str) -> Candles:
    """All stored hours of a symbol; `quote_volume` is not known for all of them and left out."""
    frame = pl.read_parquet(market_data / "spot" / "klines" / "1h" / f"{symbol}.parquet")
    open_, high, low, close, volume = (frame[name].to_numpy() for name in ("open", "high", "low", "close", "volume"))
    open_time = frame["open_time"].dt.epoch("ms").to_numpy()
    unknown = np.full(len(frame), np.nan)
    return Candles(symbol, Timeframe.H1, open_time, open_, high, low, close, volume, unknown)
