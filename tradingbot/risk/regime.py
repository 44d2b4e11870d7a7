"""The market's regime, day by day: trend or range, quiet or wild; and the share of risk that each style gets in it."""

from typing import Annotated

import msgspec
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tradingbot.domain.candles import BoolColumn, FloatColumn

DAYS = 20
HISTORY = 365

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Shares = tuple[Share, Share, Share]


class RegimeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[regime]`: shares of risk for scalp, day and swing; a trend moves at least `efficiency` of its path."""

    allocate: bool = True
    efficiency: Annotated[float, msgspec.Meta(ge=0.0, le=1.0)] = 0.3
    trend_quiet: Shares = (0.5, 1.0, 1.0)
    trend_wild: Shares = (0.5, 0.75, 1.0)
    range_quiet: Shares = (1.0, 1.0, 0.5)
    range_wild: Shares = (0.5, 0.5, 0.5)


def trending(close: FloatColumn, settings: RegimeSettings) -> BoolColumn:
    """Kaufman's efficiency ratio over DAYS days: net move / path. (days - DAYS,) entries, one a day from DAYS on."""
    moves = np.abs(np.diff(close))
    path = sliding_window_view(moves, DAYS).sum(axis=1)
    net = np.abs(close[DAYS:] - close[:-DAYS])
    result: BoolColumn = net >= settings.efficiency * path
    return result


def wild(close: FloatColumn) -> BoolColumn:
    """Whether the volatility of the last DAYS days is above the median of up to a year before; from day DAYS on."""
    volatility = sliding_window_view(np.diff(np.log(close)), DAYS).std(axis=1)
    return np.array([v > np.median(volatility[max(i - HISTORY, 0) : i + 1]) for i, v in enumerate(volatility)], bool)


def style_shares(close: FloatColumn, settings: RegimeSettings) -> FloatColumn:
    """(days, styles) for the days after the close of each daily candle from number DAYS on."""
    trend, high = trending(close, settings), wild(close)
    table = np.array([settings.range_quiet, settings.range_wild, settings.trend_quiet, settings.trend_wild])
    result: FloatColumn = table[2 * trend + high]
    return result
