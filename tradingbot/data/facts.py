"""Facts about a series of candles: its holes and its fingerprint."""

import hashlib
from collections.abc import Sequence

import numpy as np

from tradingbot.domain.candles import COLUMNS, Candles, IntColumn
from tradingbot.domain.timeframe import Timeframe

MOST_GAPS = 20


def gaps(open_time: IntColumn, timeframe: Timeframe) -> Sequence[tuple[int, int]]:
    """Runs of absent candles as (first missing open_time in ms, candles), oldest first.

    Times are ascending; one off the grid counts for the candle it lies in.
    """
    slots = open_time // timeframe.ms
    steps = np.diff(slots)
    holes = np.flatnonzero(steps > 1)
    return [((int(slots[i]) + 1) * timeframe.ms, int(steps[i]) - 1) for i in holes]


def largest(found: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
    """The largest gaps first, at most twenty."""
    return sorted(found, key=lambda gap: (-gap[1], gap[0]))[:MOST_GAPS]


def columns_sha256(candles: Candles) -> str:
    """SHA-256 over the columns' names and little-endian bytes."""
    digest = hashlib.sha256()
    for name in COLUMNS:
        column = getattr(candles, name)
        digest.update(name.encode())
        digest.update(memoryview(column.astype(column.dtype.newbyteorder("<"), copy=False)).cast("B"))
    return digest.hexdigest()
