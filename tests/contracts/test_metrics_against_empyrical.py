"""Our metrics against those of empyrical-reloaded, on the daily returns of real coins."""

import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from tests.support.results import INITIAL, result_on
from tradingbot.analysis.drawdown import underwater
from tradingbot.analysis.result import Trials
from tradingbot.analysis.returns import annual_return, annual_volatility, daily_returns, total_return
from tradingbot.analysis.sharpe import annualised, sharpe, sortino
from tradingbot.analysis.summary import summarise
from tradingbot.domain.candles import FloatColumn

pytestmark = pytest.mark.market_data


@pytest.fixture(scope="module")
def empyrical() -> ModuleType:
    """The reference; its own imports warn of what they will do in later versions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import empyrical

    module: ModuleType = empyrical
    return module


def closes(market_data: Path, symbol: str) -> FloatColumn:
    """All daily closes of a coin."""
    frame = pl.read_parquet(market_data / "spot" / "klines" / "1d" / f"{symbol}.parquet")
    values: FloatColumn = frame["close"].to_numpy()
    return values


@pytest.mark.parametrize("symbol", ["BTCUSDT", "SOLUSDT", "ADAUSDT"])
def test_metrics_equal_those_of_empyrical(symbol: str, market_data: Path, empyrical: ModuleType) -> None:
    """Sharpe, Sortino, volatility, growth, total return and drawdown, to one part in a billion."""
    close = closes(market_data, symbol)
    equity, initial = close[1:], float(close[0])
    returns = daily_returns(equity, initial)

    ours = {
        "sharpe_ratio": annualised(sharpe(returns)),
        "sortino_ratio": annualised(sortino(returns)),
        "annual_volatility": annual_volatility(returns),
        "annual_return": annual_return(equity, initial),
    }
    for name, value in ours.items():
        assert value == pytest.approx(float(getattr(empyrical, name)(returns, annualization=365)), rel=1e-9), name
    assert total_return(equity, initial) == pytest.approx(float(empyrical.cum_returns_final(returns)), rel=1e-9)
    assert float(np.min(underwater(equity, initial))) == pytest.approx(float(empyrical.max_drawdown(returns)), rel=1e-9)


def test_a_summary_of_real_coins_equals_empyrical(market_data: Path, empyrical: ModuleType) -> None:
    """Account and buy-and-hold of a run on recorded closes; its drawdown is that of daily equity, as its clock is."""
    held = {symbol: closes(market_data, symbol)[-1_000:] for symbol in ("BTCUSDT", "ETHUSDT")}
    run = result_on(held, np.random.default_rng(1), "replay", Trials(1, float("nan")))
    one = summarise(run.central, run)

    for figures, frame in ((one.account, run.central.equity), (one.hold, run.benchmark)):
        returns = daily_returns(frame["equity"].to_numpy(), INITIAL)
        assert figures.days == 1_000
        assert figures.sharpe == pytest.approx(empyrical.sharpe_ratio(returns, annualization=365), rel=1e-9)
        assert figures.sortino == pytest.approx(empyrical.sortino_ratio(returns, annualization=365), rel=1e-9)
        assert figures.calmar == pytest.approx(empyrical.calmar_ratio(returns, annualization=365), rel=1e-9)
        assert figures.max_drawdown == pytest.approx(-empyrical.max_drawdown(returns), rel=1e-9)
