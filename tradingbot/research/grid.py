"""Candles laid on the core's regular grid."""

import numpy as np

from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.domain.state import frozen
from tradingbot.engine.inputs import CLOSE, HIGH, LOW, OPEN, QUOTE_VOLUME, Market


def quote_volumes(candles: Candles) -> FloatColumn:
    """Quote volume; where the source has none, base volume times the candle's typical price (h + l + c) / 3."""
    estimate = candles.volume * (candles.high + candles.low + candles.close) / 3.0
    return np.where(np.isfinite(candles.quote_volume), candles.quote_volume, estimate)


def empty_market(symbols: int, start: int, end: int, step: int) -> Market:
    """A market without candles, whose columns are still to be filled by `place`."""
    return Market(start, step, np.full((5, symbols, (end - start) // step), np.nan))


def place(market: Market, symbol: int, candles: Candles) -> None:
    """Put a symbol's candles on the grid; candles outside it are left out."""
    slots = (candles.open_time - market.start) // market.step
    inside = (slots >= 0) & (slots < market.candles.shape[2])
    columns = {
        OPEN: candles.open,
        HIGH: candles.high,
        LOW: candles.low,
        CLOSE: candles.close,
        QUOTE_VOLUME: quote_volumes(candles),
    }
    for number, column in columns.items():
        market.candles[number, symbol, slots[inside]] = column[inside]


def finished(market: Market) -> Market:
    """The market, read-only from here on."""
    return market._replace(candles=frozen(market.candles))


def on_grid(values: FloatColumn, candles: Candles) -> tuple[int, FloatColumn]:
    """First open time, and a value for each slot of the timeframe: the last known one, NaN before the first."""
    start, step = int(candles.open_time[0]), candles.timeframe.ms
    slots = (candles.open_time - start) // step
    grid = np.full(int(slots[-1]) + 1, np.nan)
    grid[slots] = values
    last = np.maximum.accumulate(np.where(np.isfinite(grid), np.arange(len(grid)), 0))
    return start, grid[last]
