"""Random markets in which every rule of the core has something to do."""

import math

import numpy as np

from tests.support.core import DAY_START, Case, lanes, rules, terms
from tradingbot.domain.state import Records, frozen, records
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS
from tradingbot.engine.inputs import EVENT, VOLATILITY_ROW, Calendar, Detail, Market, Volatility

SYMBOLS, LANES = 3, 6


def all_rules(**changes: float) -> Records:
    """Every rule on, with limits that a random market reaches."""
    values = {
        "max_position": 0.2, "risk_per_trade": 0.005, "max_trade_loss": 0.03, "kelly_fraction": 0.25,
        "max_positions": 4, "max_correlated": 0.4, "correlation": 0.8, "max_entries_day": 6,
        "order_spacing_ms": 5_000, "cooldown_candles": 3, "daily_loss": 0.012, "drawdown": 0.25,
        "min_profit": 0.005, "min_expected_value": 0.0, "rotation_low": 0.003, "rotation_high": 0.005,
        "rotation_margin": 0.005, "big_win_factor": 2.0, "big_win_rank": 0.9, "trail_after": 1.0,
        "allocator_trades": 20, "allocator_pause_ms": 5 * DAY_MS,
    }  # fmt: skip
    return rules(**values | changes)


def candles_of(random: np.random.Generator, count: int) -> Market:
    """Hourly random walks with gaps between candles, missing candles and candles without trade."""
    close = 100.0 * np.exp(np.cumsum(random.normal(0.0, 0.012, (SYMBOLS, count)), axis=1))
    first = np.roll(close, 1, axis=1) * np.exp(random.normal(0.0, 0.002, close.shape))
    high = np.maximum(first, close) * (1.0 + random.exponential(0.004, close.shape))
    low = np.minimum(first, close) * (1.0 - random.exponential(0.004, close.shape).clip(0.0, 0.5))
    volume = random.choice([0.0, 3_000.0, 50_000.0, 1e7], close.shape, p=[0.02, 0.28, 0.3, 0.4])
    columns = np.stack([first, high, low, close, volume])
    columns[:, random.random(close.shape) < 0.02] = np.nan
    return Market(DAY_START + 5 * HOUR_MS, HOUR_MS, frozen(columns))


def signals_of(random: np.random.Generator, count: int) -> Records:
    """Entries and exits of all lanes, some with probability, target and weight."""
    said = random.random((count, LANES)) < 0.12
    candle, lane = np.nonzero(said)
    made = records(len(candle), EVENT)
    made.candle, made.lane = candle, lane
    made.enter, made.exit = random.random(len(candle)) < 0.75, random.random(len(candle)) < 0.3
    made.strength = random.normal(size=len(candle))
    made.weight = np.where(random.random(len(candle)) < 0.5, math.nan, random.random(len(candle)))
    made.target = np.where(random.random(len(candle)) < 0.7, math.nan, random.uniform(0.0, 0.2, len(candle)))
    made.probability = np.where(random.random(len(candle)) < 0.5, math.nan, random.uniform(0.2, 0.8, len(candle)))
    return frozen(made)


def world(seed: int, count: int = 1_200, **changes: float) -> Case:
    """A market, six lanes of three styles, all rules, all costs, filters, finer candles and a calendar."""
    random = np.random.default_rng(seed)
    market = candles_of(random, count)
    rows = records(SYMBOLS, VOLATILITY_ROW)
    rows.begin, rows.end = np.arange(SYMBOLS) * count, np.arange(1, SYMBOLS + 1) * count
    rows.timeframe, rows.start = HOUR_MS, market.start
    atr = np.abs(random.normal(1.0, 0.5, SYMBOLS * count))
    atr[random.random(len(atr)) < 0.02] = math.nan
    held = lanes(LANES, SYMBOLS, timeframe_ms=HOUR_MS, min_stop=0.005, atr_multiple=2.0, reward_risk=2.0)
    held.style, held.max_stop = np.arange(LANES) % 3, np.array([0.03, 0.03, 0.15] * 2)
    held.atr_row, held.max_hold_ms = held.symbol, np.array([4, 24, 10_000] * 2) * HOUR_MS
    known = {"maker": 0.001, "taker": 0.001, "half_spread": 5e-5, "slippage": 2e-4, "impact": 0.01}
    filters = {"tick_size": 0.01, "step_size": 0.001, "min_quantity": 0.001, "min_notional": 10.0, "percent_up": 5.0}
    days, hours = count // 24 + 3, count + 48
    together = random.uniform(0.5, 1.0, (days, SYMBOLS, SYMBOLS))
    calendar = Calendar(
        frozen(random.random((hours, SYMBOLS)) < 0.8),
        frozen(together),
        frozen(random.choice([0.0, 0.5, 1.0], (days, 3), p=[0.1, 0.3, 0.6])),
    )
    finer = np.repeat(market.candles[:3], 2, axis=2) * (1.0 + random.normal(0.0, 0.002, (3, SYMBOLS, 2 * count)))
    return Case(
        market,
        signals_of(random, count),
        held,
        all_rules(**changes),
        terms(SYMBOLS, **known, **filters, max_participation=0.1),
        Volatility(frozen(rows), frozen(atr)),
        calendar,
        Detail(2, frozen(finer)),
        path=1,
    )
