"""Momentum indicators against their formulas, and what they say when nothing moves."""

import numpy as np
import pytest

from tests.support.generated import walk
from tests.unit.features.test_trend import exponential, smoothed, windows
from tradingbot.domain.candles import FloatColumn
from tradingbot.features.momentum import cci, cmo, log_momentum, roc, rsi, stochastic, trix, williams_r

CANDLES = walk(400)
HIGH, LOW, CLOSE = CANDLES.high, CANDLES.low, CANDLES.close
FLAT = np.full(100, 5.0)


def gains_and_losses(n: int) -> tuple[FloatColumn, FloatColumn]:
    change = np.diff(CLOSE, prepend=np.nan)
    gain, loss = np.maximum(change, 0.0), np.maximum(-change, 0.0)
    return smoothed(gain, n, 1.0 / n), smoothed(loss, n, 1.0 / n)


def test_rsi_follows_wilder() -> None:
    """The index is the share of the average gain in both averages."""
    gain, loss = gains_and_losses(14)
    index = rsi(CLOSE, 14)

    assert np.isnan(index[:14]).all()
    np.testing.assert_allclose(index[14:], (100.0 * gain / (gain + loss))[14:], rtol=1e-10)


def test_rsi_is_unknown_while_nothing_moves() -> None:
    """A market that stands still is not oversold: TA-Lib answers 0 there, which would be an entry."""
    assert np.isnan(rsi(FLAT, 14)).all()


def test_rsi_of_a_falling_market_is_zero() -> None:
    """Nothing but losses is 0, and stays known."""
    assert rsi(np.linspace(200.0, 100.0, 60), 14)[-1] == 0.0


def test_rsi_keeps_what_it_knew_through_a_short_standstill() -> None:
    """Some unchanged closes after a move change nothing, for both averages shrink alike."""
    values = np.append(CLOSE, np.full(20, CLOSE[-1]))

    assert rsi(values, 14)[-1] == pytest.approx(rsi(CLOSE, 14)[-1], rel=1e-9)


def test_cmo_is_the_balance_of_gains_and_losses() -> None:
    """Chande's oscillator with Wilder's averages runs from -100 to 100."""
    gain, loss = gains_and_losses(14)

    np.testing.assert_allclose(cmo(CLOSE, 14)[14:], (100.0 * (gain - loss) / (gain + loss))[14:], rtol=1e-8)


def test_stochastic_places_the_close_in_the_range() -> None:
    """%K is the smoothed place of the close in the range, %D its average."""
    top, bottom = windows(HIGH, 14).max(axis=1), windows(LOW, 14).min(axis=1)
    raw = 100.0 * (CLOSE[13:] - bottom) / (top - bottom)
    k, d = stochastic(HIGH, LOW, CLOSE, 14, 3)

    np.testing.assert_allclose(k[17:], windows(raw, 3).mean(axis=1)[2:], rtol=1e-10)
    np.testing.assert_allclose(d[17:], windows(windows(raw, 3).mean(axis=1), 3).mean(axis=1), rtol=1e-10)


def test_stochastic_is_unknown_while_a_range_in_it_is_zero() -> None:
    """A range of zero makes the averages unknown that contain it, and those only."""
    stop = np.full(20, CLOSE[-1])
    high, low, close = (np.concatenate((part, stop, part)) for part in (HIGH, LOW, CLOSE))
    k, d = stochastic(high, low, close, 14, 3)
    first = len(CLOSE) + 13

    assert np.flatnonzero(np.isnan(k[30:])).tolist() == list(range(first - 30, len(CLOSE) + 22 - 30))
    assert np.flatnonzero(np.isnan(d[30:])).tolist() == list(range(first - 30, len(CLOSE) + 24 - 30))


def test_williams_r_is_the_distance_from_the_top() -> None:
    """-100 at the lowest low, 0 at the highest high, unknown without a range."""
    top, bottom = windows(HIGH, 14).max(axis=1), windows(LOW, 14).min(axis=1)

    np.testing.assert_allclose(
        williams_r(HIGH, LOW, CLOSE, 14)[13:], -100.0 * (top - CLOSE[13:]) / (top - bottom), rtol=1e-10
    )
    assert np.isnan(williams_r(FLAT, FLAT, FLAT, 14)).all()


def test_cci_measures_in_mean_deviations() -> None:
    """The typical price's distance from its mean over 0.015 mean deviations."""
    seen = windows((HIGH + LOW + CLOSE) / 3.0, 20)
    mean = seen.mean(axis=1)
    spread = np.abs(seen - mean[:, None]).mean(axis=1)

    np.testing.assert_allclose(cci(HIGH, LOW, CLOSE, 20)[19:], (seen[:, -1] - mean) / (0.015 * spread), rtol=1e-8)


def test_changes_are_fractions_and_logarithms() -> None:
    """The rate of change is a fraction, the log momentum its logarithm."""
    np.testing.assert_allclose(roc(CLOSE, 10)[10:], CLOSE[10:] / CLOSE[:-10] - 1.0, rtol=1e-10)
    np.testing.assert_allclose(log_momentum(CLOSE, 10)[10:], np.log(CLOSE[10:] / CLOSE[:-10]), rtol=1e-12)
    assert np.isnan(log_momentum(CLOSE, 10)[:10]).all()


def test_trix_is_the_change_of_the_triple_average() -> None:
    """The one-candle change, in percent, of an EMA of an EMA of an EMA."""
    triple = exponential(exponential(exponential(CLOSE, 5), 5), 5)

    np.testing.assert_allclose(trix(CLOSE, 5)[14:], 100.0 * (triple[14:] / triple[13:-1] - 1.0), atol=1e-10)
