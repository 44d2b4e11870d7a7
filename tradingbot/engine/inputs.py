"""What a run reads: all arrays are frozen, and few, since each one costs the compiled code at every call."""

import math
from typing import Any, NamedTuple

import numpy as np

from tradingbot.domain.candles import BoolColumn, FloatColumn
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Bar

OPEN, HIGH, LOW, CLOSE, QUOTE_VOLUME = range(5)

EVENT = np.dtype(
    [
        ("candle", "i8"),  # of the base clock, at whose close the event is known
        ("lane", "i8"),
        *((name, "f8") for name in ("strength", "weight", "target", "probability")),
        ("enter", "?"),
        ("exit", "?"),
    ],
    align=True,
)

VOLATILITY_ROW = np.dtype([("begin", "i8"), ("end", "i8"), ("timeframe", "i8"), ("start", "i8")], align=True)

Rows = np.recarray[Any, np.dtype[Any]]


class Market(NamedTuple):
    """Candles on a regular grid; NaN where the exchange has none."""

    start: int  # ms UTC, open time of the first candle
    step: int  # ms, the base clock
    candles: FloatColumn  # (5, symbols, candles): open, high, low, close, quote volume


class Detail(NamedTuple):
    """Finer candles of the same span, to tell whether stop or target came first; `ratio` a base candle, 0: none."""

    ratio: int
    candles: FloatColumn  # (3, symbols, finer candles): open, high, low


class Volatility(NamedTuple):
    """ATR of each (symbol, timeframe) pair that lanes use, on that timeframe's own regular grid."""

    rows: Rows  # VOLATILITY_ROW: values[begin:end], one each `timeframe` ms from open time `start`
    values: FloatColumn


class Calendar(NamedTuple):
    """What changes by the hour or the day, known at its start; (1, 0)-shaped where a rule is off."""

    ranked: BoolColumn  # (hours, symbols): may be entered
    correlation: FloatColumn  # (days, symbols, symbols): of the returns of the 30 days before
    share: FloatColumn  # (days, styles): of risk, by regime


@compiled
def bar_of(market: Market, symbol: int, candle: int) -> Bar:
    """One candle."""
    prices = market.candles
    return Bar(
        prices[OPEN, symbol, candle],
        prices[HIGH, symbol, candle],
        prices[LOW, symbol, candle],
        prices[CLOSE, symbol, candle],
        prices[QUOTE_VOLUME, symbol, candle],
    )


@compiled
def latest_atr(volatility: Volatility, row: int, now: int) -> float:
    """The ATR of the last candle closed at `now`; NaN when unknown, as where there is no such row."""
    if not 0 <= row < len(volatility.rows):
        return math.nan
    span = volatility.rows[row]
    k = span.begin + (now - span.start) // span.timeframe - 1
    if k < span.begin or k >= span.end:
        return math.nan
    return float(volatility.values[k])
