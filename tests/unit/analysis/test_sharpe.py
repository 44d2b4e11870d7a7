"""Ratios exist only where returns vary."""

import math

import numpy as np
import pytest

from tradingbot.analysis.sharpe import sharpe, sortino


@pytest.mark.parametrize("days", [30, 77, 365])
@pytest.mark.parametrize("value", [0.003, 0.01, 0.1, -0.01])
def test_equal_returns_have_no_sharpe_ratio(days: int, value: float) -> None:
    """What rounding leaves of equal returns is no spread (once, 0.01 a day was a ratio of 1e16)."""
    assert math.isnan(sharpe(np.full(days, value)))


def test_a_small_true_spread_is_a_spread() -> None:
    """Returns of 1 % that vary by a millionth have a ratio."""
    returns = 0.01 + 1e-6 * np.array([-1.0, 0.0, 1.0])

    assert sharpe(returns) == pytest.approx(0.01 / 1e-6)


def test_too_few_returns_have_no_ratio() -> None:
    """None and one."""
    assert [math.isnan(sharpe(np.ones(days))) for days in (0, 1)] == [True, True]
    assert math.isnan(sortino(np.ones(0)))
