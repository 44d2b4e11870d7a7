"""Market choice: which symbols may be entered, hour by hour, from what was known at each hour."""

from typing import Annotated

import msgspec
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tradingbot.domain.candles import BoolColumn, FloatColumn

WINDOW = 24
"""Hourly candles that a rank looks back on."""

HOURS_A_YEAR = 24 * 365


class UniverseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[universe]`: the wanted band of annual volatility, and how many symbols may be entered."""

    ranking: bool = True
    max_pairs: Annotated[int, msgspec.Meta(ge=1)] = 8
    volatility_low: Annotated[float, msgspec.Meta(ge=0.0)] = 0.20
    volatility_high: Annotated[float, msgspec.Meta(gt=0.0)] = 2.00
    quiet_below: Annotated[float, msgspec.Meta(ge=0.0)] = (
        0.35  # median volatility under which all symbols may be entered
    )


def in_band(volatility: FloatColumn, settings: UniverseSettings) -> FloatColumn:
    """1 inside the band, falling to 0 at half its lower and twice its upper end."""
    low, high = settings.volatility_low, settings.volatility_high
    rising = np.clip(2.0 * volatility / low - 1.0, 0.0, 1.0) if low > 0.0 else np.ones_like(volatility)
    return np.minimum(rising, np.clip(2.0 - volatility / high, 0.0, 1.0))


def rank_symbols(
    close: FloatColumn, volume: FloatColumn, spread: FloatColumn, settings: UniverseSettings
) -> BoolColumn:
    """Whether each symbol may be entered, (rows, symbols); a row knows the WINDOW hourly candles before it.

    `close` and `volume` (quote) are (symbols, rows + WINDOW) with NaN where there is no candle, `spread` is a fraction.
    Score: volatility inside the wanted band x quote volume / spread; the best `max_pairs` may be entered, all of them
    while the median volatility is below `quiet_below`. A symbol with under half of its candles is not entered.
    """
    returns = np.diff(np.log(close), axis=1)
    windows = sliding_window_view(returns, WINDOW - 1, axis=1)[:, :-1]
    enough = np.count_nonzero(np.isfinite(windows), axis=2) >= WINDOW // 2
    filled = np.where(np.isfinite(windows), windows, 0.0)
    known = np.maximum(np.count_nonzero(np.isfinite(windows), axis=2), 1)
    volatility = np.sqrt(np.square(filled).sum(axis=2) / known * HOURS_A_YEAR)
    traded = np.nan_to_num(sliding_window_view(volume, WINDOW, axis=1)[:, :-1]).sum(axis=2)
    score = np.where(enough, in_band(volatility, settings) * traded / spread[:, None], 0.0)
    place = np.argsort(np.argsort(-score, axis=0, kind="stable"), axis=0, kind="stable")
    median = np.array([np.median(v[e]) if e.any() else np.inf for v, e in zip(volatility.T, enough.T, strict=True)])
    best = (place < settings.max_pairs) & (score > 0.0)
    result: BoolColumn = np.where(median < settings.quiet_below, enough, best).T
    return result
