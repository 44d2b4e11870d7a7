"""Our metrics against those of empyrical-reloaded, on the daily returns of real coins."""

import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import polars as pl
import pytest

from tradingbot.analysis.drawdown import underwater
from tradingbot.analysis.returns import annual_return, annual_volatility, daily_returns, total_return
from tradingbot.analysis.sharpe import annualised, sharpe, sortino

pytestmark = pytest.mark.market_data


@pytest.fixture(scope="module")
def empyrical() -> ModuleType:
    """The reference; its own imports warn of what they will do in later versions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import empyrical

    module: ModuleType = empyrical
    return module


@pytest.mark.parametrize("symbol", ["BTCUSDT", "SOLUSDT", "ADAUSDT"])
def test_metrics_equal_those_of_empyrical(symbol: str, market_data: Path, empyrical: ModuleType) -> None:
    """Sharpe, Sortino, volatility, growth, total return and drawdown, to one part in a billion."""
    close = pl.read_parquet(market_data / "spot" / "klines" / "1d" / f"{symbol}.parquet")["close"].to_numpy()
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
