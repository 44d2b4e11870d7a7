"""What holds of features and columns for any prices."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.support.generated import kept, walk
from tradingbot.domain.candles import Candles, FloatColumn
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.columns import at_most, crossed_above, crossed_below, rolling_deviation, rolling_mean
from tradingbot.features.higher import as_of, resample
from tradingbot.features.momentum import rsi, stochastic
from tradingbot.features.registry import discover_features
from tradingbot.features.volatility import bollinger, donchian

values = arrays(np.float64, st.integers(0, 60), elements=st.floats(1e-6, 1e6))
windows = st.integers(2, 12)
FEATURES = discover_features()


@st.composite
def gappy_candles(draw: st.DrawFn) -> Candles:
    """A walk of any violence from which any candles are missing."""
    count = draw(st.integers(1, 120))
    swing = draw(st.sampled_from([1e-6, 1e-3, 0.05, 0.5]))
    mask = draw(arrays(np.bool_, count, elements=st.booleans()))
    return kept(walk(count, draw(st.integers(0, 50)), swing=swing), mask)


@given(values, windows)
def test_a_mean_lies_between_its_values(column: FloatColumn, n: int) -> None:
    """Every mean is between the least and the greatest value of its window, but for the last digits."""
    mean = rolling_mean(column, n)
    for at in range(n - 1, len(column)):
        part = column[at - n + 1 : at + 1]

        assert part.min() * (1.0 - 1e-12) <= mean[at] <= part.max() * (1.0 + 1e-12)


@given(values, windows, st.integers(0, 20))
def test_means_and_deviations_do_not_depend_on_the_start(column: FloatColumn, n: int, skipped: int) -> None:
    """Values computed from a later start agree with those from all history, whatever came before."""
    rest = column[skipped:]

    for function in (rolling_mean, rolling_deviation):
        whole, part = function(column, n)[skipped:], function(rest, n)
        np.testing.assert_allclose(part[n - 1 :], whole[n - 1 :], rtol=1e-12)


@given(values, st.floats(1e-6, 1e6))
def test_crossings_alternate(column: FloatColumn, level: float) -> None:
    """Between two rises above a level lies a fall to it or below; no candle is both."""
    up, down = crossed_above(column, level), crossed_below(column, level)

    assert not (up & down).any()
    for first, second in zip(np.flatnonzero(up)[:-1], np.flatnonzero(up)[1:], strict=True):
        assert at_most(column[first:second], level).any()


@given(values)
def test_bounded_indicators_keep_their_bounds(column: FloatColumn) -> None:
    """RSI and stochastic stay within 0 and 100 or are unknown; channels hold their prices."""
    k, d = stochastic(column * 1.01, column * 0.99, column, 5)
    for bounded in (rsi(column, 5), k, d):
        known = bounded[np.isfinite(bounded)]

        assert ((known >= -1e-9) & (known <= 100.0 + 1e-9)).all()
    channel, bands = donchian(column, column, 5), bollinger(column, 5)
    assert not ((column > channel.upper) | (column < channel.lower)).any()
    assert not (bands.upper < bands.lower).any()


@given(gappy_candles())
def test_a_higher_value_is_never_seen_before_its_close(candles: Candles) -> None:
    """What a candle sees of 4h candles closed at or before its own close, and is the latest such."""
    coarser = resample(candles, Timeframe.H4)
    seen = as_of(candles, coarser, coarser.close_time.astype(float))

    assert not (seen > candles.close_time).any()
    for at in np.flatnonzero(np.isfinite(seen)):
        later = (coarser.close_time > seen[at]) & (coarser.close_time <= candles.close_time[at])

        assert not later.any()


@given(gappy_candles())
def test_resampling_keeps_volume_and_extremes(candles: Candles) -> None:
    """Closed candles hold all that was traded in their time, and its extremes."""
    coarser = resample(candles, Timeframe.H4)
    for at in range(len(coarser)):
        inside = (candles.open_time >= coarser.open_time[at]) & (candles.open_time < coarser.close_time[at])

        assert coarser.high[at] == candles.high[inside].max()
        assert coarser.low[at] == candles.low[inside].min()
        np.testing.assert_allclose(coarser.volume[at], candles.volume[inside].sum(), rtol=1e-12)


@settings(max_examples=30)
@given(gappy_candles(), st.sampled_from(sorted(FEATURES)))
def test_every_feature_takes_any_candles(candles: Candles, name: str) -> None:
    """Few, wild or missing candles give a column of their length with numbers or NaN, never infinity."""
    column = FEATURES[name](candles)

    assert column.shape == (len(candles),)
    assert column.dtype == np.float64
    assert not np.isinf(column).any()
