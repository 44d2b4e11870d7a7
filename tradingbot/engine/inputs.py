"""What a run reads: all arrays are frozen, one row a symbol, one column a candle of the base clock."""

from typing import NamedTuple

from tradingbot.domain.candles import BoolColumn, FloatColumn, IntColumn
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Bar


class Market(NamedTuple):
    """Candles on a regular grid; NaN where the exchange has none."""

    start: int  # ms UTC, open time of the first column
    step: int  # ms, the base clock
    open: FloatColumn
    high: FloatColumn
    low: FloatColumn
    close: FloatColumn
    quote_volume: FloatColumn


class Detail(NamedTuple):
    """Finer candles of the same span, to tell whether stop or target came first; `ratio` a base candle, 0: none."""

    ratio: int
    open: FloatColumn
    high: FloatColumn
    low: FloatColumn


class Events(NamedTuple):
    """Rows in which a strategy says something, sorted by `index`, then by lane."""

    index: IntColumn  # base candle at whose close it is known
    lane: IntColumn
    enter: BoolColumn
    exit: BoolColumn
    strength: FloatColumn
    weight: FloatColumn
    target: FloatColumn
    probability: FloatColumn


class Volatility(NamedTuple):
    """ATR of each (symbol, timeframe) pair that lanes use, on that timeframe's own regular grid from `start`."""

    offset: IntColumn  # row r is values[offset[r] : offset[r + 1]]
    timeframe: IntColumn  # ms
    start: IntColumn  # ms, open time of the first value
    values: FloatColumn


class Calendar(NamedTuple):
    """What changes by the hour or the day, known at its start; empty where a rule is off."""

    ranked: BoolColumn  # (hours, symbols): may be entered
    correlation: FloatColumn  # (days, symbols, symbols): of the returns of the 30 days before
    share: FloatColumn  # (days, styles): of risk, by regime


@compiled
def bar_of(market: Market, symbol: int, index: int) -> Bar:
    """One candle."""
    return Bar(
        market.open[symbol, index],
        market.high[symbol, index],
        market.low[symbol, index],
        market.close[symbol, index],
        market.quote_volume[symbol, index],
    )


@compiled
def latest_atr(volatility: Volatility, row: int, now: int) -> float:
    """The ATR of the last candle closed at `now`; NaN when unknown."""
    span = volatility.timeframe[row]
    k = volatility.offset[row] + (now - volatility.start[row]) // span - 1
    if k < volatility.offset[row] or k >= volatility.offset[row + 1]:
        return float("nan")
    return volatility.values[k]
