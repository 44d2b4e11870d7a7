"""Signals become the core's events: only rows in which a strategy says something."""

from collections.abc import Sequence

import numpy as np

from tradingbot.domain.candles import Candles, FloatColumn, Signals
from tradingbot.domain.state import Records, frozen, records
from tradingbot.engine.inputs import EVENT, Market


def lane_events(lane: int, candles: Candles, signals: Signals, market: Market) -> Records:
    """The events of one lane, known at the base candle that closes with the lane's candle."""
    rows = np.flatnonzero(signals.enter | signals.exit)
    known = (candles.close_time[rows] - market.start) // market.step - 1
    inside = (known >= 0) & (known < market.candles.shape[2])
    rows, known = rows[inside], known[inside]
    events = records(len(rows), EVENT)
    events.candle, events.lane = known, lane
    events.enter, events.exit = signals.enter[rows], signals.exit[rows]
    events.strength = np.nan_to_num(_column(signals.strength, rows), nan=0.0)
    events.weight = _column(signals.weight, rows)
    events.target = _column(signals.target, rows)
    events.probability = _column(signals.probability, rows)
    return events


def _column(values: FloatColumn | None, rows: np.ndarray) -> FloatColumn:
    return np.full(len(rows), np.nan) if values is None else values[rows]


def merged(parts: Sequence[Records]) -> Records:
    """All lanes' events in the order in which they become known, ties in lane order."""
    together = np.concatenate([records(0, EVENT), *parts])
    order = np.lexsort((together["lane"], together["candle"]))
    return frozen(together[order].view(np.recarray))
