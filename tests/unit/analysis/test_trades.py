"""What trades say, one by one and together."""

import polars as pl

from tests.support.results import synthetic_result
from tradingbot.analysis.trades import by_column, open_at_end, stop_figures, trade_figures

TRADES = synthetic_result().central.trades


def test_groups_are_in_alphabetical_order() -> None:
    """One for each symbol."""
    assert [one.name for one in by_column(TRADES, "symbol")] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]


def test_a_trade_without_profit_is_neither_won_nor_lost() -> None:
    """One of 0 beside one of 10: half are won, and there is no loss to divide by."""
    figures = trade_figures("all", TRADES.head(2).with_columns(pnl=pl.Series([0.0, 10.0])))

    assert figures.win_rate == 0.5
    assert str(figures.profit_factor) == str(figures.payoff) == "n/a - no losing trade"


def test_only_losses_have_no_payoff_and_a_profit_factor_of_nothing() -> None:
    """Nothing won for what was lost."""
    figures = trade_figures("all", TRADES.head(2).with_columns(pnl=pl.Series([-5.0, -10.0])))

    assert figures.profit_factor == 0.0
    assert str(figures.payoff) == "n/a - no winning trade"


def test_multiples_of_risk_count_only_trades_with_a_stop() -> None:
    """R of 2 and one without a stop."""
    mixed = TRADES.head(2).with_columns(r_multiple=pl.Series([2.0, float("nan")]))

    assert trade_figures("all", mixed).average_r == 2.0
    assert str(trade_figures("all", mixed.tail(1)).average_r) == "n/a - no trade with a stop"


def test_what_is_open_at_the_end_is_named() -> None:
    """Symbol, strategy, since when, and what it would bring; nothing else is."""
    held = open_at_end(TRADES)
    rows = TRADES.filter(pl.col("exit_reason") == "end")

    assert held
    assert sorted(one.symbol for one in held) == sorted(rows["symbol"].to_list())
    assert sum(one.pnl for one in held) == rows["pnl"].sum()
    assert open_at_end(TRADES.filter(pl.col("exit_reason") != "end")) == []


def test_without_a_stop_nothing_came_back() -> None:
    """A reason, and no gap."""
    figures = stop_figures(TRADES.filter(pl.col("exit_reason") == "signal"))

    assert (figures.stopped, figures.gaps, figures.gap_loss, figures.worst_gap) == (0, 0, 0.0, 0.0)
    assert str(figures.came_back) == "n/a - no stopped trade"


def test_a_stop_above_the_entry_cannot_come_back_to_it() -> None:
    """A trailing stop that sold at a profit is not counted: only one of two stops lost, and it did not come back."""
    trailed = TRADES.head(2).with_columns(
        entry_price=pl.lit(100.0),
        exit_price=pl.Series([120.0, 95.0]),
        exit_reason=pl.Series(["trailing", "stop"]),
        recovered=pl.Series([True, False]),
    )
    figures = stop_figures(trailed)

    assert (figures.stopped, figures.came_back) == (1, 0.0)
