"""What a run reads, at its edges."""

import math

import numpy as np

from tests.support.core import DAY_START, volatility
from tradingbot.domain.state import frozen, records
from tradingbot.domain.timeframe import MINUTE_MS
from tradingbot.engine.inputs import VOLATILITY_ROW, Volatility, latest_atr


def test_the_atr_of_the_last_closed_candle_is_known() -> None:
    """Two candles are closed after two minutes."""
    assert latest_atr(volatility((1.0, 2.0, 3.0)), 0, DAY_START + 2 * MINUTE_MS) == 2.0


def test_without_rows_the_atr_is_unknown() -> None:
    """Nothing is read beyond the end of an empty table, compiled or not."""
    empty = Volatility(frozen(records(0, VOLATILITY_ROW)), frozen(np.zeros(3)))

    assert math.isnan(latest_atr(empty, 0, DAY_START))


def test_a_row_that_is_not_there_has_no_atr() -> None:
    """Rows are counted from 0; neither the one past the last nor a negative one is read."""
    assert math.isnan(latest_atr(volatility((1.0,)), 1, DAY_START + MINUTE_MS))
    assert math.isnan(latest_atr(volatility((1.0,)), -1, DAY_START + MINUTE_MS))
