"""raptorbt: a Rust engine that takes signals as arrays; sweeps and portfolios have functions of their own."""

from collections.abc import Callable
from typing import Any

import raptorbt
from harness import Engine, Trades, Work, main, pack


def config(work: Work) -> Any:
    """The run's terms; the decision at a close fills at the next open."""
    limit = {"max_positions": work.max_positions} if work.max_positions else {}
    settings = raptorbt.BacktestConfig(
        initial_capital=work.cash, fees=work.fee, fill_timing="next_bar_open", periods_per_year=525_600.0, **limit
    )
    if work.stop:
        settings.set_fixed_stop(work.stop)
        settings.set_fixed_target(work.target)
    return settings


def candles(work: Work, pair: int) -> tuple[Any, ...]:
    """Time in ns and the columns of a pair."""
    prices = (work.open[pair], work.high[pair], work.low[pair], work.close[pair])
    return (work.time * 1_000_000, *prices, work.volume[pair])


def prepare(work: Work) -> Callable[[], list[Any]]:
    """The function made for the shape of the work; each run returns results in the order of the rows."""
    settings, first = config(work), candles(work, 0)
    if work.max_positions:
        pairs = [
            (*candles(work, k), work.enter[k], work.exit[k], 1, work.stake, str(k)) for k in range(len(work.close))
        ]
        return lambda: [raptorbt.run_portfolio_backtest(pairs, settings, "equal_weight").result]
    if len(work.enter) > 1:
        items = [
            raptorbt.BatchSingleItem(str(k), work.enter[k], work.exit[k], 1, work.stake, str(k), settings)
            for k in range(len(work.enter))
        ]
        return lambda: [result for _, result in raptorbt.batch_single_backtest(*first, items, settings)]
    return lambda: [raptorbt.run_single_backtest(*first, work.enter[0], work.exit[0], 1, work.stake, "0", settings)]


def trades(_: Work, results: list[Any]) -> Trades:
    """Trades that a signal, a stop or a target closed."""
    closed = [t for result in results for t in result.trades() if t.exit_reason != "EndOfData"]
    net = [t.pnl / (t.size * t.entry_price) for t in closed]
    return pack(
        [int(t.symbol) for t in closed],
        [t.entry_idx for t in closed],
        [t.exit_idx for t in closed],
        [t.entry_price for t in closed],
        [t.exit_price for t in closed],
        net,
    )


if __name__ == "__main__":
    main({"raptorbt": Engine(prepare, trades)})
