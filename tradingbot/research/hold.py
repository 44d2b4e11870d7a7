"""Buy-and-hold of the same symbols: what doing nothing would have given."""

import numpy as np
import polars as pl

from tradingbot.analysis.result import PriceSeries
from tradingbot.domain.candles import FloatColumn
from tradingbot.domain.timeframe import HOUR_MS, MINUTE_MS, Timeframe
from tradingbot.engine.inputs import CLOSE, HIGH, LOW, OPEN, Market

HOLD_NOTE = "equal parts of all symbols, each bought at its first open with the taker fee, never sold"

MOST_POINTS = 700


def buy_and_hold(market: Market, times: FloatColumn, cash: float, fee: float) -> pl.DataFrame:
    """Equity at the day ends `times` (ms, exclusive); a symbol's part is cash until its first candle."""
    symbols = market.candles.shape[1]
    part = cash / symbols
    ends = np.minimum((np.asarray(times) - market.start) // market.step - 1, market.candles.shape[2] - 1).astype(int)
    equity = np.zeros(len(ends))
    for symbol in range(symbols):
        close = market.candles[CLOSE, symbol]
        known = np.flatnonzero(np.isfinite(close))
        if not len(known):
            equity += part
            continue
        quantity = part / (1.0 + fee) / market.candles[OPEN, symbol, known[0]]
        last = known[np.maximum(np.searchsorted(known, ends, side="right") - 1, 0)]
        equity += np.where(ends >= known[0], quantity * close[last], part)
    return pl.DataFrame({"time": np.asarray(times), "equity": equity}, schema={"time": pl.Int64, "equity": pl.Float64})


def price_series(market: Market, symbol: int, name: str) -> PriceSeries:
    """The symbol's candles in groups, so that a chart has at most some hundred."""
    group = max(1, -(-market.candles.shape[2] // MOST_POINTS))
    candles = market.candles[:, symbol, : market.candles.shape[2] // group * group].reshape(5, -1, group)
    any_known = np.isfinite(candles[CLOSE]).any(axis=1)
    rows = [_group(candles[:, k]) for k in np.flatnonzero(any_known)]
    time = market.start + np.flatnonzero(any_known) * group * market.step
    span = _span(group * market.step)
    return PriceSeries(name, span, time.tolist(), *[[row[k] for row in rows] for k in range(4)])


def _group(candles: FloatColumn) -> tuple[float, float, float, float]:
    known = np.isfinite(candles[CLOSE])
    one = candles[:, known]
    return float(one[OPEN, 0]), float(one[HIGH].max()), float(one[LOW].min()), float(one[CLOSE, -1])


def _span(ms: int) -> str:
    named = next((str(t) for t in Timeframe if t.ms == ms), None)
    return named or (f"{ms / HOUR_MS:g}h" if ms >= HOUR_MS else f"{ms // MINUTE_MS}m")
