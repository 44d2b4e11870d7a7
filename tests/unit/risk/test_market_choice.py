"""Ranking, correlation and regime: known only from what was before."""

import numpy as np
import pytest

from tradingbot.risk.comovement import correlations
from tradingbot.risk.ranking import WINDOW, UniverseSettings, in_band, rank_symbols
from tradingbot.risk.regime import DAYS, RegimeSettings, style_shares, trending, wild


def walk(seed: int, symbols: int, count: int, volatility: float = 0.005) -> np.ndarray:
    """Random prices."""
    steps = np.random.default_rng(seed).normal(0.0, volatility, (symbols, count))
    return 100.0 * np.exp(np.cumsum(steps, axis=1))


def test_the_most_liquid_symbols_in_the_band_may_be_entered() -> None:
    """Equal volatility: the two with the most volume."""
    close = walk(1, 3, 60)
    volume = np.array([[1.0], [3.0], [2.0]]) * np.ones((3, 60))
    ranked = rank_symbols(close, volume, np.full(3, 1e-4), UniverseSettings(max_pairs=2, quiet_below=0.0))

    assert ranked.shape == (60 - WINDOW, 3)
    assert (ranked == [False, True, True]).all()


def test_a_quiet_market_widens_the_universe() -> None:
    """All symbols may be entered while the median volatility is low."""
    close = walk(1, 3, 60, volatility=0.0005)
    ranked = rank_symbols(close, np.ones((3, 60)), np.full(3, 1e-4), UniverseSettings(max_pairs=1))

    assert ranked.all()


def test_the_band_falls_off_on_both_sides() -> None:
    """1 inside, 0 at half the lower and twice the upper end."""
    values = in_band(np.array([0.1, 0.15, 0.2, 1.0, 2.0, 3.0, 4.0]), UniverseSettings())

    assert values == pytest.approx([0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0])


@pytest.mark.parametrize("cut", [30, 47, 59])
def test_a_rank_never_changes_with_the_future(cut: int) -> None:
    """Ranks up to a cut are the same when later candles are others."""
    close, volume = walk(2, 4, 60), walk(3, 4, 60)
    changed, other = close.copy(), volume.copy()
    changed[:, cut:] *= 2.0
    other[:, cut:] *= np.array([[9.0], [1.0], [1.0], [5.0]])
    settings = UniverseSettings(max_pairs=2)
    before = rank_symbols(close, volume, np.full(4, 1e-4), settings)
    after = rank_symbols(changed, other, np.full(4, 1e-4), settings)

    assert (before[: cut - WINDOW + 1] == after[: cut - WINDOW + 1]).all()


def test_correlation_is_that_of_the_days_before() -> None:
    """Equals numpy on the same window, and what comes later changes nothing."""
    close = walk(4, 3, 24 * 40)
    close[1] = close[0] ** 2
    found = correlations(close, 24, 24 * 35, 2)
    returns = np.diff(np.log(close[:, 24 * 5 - 1 : 24 * 35]), axis=1)

    assert found[0] == pytest.approx(np.corrcoef(returns), abs=1e-9)
    close[:, 24 * 35 :] = 1.0
    assert correlations(close, 24, 24 * 35, 1)[0] == pytest.approx(found[0])


def test_correlation_of_too_few_candles_is_unknown() -> None:
    """Less than a third of the pairs: 0."""
    close = walk(4, 2, 24 * 30)
    close[1, : 24 * 25] = np.nan

    assert correlations(close, 24, 24 * 30, 1)[0, 0, 1] == 0.0


def test_a_straight_line_is_a_trend_and_a_zigzag_is_not() -> None:
    """Kaufman's ratio is 1 and 0."""
    settings = RegimeSettings()

    assert trending(np.arange(1.0, 60.0), settings).all()
    assert not trending(np.tile([1.0, 2.0], 30), settings).any()


def test_shares_follow_the_regime_and_only_the_past() -> None:
    """Each day's row is one of the four; later closes change no earlier row."""
    close = walk(7, 1, 200, 0.03)[0]
    settings = RegimeSettings()
    shares = style_shares(close, settings)
    rows = {settings.trend_quiet, settings.trend_wild, settings.range_quiet, settings.range_wild}
    close[150:] *= 3.0

    assert {tuple(row) for row in shares} <= rows
    assert (style_shares(close, settings)[: 150 - DAYS] == shares[: 150 - DAYS]).all()
    assert len(wild(close)) == len(close) - DAYS
