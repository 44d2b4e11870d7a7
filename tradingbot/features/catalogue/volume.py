"""Features of volume."""

import numpy as np

from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.features.columns import rolling_zscore
from tradingbot.features.feature import feature
from tradingbot.features.volume import mfi, money_flow, obv_flow, relative_volume, session_vwap, vwap


@feature(warmup=21)
def relative_volume_20(candles: Candles) -> FloatColumn:
    """Volume over the mean of the 20 candles before."""
    return relative_volume(candles.volume, 20)


@feature(warmup=20)
def volume_zscore_20(candles: Candles) -> FloatColumn:
    """ln(1 + volume) in standard deviations from its 20-candle mean."""
    return rolling_zscore(np.log1p(candles.volume), 20)


@feature(warmup=21)
def obv_flow_20(candles: Candles) -> FloatColumn:
    """Change of on-balance volume over 20 candles as a share of the volume traded, -1 to 1."""
    return obv_flow(candles.close, candles.volume, 20)


@feature(warmup=15)
def mfi_14(candles: Candles) -> FloatColumn:
    """Money flow index, 0 to 100."""
    return mfi(candles, 14)


@feature(warmup=20)
def money_flow_20(candles: Candles) -> FloatColumn:
    """Chaikin's money flow, -1 to 1."""
    return money_flow(candles, 20)


@feature(warmup=20)
def vwap_20_distance(candles: Candles) -> FloatColumn:
    """Close over the 20-candle volume-weighted price, less 1."""
    return candles.close / vwap(candles, 20) - 1.0


@feature(warmup=1_440)
def session_vwap_distance(candles: Candles) -> FloatColumn:
    """Close over the volume-weighted price since 00:00 UTC, less 1; for timeframes from 1m up."""
    return candles.close / session_vwap(candles) - 1.0
