"""Generated candles for tests: a random walk with gaps, standstills and candles without volume."""

from dataclasses import replace

import numpy as np

from tradingbot.domain.candles import COLUMNS, Candles
from tradingbot.domain.timeframe import HOUR_MS, Timeframe

START = 1_577_836_800_000 + 5 * HOUR_MS  # 2020-01-01 05:00 UTC, inside a 4h candle and a day


def walk(count: int, seed: int = 7, timeframe: Timeframe = Timeframe.H1, swing: float = 0.01) -> Candles:
    """Candles on a full grid; the price moves by about `swing` a candle."""
    random = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(random.normal(0.0, swing, count)))
    open_ = np.concatenate(([100.0], close[:-1]))[:count]
    high = np.maximum(open_, close) * np.exp(np.abs(random.normal(0.0, swing / 2.0, count)))
    low = np.minimum(open_, close) * np.exp(-np.abs(random.normal(0.0, swing / 2.0, count)))
    volume = random.lognormal(5.0, 1.0, count)
    times = START + timeframe.ms * np.arange(count)
    return Candles("ETHUSDT", timeframe, times, open_, high, low, close, volume, volume * close)


def kept(candles: Candles, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Candles:
    """The candles where the mask is true; the others are missing."""
    return replace(candles, **{name: getattr(candles, name)[mask] for name in COLUMNS})


def gappy(count: int, seed: int = 7, timeframe: Timeframe = Timeframe.H1) -> Candles:
    """A walk with missing candles (single ones and a day and a half) beside a reference with other gaps."""
    random = np.random.default_rng(seed)
    own, leader = random.random(count) > 0.03, random.random(count) > 0.03
    own[count // 2 : count // 2 + 36] = False
    reference = replace(kept(walk(count, seed + 1, timeframe), leader), symbol="BTCUSDT")
    return kept(still(walk(count, seed, timeframe)), own).with_reference(reference)


def still(candles: Candles) -> Candles:
    """The same with 40 candles at a standstill, and some without volume."""
    flat = slice(len(candles) // 3, len(candles) // 3 + 40)
    columns = {name: getattr(candles, name).copy() for name in COLUMNS}
    for name in ("open", "high", "low", "close"):
        columns[name][flat] = candles.close[flat.start - 1]
    for name in ("volume", "quote_volume"):
        columns[name][flat.start : flat.start + 20] = 0.0
    return replace(candles, **columns)


def coarse(candles: Candles, tick: float) -> Candles:
    """The same on a coarse price grid, where averages often are equal to the last digit."""
    prices = {name: np.round(getattr(candles, name) / tick) * tick for name in ("open", "high", "low", "close")}
    return replace(candles, **prices)
