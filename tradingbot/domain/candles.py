"""Candles and signals: the columns that features and strategies see and return."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tradingbot.domain.timeframe import Timeframe

FloatColumn = NDArray[np.float64]
IntColumn = NDArray[np.int64]
BoolColumn = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Candles:
    """Closed candles of one symbol and timeframe, oldest first; a missing candle is absent.

    Columns are read-only, so a strategy that writes into them fails at once.
    `open_time` is the start of the candle in ms UTC; it may be used from `open_time + timeframe.ms` on.
    `volume` counts the base asset, `quote_volume` the quote asset (NaN where the source has none).
    `reference` holds the market's leading symbol on the same timeframe, cut at the same moment.
    """

    symbol: str
    timeframe: Timeframe
    open_time: IntColumn
    open: FloatColumn
    high: FloatColumn
    low: FloatColumn
    close: FloatColumn
    volume: FloatColumn
    quote_volume: FloatColumn
    reference: "Candles | None" = None

    def __post_init__(self) -> None:
        for name in COLUMNS:
            column = np.ascontiguousarray(getattr(self, name)).view()
            column.flags.writeable = False
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.open_time)

    @property
    def close_time(self) -> IntColumn:
        """The moment each candle is closed and may be used (ms UTC, exclusive end)."""
        return self.open_time + self.timeframe.ms

    def __getitem__(self, span: slice) -> Self:
        """The candles of that slice; the reference is cut to the same last moment."""
        part = {name: getattr(self, name)[span] for name in COLUMNS}
        reference = self.reference
        if reference is not None:
            end = part["open_time"][-1] if len(part["open_time"]) else -1
            reference = reference[: int(np.searchsorted(reference.open_time, end, side="right"))]
        return replace(self, **part, reference=reference)

    def with_reference(self, reference: "Candles | None") -> Self:
        """The same candles beside those of the market's leading symbol."""
        return replace(self, reference=reference)


COLUMNS: Sequence[str] = tuple(f.name for f in fields(Candles) if f.name not in ("symbol", "timeframe", "reference"))


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What a strategy says at the close of each candle, one row a candle.

    `enter`, `exit`: booleans; an exit wins over an entry of the same row.
    `strength`: orders entries that compete (higher first); default 0.
    `weight`: the largest fraction of equity the strategy wants in the position; default no limit.
    `target`: distance to the target as a fraction of the price; default the risk rules' own.
    `probability`: calibrated probability that the target is reached before the stop; default unknown.
    Optional columns may be NaN where they are unknown.
    """

    enter: BoolColumn
    exit: BoolColumn
    strength: FloatColumn | None = None
    weight: FloatColumn | None = None
    target: FloatColumn | None = None
    probability: FloatColumn | None = None
