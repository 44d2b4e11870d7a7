"""Volume: how much was traded, and on which side of the range. Columns in, columns out, NaN during warm-up."""

import numpy as np
import talib

from tradingbot.domain.candles import Candles, FloatColumn, IntColumn
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.features.columns import ratio, rolling_mean
from tradingbot.features.known import restarting


def typical_price(high: FloatColumn, low: FloatColumn, close: FloatColumn) -> FloatColumn:
    """(high + low + close) / 3."""
    return talib.TYPPRICE(high, low, close)


@restarting
def obv(close: FloatColumn, volume: FloatColumn) -> FloatColumn:
    """On-balance volume: volume summed with the sign of the close's change since the first candle (Granville 1963).

    Its level depends on where history starts; only differences mean anything (see `obv_flow`).
    """
    return talib.OBV(close, volume)


def obv_flow(close: FloatColumn, volume: FloatColumn, n: int) -> FloatColumn:
    """Change of OBV over the last `n` candles as a share of the volume traded in them, -1 to 1.

    The sums of `n` candles do not depend on where history starts. NaN where nothing was traded.
    """
    signed = volume * np.sign(np.diff(close, prepend=np.nan))
    return ratio(rolling_mean(signed, n), rolling_mean(volume, n))


def mfi(candles: Candles, n: int = 14) -> FloatColumn:
    """Money flow index, 0 to 100: an RSI of typical price times volume (Quong and Soudack 1989).

    NaN where no money flowed either way in the last `n` candles, which TA-Lib calls 0.
    """
    result = talib.MFI(candles.high, candles.low, candles.close, candles.volume, n)
    zero = np.flatnonzero(result == 0.0)
    if (candles.volume[zero] == 0.0).any() or (_typical_at(candles, zero) == _typical_at(candles, zero - 1)).any():
        price = typical_price(candles.high, candles.low, candles.close)
        flows = np.cumsum((np.diff(price, prepend=price[:1]) != 0.0) & (candles.volume > 0.0))
        result[zero[flows[zero] == flows[zero - n]]] = np.nan
    return result


def _typical_at(candles: Candles, rows: IntColumn) -> FloatColumn:
    return typical_price(candles.high[rows], candles.low[rows], candles.close[rows])


def money_flow(candles: Candles, n: int = 20) -> FloatColumn:
    """Chaikin's money flow, -1 to 1: volume weighted by the close's place in the range, over the volume (Chaikin).

    A candle without a range counts as neutral. NaN where nothing was traded.
    """
    spread = candles.high - candles.low
    place = np.nan_to_num(ratio(2.0 * candles.close - candles.high - candles.low, spread), nan=0.0)
    return ratio(rolling_mean(place * candles.volume, n), rolling_mean(candles.volume, n))


def relative_volume(volume: FloatColumn, n: int = 20) -> FloatColumn:
    """Volume over the mean volume of the `n` candles before it; NaN where nothing was traded in those."""
    mean = rolling_mean(volume, n)
    earlier = np.full(len(volume), np.nan)
    earlier[1:] = mean[:-1]
    return ratio(volume, earlier)


def vwap(candles: Candles, n: int) -> FloatColumn:
    """Volume-weighted average of the typical price over the last `n` candles; NaN where nothing was traded."""
    price = typical_price(candles.high, candles.low, candles.close)
    return ratio(rolling_mean(price * candles.volume, n), rolling_mean(candles.volume, n))


def session_vwap(candles: Candles) -> FloatColumn:
    """Volume-weighted average of the typical price since 00:00 UTC; NaN before the first trade of the day.

    NaN too on a first day that the history at hand does not hold from 00:00 on: half a day is another number.
    """
    if len(candles) == 0:
        return np.empty(0)
    day = candles.open_time // DAY_MS
    first = np.flatnonzero(np.diff(day, prepend=day[0] - 1))
    price = typical_price(candles.high, candles.low, candles.close)
    flow, volume = _sum_since(price * candles.volume, first), _sum_since(candles.volume, first)
    result = ratio(flow, volume)
    if candles.open_time[0] % DAY_MS:
        result[: first[1] if len(first) > 1 else len(result)] = np.nan
    return result


def _sum_since(values: FloatColumn, first: IntColumn) -> FloatColumn:
    """Running sum that restarts at each index of `first`, free of what was summed before."""
    result = np.empty(len(values))
    for start, end in zip(first, [*first[1:], len(values)], strict=True):
        np.cumsum(values[start:end], out=result[start:end])
    return result
