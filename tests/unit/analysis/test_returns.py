"""Growth from day to day."""

import numpy as np
import pytest

from tradingbot.analysis.returns import annual_return, annual_volatility, daily_returns, total_return


def test_returns_multiply_to_the_whole() -> None:
    """100 -> 120 -> 90 -> 99."""
    equity = np.array([120.0, 90.0, 99.0])

    assert np.prod(1.0 + daily_returns(equity, 100.0)) - 1.0 == pytest.approx(total_return(equity, 100.0))
    assert total_return(equity, 100.0) == pytest.approx(-0.01)


def test_a_year_of_365_days_is_a_year() -> None:
    """Its growth is the whole growth; an account that lost everything lost 100 % a year."""
    assert annual_return(np.linspace(100.0, 130.0, 365), 100.0) == pytest.approx(0.30)
    assert annual_return(np.array([50.0, 0.0]), 100.0) == -1.0


def test_volatility_by_hand() -> None:
    """Two returns, 0 and 2 %: standard deviation sqrt(2) %, times the root of 365."""
    assert annual_volatility(np.array([0.0, 0.02])) == pytest.approx(0.01 * np.sqrt(2.0 * 365.0))
