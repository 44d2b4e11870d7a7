"""Features of a symbol beside the market's leading symbol; NaN where the candles have no reference."""

import numpy as np

from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.features.feature import feature
from tradingbot.features.higher import as_of
from tradingbot.features.momentum import log_momentum
from tradingbot.features.statistics import beta, correlation


def _reference_close(candles: Candles) -> FloatColumn:
    reference = candles.reference
    return np.full(len(candles), np.nan) if reference is None else as_of(candles, reference, reference.close)


@feature(warmup=25)
def reference_return_24(candles: Candles) -> FloatColumn:
    """Log return of the leading symbol over 24 candles."""
    return log_momentum(_reference_close(candles), 24)


@feature(warmup=25)
def relative_return_24(candles: Candles) -> FloatColumn:
    """Log return over 24 candles less that of the leading symbol."""
    return log_momentum(candles.close, 24) - log_momentum(_reference_close(candles), 24)


@feature(warmup=101)
def reference_correlation_100(candles: Candles) -> FloatColumn:
    """Correlation of the last 100 log returns with the leading symbol's, -1 to 1."""
    return correlation(candles.close, _reference_close(candles), 100)


@feature(warmup=101)
def reference_beta_100(candles: Candles) -> FloatColumn:
    """Slope of the last 100 log returns on the leading symbol's."""
    return beta(candles.close, _reference_close(candles), 100)
