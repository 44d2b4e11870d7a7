"""A store of generated candles, for exchanges that replay them; labelled synthetic."""

from pathlib import Path

import msgspec
import numpy as np

from tests.support.instruments import INSTRUMENTS
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles, synthetic_source
from tradingbot.domain.timeframe import DAY_MS, Timeframe

FIRST_OPEN = 1_704_067_200_000  # 2024-01-01 00:00 UTC
DAYS = 2
INFO = "exchange-info.json"
PRICES = {"BTCUSDT": 50_000.0, "ETHUSDT": 3_000.0, "BNBUSDT": 500.0}


def fill(store: Path, timeframe: Timeframe = Timeframe.M1) -> None:
    """Two days of each symbol, as quiet as a weekend, and the rules of the symbols beside them."""
    store.mkdir(parents=True, exist_ok=True)
    (store / INFO).write_bytes(msgspec.json.encode({"symbols": INSTRUMENTS}))
    for number, (symbol, price) in enumerate(PRICES.items()):
        random = np.random.default_rng([11, number])
        market = SyntheticMarket(price=price, volatility=0.0001, volume=200.0, decimals=2)
        frame = synthetic_candles(random, market, timeframe, FIRST_OPEN, DAYS * DAY_MS // timeframe.ms)
        ParquetStore(store).write(symbol, timeframe, frame, synthetic_source(number, FIRST_OPEN))
