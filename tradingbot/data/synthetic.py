"""Made-up candles for demonstrations and tests where no real ones can be had; they are labelled `synthetic`."""

import hashlib
from dataclasses import dataclass

import numpy as np
import polars as pl

from tradingbot.data.schema import SCHEMA, SourceInfo
from tradingbot.domain.timeframe import MINUTE_MS, Timeframe

_WITHIN = 8  # steps of the random walk inside a candle


@dataclass(frozen=True, slots=True)
class SyntheticMarket:
    """A random walk in log prices without drift whose volatility comes in clusters.

    `volatility` is the standard deviation of a minute's return, `volume` the mean base volume of a minute.
    """

    price: float = 100.0
    volatility: float = 0.0006
    volume: float = 50.0
    decimals: int = 4


def synthetic_candles(
    random: np.random.Generator, market: SyntheticMarket, timeframe: Timeframe, start: int, count: int
) -> pl.DataFrame:
    """`count` candles from `start` (ms UTC) on, in `data.schema` columns; equal generators give equal candles."""
    minutes = timeframe.ms / MINUTE_MS
    level = _clusters(random, count) * market.volatility * np.sqrt(minutes / _WITHIN)
    path = np.cumsum(random.standard_normal(count * _WITHIN) * np.repeat(level, _WITHIN))
    walk = np.concatenate([[0.0], path])
    index = np.arange(count)[:, None] * _WITHIN + np.arange(_WITHIN + 1)
    prices = np.maximum(np.round(market.price * np.exp(walk[index]), market.decimals), 10.0**-market.decimals)
    volume = np.round(random.gamma(2.0, market.volume * minutes / 2.0, count), 5)
    quote = volume * prices.mean(axis=1)
    taker = random.uniform(0.3, 0.7, count)
    columns = {
        "open_time": start + np.arange(count, dtype=np.int64) * timeframe.ms,
        "open": prices[:, 0],
        "high": prices.max(axis=1),
        "low": prices.min(axis=1),
        "close": prices[:, -1],
        "volume": volume,
        "quote_volume": quote,
        "trades": random.poisson(200 * minutes, count),
        "taker_buy_base": volume * taker,
        "taker_buy_quote": quote * taker,
    }
    return pl.DataFrame(columns, schema=dict(SCHEMA))


def synthetic_source(seed: int, now_ms: int) -> SourceInfo:
    """The provenance of candles made from a seed: a recipe, not an original."""
    origin = f"synthetic: random walk, seed {seed}"
    return SourceInfo("synthetic", origin, hashlib.sha256(origin.encode()).hexdigest(), now_ms)


def _clusters(random: np.random.Generator, count: int) -> np.ndarray:
    """Volatility factors around 1 whose logarithm remembers 98 % of itself from candle to candle."""
    shocks = random.standard_normal(count) * 0.1
    factors = np.empty(count)
    level = 0.0
    for at, shock in enumerate(shocks):
        level = 0.98 * level + shock
        factors[at] = level
    return np.exp(factors - 0.125)
