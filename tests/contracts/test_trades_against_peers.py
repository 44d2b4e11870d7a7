"""Our engine against engines nobody here wrote, trade by trade, on real hourly candles and without risk rules."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import talib

from tests.support.ours import our_trades
from tests.support.peers import Case, PeerTrade, backtrader_trades, vectorbt_trades
from tradingbot.domain.candles import BoolColumn, FloatColumn

pytestmark = pytest.mark.market_data

Trader = Callable[[Case], list[PeerTrade]]
Signals = tuple[BoolColumn, BoolColumn]

FAST, SLOW = 20, 50
RSI_PERIOD, RSI_LOW, RSI_HIGH = 14, 30.0, 70.0
BAND_PERIOD, BAND_WIDTH = 20, 2.0


def begins(state: BoolColumn) -> BoolColumn:
    """The rows in which a state is new."""
    return np.concatenate([np.zeros(1, np.bool_), state[1:] & ~state[:-1]])


def sma_cross(close: FloatColumn) -> Signals:
    """Hold while the fast average is above the slow one."""
    fast, slow = talib.SMA(close, FAST), talib.SMA(close, SLOW)
    return begins(fast > slow), begins(fast < slow)


def rsi_reversion(close: FloatColumn) -> Signals:
    """Buy what is oversold, sell what is overbought."""
    rsi = talib.RSI(close, RSI_PERIOD)
    return begins(rsi < RSI_LOW), begins(rsi > RSI_HIGH)


def bollinger_bounce(close: FloatColumn) -> Signals:
    """Buy below the lower band, sell above the middle."""
    _, middle, lower = talib.BBANDS(close, BAND_PERIOD, BAND_WIDTH, BAND_WIDTH)
    return begins(close < lower), begins(close > middle)


STRATEGIES = {"sma-cross": sma_cross, "rsi-reversion": rsi_reversion, "bollinger-bounce": bollinger_bounce}


@pytest.fixture(scope="module", params=STRATEGIES)
def case(request: pytest.FixtureRequest, market_data: Path) -> Case:
    """Seven years of BTCUSDT and one strategy's signals."""
    frame = pl.read_parquet(market_data / "spot" / "klines" / "1h" / "BTCUSDT.parquet")
    prices = {name: frame[name].to_numpy() for name in ("open", "high", "low", "close")}
    enter, leave = STRATEGIES[request.param](prices["close"])
    return Case(**prices, enter=enter, exit=leave)


def assert_equal_trades(ours: list[PeerTrade], theirs: list[PeerTrade]) -> None:
    """Same bars; prices within 1e-9 of themselves, profit within 1e-9 of itself and of what a fee costs."""
    assert [trade[:2] for trade in ours] == [trade[:2] for trade in theirs]
    mine, other = np.array(ours), np.array(theirs)
    np.testing.assert_allclose(mine[:, 2:4], other[:, 2:4], rtol=1e-9)
    np.testing.assert_allclose(mine[:, 4], other[:, 4], rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize("peer", [vectorbt_trades, backtrader_trades])
def test_our_trades_are_those_of_a_peer(case: Case, peer: Trader) -> None:
    """Entry and exit bars are equal, prices and profits to 1e-9."""
    theirs = peer(case)

    assert len(theirs) > 100
    assert_equal_trades(our_trades(case), theirs)


def test_the_peers_make_the_same_trades(case: Case) -> None:
    """The yardsticks agree with each other, so a difference to one of them is ours."""
    assert_equal_trades(vectorbt_trades(case), backtrader_trades(case))


def test_the_comparison_sees_a_trade_one_bar_late(case: Case) -> None:
    """A planted difference of one bar fails the comparison."""
    right = backtrader_trades(case)
    wrong = [right[0]._replace(exit_index=right[0].exit_index + 1), *right[1:]]

    with pytest.raises(AssertionError):
        assert_equal_trades(wrong, right)


def test_the_comparison_sees_a_profit_without_its_fee(case: Case) -> None:
    """A planted difference of one fee fails the comparison."""
    right = backtrader_trades(case)
    wrong = [right[0]._replace(pnl=right[0].pnl + case.fee), *right[1:]]

    with pytest.raises(AssertionError):
        assert_equal_trades(wrong, right)
