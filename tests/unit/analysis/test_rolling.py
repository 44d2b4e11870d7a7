"""Rolling figures are the figures of each stretch."""

import numpy as np
import pytest

from tradingbot.analysis.returns import annual_volatility
from tradingbot.analysis.rolling import (
    ROLLING_DAYS,
    rolling_beta,
    rolling_sharpe,
    rolling_sortino,
    rolling_volatility,
)
from tradingbot.analysis.sharpe import annualised, sharpe, sortino

RETURNS = np.random.default_rng(3).normal(0.001, 0.02, 200)
STRETCHES = [RETURNS[k : k + ROLLING_DAYS] for k in range(len(RETURNS) - ROLLING_DAYS + 1)]


def test_each_value_is_that_of_its_stretch() -> None:
    """Volatility, Sharpe and Sortino equal the plain functions on the same days."""
    assert rolling_volatility(RETURNS) == pytest.approx([annual_volatility(one) for one in STRETCHES])
    assert rolling_sharpe(RETURNS) == pytest.approx([annualised(sharpe(one)) for one in STRETCHES])
    assert rolling_sortino(RETURNS) == pytest.approx([annualised(sortino(one)) for one in STRETCHES])


def test_beta_is_the_slope_on_the_market() -> None:
    """Half the market plus a constant has beta 0.5; and it is NumPy's covariance over variance."""
    other = np.random.default_rng(4).normal(0.0, 0.02, 200)

    assert rolling_beta(0.5 * RETURNS + 0.01, RETURNS) == pytest.approx(np.full(len(STRETCHES), 0.5))
    covariance = np.cov(RETURNS[:ROLLING_DAYS], other[:ROLLING_DAYS])
    assert rolling_beta(RETURNS, other)[0] == pytest.approx(covariance[0, 1] / covariance[1, 1])


def test_what_does_not_move_has_no_ratio() -> None:
    """NaN, not zero and not infinity."""
    still = np.zeros(120)

    for values in (rolling_sharpe(still), rolling_sortino(still), rolling_beta(RETURNS[:120], still)):
        assert np.isnan(values).all()
