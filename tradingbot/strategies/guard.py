"""Running a strategy without trusting it."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from tradingbot.domain.candles import COLUMNS, BoolColumn, Candles, FloatColumn, Signals
from tradingbot.domain.errors import BadStrategy, TradingBotError
from tradingbot.strategies.base import Strategy


def evaluate(strategy: Strategy, candles: Candles, name: str) -> Signals:
    """The strategy's signals, none during its warm-up.

    Raises BadStrategy, naming strategy, column and first bad candle, when it raises, returns the wrong length or type,
    NaN where a decision is, a weight or probability outside [0, 1], or changes its input.
    """
    before = _digest(candles)
    try:
        signals = strategy.signals(candles)
    except TradingBotError:
        raise
    except Exception as error:
        raise BadStrategy(name, f"signals() raised {type(error).__name__}: {error}", "Mend the strategy") from error
    if _digest(candles) != before:
        raise BadStrategy(name, f"it changed the candles of {candles.symbol} that it was given", "Copy a column first")
    if not isinstance(signals, Signals):
        raise BadStrategy(name, f"signals() returned {type(signals).__name__}", "Return Signals(enter=..., exit=...)")
    known = np.arange(len(candles)) >= strategy.warmup - 1
    checked = replace(
        signals,
        enter=_decisions(name, "enter", signals.enter, candles) & known,
        exit=_decisions(name, "exit", signals.exit, candles) & known,
    )
    for column in ("strength", "weight", "target", "probability"):
        _numbers(name, column, getattr(signals, column), candles, checked.enter)
    return checked


def _digest(candles: Candles) -> tuple[int, ...]:
    """Wrapping sums of the columns' bits: any change to a price shows, at memory speed."""
    parts = [part for part in (candles, candles.reference) if part is not None]
    return tuple(int(getattr(part, column).view(np.uint64).sum()) for part in parts for column in COLUMNS)


def _decisions(name: str, column: str, values: BoolColumn, candles: Candles) -> BoolColumn:
    _shape(name, column, values, candles)
    if values.dtype != np.bool_:
        bad = np.flatnonzero(values != values)
        where = f", NaN at {_time(candles, int(bad[0]))}" if len(bad) else ""
        raise BadStrategy(
            name, f"'{column}' is of type {values.dtype}{where}", "Return booleans; a comparison with NaN is False"
        )
    return values


def _numbers(name: str, column: str, values: FloatColumn | None, candles: Candles, enter: BoolColumn) -> None:
    if values is None:
        return
    _shape(name, column, values, candles)
    if values.dtype.kind != "f":
        raise BadStrategy(name, f"'{column}' is of type {values.dtype}", "Return floats")
    bad = enter & np.isinf(values)
    if column == "strength":
        bad |= enter & np.isnan(values)
    elif column in ("weight", "probability"):
        bad |= enter & ((values < 0.0) | (values > 1.0))
    elif column == "target":
        bad |= enter & (values <= 0.0)
    if bad.any():
        k = int(np.flatnonzero(bad)[0])
        problem = f"'{column}' is {values[k]} where it enters, at {_time(candles, k)}"
        raise BadStrategy(name, problem, "Return a finite number in its range, or do not enter there")


def _shape(name: str, column: str, values: object, candles: Candles) -> None:
    if not isinstance(values, np.ndarray) or values.shape != (len(candles),):
        found = f"of shape {values.shape}" if isinstance(values, np.ndarray) else type(values).__name__
        raise BadStrategy(name, f"'{column}' is {found}", f"Return one value a candle, here {len(candles)}")


def _time(candles: Candles, row: int) -> str:
    return datetime.fromtimestamp(int(candles.open_time[row]) / 1000, UTC).strftime("%Y-%m-%d %H:%M")
