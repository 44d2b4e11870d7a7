"""Our engine against engines nobody here wrote, trade by trade, on real hourly candles and without risk rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.support.ours import our_trades
from tests.support.peers import Case, PeerTrade, backtrader_trades, vectorbt_trades
from tradingbot.domain.candles import Candles
from tradingbot.domain.timeframe import Timeframe
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.bollinger_bounce import BollingerBounce
from tradingbot.strategies.rsi_reversion import RsiReversion
from tradingbot.strategies.sma_cross import SmaCross

pytestmark = pytest.mark.market_data

PEERS: Mapping[str, Callable[[Case], list[PeerTrade]]] = {"vectorbt": vectorbt_trades, "backtrader": backtrader_trades}
STRATEGIES: Sequence[Strategy] = (SmaCross(), RsiReversion(), BollingerBounce(exit_at="middle"))


@dataclass(frozen=True)
class Comparison:
    """A case and what each peer made of it."""

    case: Case
    peers: Mapping[str, list[PeerTrade]]


def hourly_candles(market_data: Path) -> Candles:
    """Seven years of BTCUSDT."""
    frame = pl.read_parquet(market_data / "spot" / "klines" / "1h" / "BTCUSDT.parquet")
    open_time = frame["open_time"].dt.epoch("ms").to_numpy()
    open_, high, low, close, volume = (frame[name].to_numpy() for name in ("open", "high", "low", "close", "volume"))
    unknown = np.full(len(frame), np.nan)
    return Candles("BTCUSDT", Timeframe.H1, open_time, open_, high, low, close, volume, unknown)


@pytest.fixture(scope="module", params=STRATEGIES, ids=lambda strategy: type(strategy).__name__)
def comparison(request: pytest.FixtureRequest, market_data: Path) -> Comparison:
    """One strategy's signals and the peers' trades."""
    candles = hourly_candles(market_data)
    said = request.param.signals(candles)
    case = Case(candles.open, candles.high, candles.low, candles.close, said.enter, said.exit)
    return Comparison(case, {name: trader(case) for name, trader in PEERS.items()})


def assert_equal_trades(ours: list[PeerTrade], theirs: list[PeerTrade]) -> None:
    """Same bars; prices to 1e-9, profits to 1e-9 or a ten-millionth of the quote currency."""
    assert [trade[:2] for trade in ours] == [trade[:2] for trade in theirs]
    mine, other = np.array(ours), np.array(theirs)
    np.testing.assert_allclose(mine[:, 2:4], other[:, 2:4], rtol=1e-9)
    np.testing.assert_allclose(mine[:, 4], other[:, 4], rtol=1e-9, atol=1e-7)


@pytest.mark.parametrize("peer", PEERS)
def test_our_trades_are_those_of_a_peer(comparison: Comparison, peer: str) -> None:
    """Entry and exit bars are equal, prices and profits to 1e-9."""
    theirs = comparison.peers[peer]

    assert len(theirs) > 100
    assert_equal_trades(our_trades(comparison.case), theirs)


def test_the_peers_make_the_same_trades(comparison: Comparison) -> None:
    """The yardsticks agree with each other, so a difference to one of them is ours."""
    assert_equal_trades(comparison.peers["vectorbt"], comparison.peers["backtrader"])


def test_the_comparison_sees_a_trade_one_bar_late(comparison: Comparison) -> None:
    """A planted difference of one bar fails the comparison."""
    right = comparison.peers["backtrader"]
    wrong = [right[0]._replace(exit_index=right[0].exit_index + 1), *right[1:]]

    with pytest.raises(AssertionError):
        assert_equal_trades(wrong, right)


def test_the_comparison_sees_a_profit_that_is_off(comparison: Comparison) -> None:
    """A planted difference of a millionth of the quote currency fails the comparison."""
    right = comparison.peers["backtrader"]
    smallest = min(range(len(right)), key=lambda i: abs(right[i].pnl))
    wrong = right.copy()
    wrong[smallest] = wrong[smallest]._replace(pnl=wrong[smallest].pnl + 1e-6)

    with pytest.raises(AssertionError):
        assert_equal_trades(wrong, right)
