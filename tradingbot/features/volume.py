"""What was traded. Columns in, columns out; NaN until enough candles are known."""

import numpy as np
import talib

from tradingbot.domain.candles import FloatColumn, IntColumn
from tradingbot.domain.timeframe import DAY_MS


def obv(close: FloatColumn, volume: FloatColumn) -> FloatColumn:
    """On-balance volume (Granville): its level depends on the first candle; use differences."""
    return talib.OBV(close, volume)


def obv_change(close: FloatColumn, volume: FloatColumn, period: int) -> FloatColumn:
    """On-balance volume gained over `period` candles, as a share of the volume traded in them."""
    signed = np.sign(np.diff(close, prepend=np.nan)) * volume
    total = talib.SUM(volume, period)
    gained = talib.SUM(signed, period)
    return np.where(total > 0.0, gained / np.where(total > 0.0, total, 1.0), np.where(np.isnan(total), np.nan, 0.0))


def mfi(high: FloatColumn, low: FloatColumn, close: FloatColumn, volume: FloatColumn, period: int) -> FloatColumn:
    """Money flow index, 0 to 100."""
    return talib.MFI(high, low, close, volume, period)


def vwap(high: FloatColumn, low: FloatColumn, close: FloatColumn, volume: FloatColumn, period: int) -> FloatColumn:
    """Volume-weighted average of the typical price over `period` candles; NaN where nothing was traded."""
    typical = (high + low + close) / 3.0
    traded = talib.SUM(volume, period)
    return np.where(traded > 0.0, talib.SUM(typical * volume, period) / np.where(traded > 0.0, traded, 1.0), np.nan)


def vwap_day(
    open_time: IntColumn, high: FloatColumn, low: FloatColumn, close: FloatColumn, volume: FloatColumn
) -> FloatColumn:
    """Volume-weighted average of the typical price since 00:00 UTC; NaN before the day's first trade."""
    starts = np.flatnonzero(np.diff(open_time // DAY_MS, prepend=-1))
    day = np.repeat(starts, np.diff(starts, append=len(open_time)))
    traded, value = np.cumsum(volume), np.cumsum(volume * (high + low + close) / 3.0)
    before = day - 1
    traded = traded - np.where(before >= 0, traded[before], 0.0)
    value = value - np.where(before >= 0, value[before], 0.0)
    return np.where(traded > 0.0, value / np.where(traded > 0.0, traded, 1.0), np.nan)
