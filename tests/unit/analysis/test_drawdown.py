"""Falls and the moments at which they began and ended."""

import numpy as np

from tradingbot.analysis.drawdown import drawdowns, underwater
from tradingbot.domain.timeframe import DAY_MS

TIMES = DAY_MS * np.arange(1, 7)


def test_a_fall_from_the_initial_equity_begins_a_day_before_the_first_mark() -> None:
    """100, then 90 at the end of the first day, then 110."""
    (found,) = drawdowns(TIMES[:2], np.array([90.0, 110.0]), 100.0)

    assert (found.start, found.bottom, found.recovered) == (0, DAY_MS, 2 * DAY_MS)
    assert (round(found.depth, 12), found.amount) == (0.1, 10.0)


def test_a_rising_account_has_none() -> None:
    """Nothing below a peak."""
    equity = np.array([100.0, 100.0, 101.0])

    assert drawdowns(TIMES[:3], equity, 100.0) == []
    assert underwater(equity, 100.0).tolist() == [0.0, 0.0, 0.0]


def test_only_the_deepest_are_listed() -> None:
    """Falls of 1, 3 and 2 of 100, the deepest two."""
    found = drawdowns(TIMES, np.array([99.0, 100.0, 97.0, 100.0, 98.0, 100.0]), 100.0, most=2)

    assert [one.amount for one in found] == [3.0, 2.0]
