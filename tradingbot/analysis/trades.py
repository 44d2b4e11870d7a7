"""What closed trades say."""

from dataclasses import dataclass

import numpy as np
import polars as pl


@dataclass(frozen=True, slots=True)
class NotAvailable:
    """A figure that has no value, and why."""

    reason: str

    def __str__(self) -> str:
        return f"n/a - {self.reason}"


Figure = float | NotAvailable


@dataclass(frozen=True, slots=True)
class TradeFigures:
    """Of a group of trades; money in the quote currency, after all costs."""

    name: str
    trades: int
    pnl: float
    fees: float
    slippage: float
    win_rate: Figure  # share of trades with pnl > 0
    profit_factor: Figure  # sum of wins / sum of losses
    expectancy: Figure  # mean pnl
    payoff: Figure  # mean win / mean loss
    average_r: Figure  # mean of pnl / risk taken
    average_hours: Figure
    average_mae: Figure
    average_mfe: Figure


def trade_figures(name: str, trades: pl.DataFrame) -> TradeFigures:
    """The figures of these trades."""
    pnl = trades["pnl"].to_numpy()
    wins, losses = pnl[pnl > 0.0], -pnl[pnl < 0.0]
    none = NotAvailable("no trades")
    hours = (trades["exit_time"].to_numpy() - trades["entry_time"].to_numpy()) / 3_600_000
    known_r = trades["r_multiple"].to_numpy()
    known_r = known_r[np.isfinite(known_r)]
    no_loss = NotAvailable("no losing trade") if len(pnl) else none
    no_win = NotAvailable("no winning trade") if len(pnl) else none
    return TradeFigures(
        name=name,
        trades=len(pnl),
        pnl=float(pnl.sum()),
        fees=float(trades["fees"].sum()),
        slippage=float(trades["slippage"].sum()),
        win_rate=len(wins) / len(pnl) if len(pnl) else none,
        profit_factor=float(wins.sum() / losses.sum()) if len(losses) else no_loss,
        expectancy=float(pnl.mean()) if len(pnl) else none,
        payoff=(float(wins.mean() / losses.mean()) if len(wins) else no_win) if len(losses) else no_loss,
        average_r=float(known_r.mean()) if len(known_r) else NotAvailable("no trade with a stop"),
        average_hours=float(hours.mean()) if len(pnl) else none,
        average_mae=float(trades["mae"].to_numpy().mean()) if len(pnl) else none,
        average_mfe=float(trades["mfe"].to_numpy().mean()) if len(pnl) else none,
    )


def by_column(trades: pl.DataFrame, column: str) -> list[TradeFigures]:
    """The figures of each value of a column, in alphabetical order."""
    names = sorted(set(trades[column].to_list()))
    return [trade_figures(str(name), trades.filter(pl.col(column) == name)) for name in names]


@dataclass(frozen=True, slots=True)
class OpenTrade:
    """A position that only the end of the candles closed, at the last price less costs."""

    symbol: str
    strategy: str
    since: int  # ms UTC
    notional: float  # quote paid
    pnl: float  # quote, after all costs


def open_at_end(trades: pl.DataFrame) -> list[OpenTrade]:
    """Those of the trades that nothing but the end closed, newest first."""
    rows = trades.filter(pl.col("exit_reason") == "end").sort("exit_time", "symbol", "strategy", descending=True)
    return [OpenTrade(*row) for row in rows.select("symbol", "strategy", "entry_time", "notional", "pnl").iter_rows()]


@dataclass(frozen=True, slots=True)
class StopFigures:
    """How stops did."""

    stopped: int  # below the entry: a trailing stop above it has nothing to come back to
    came_back: Figure  # share of those whose price came back to the entry within the horizon
    gaps: int  # stops that the price jumped over
    gap_loss: float  # quote lost beyond those stops
    worst_gap: float


def stop_figures(trades: pl.DataFrame) -> StopFigures:
    """Of the trades that were stopped out."""
    stopped = trades.filter(pl.col("recovered").is_not_null() & (pl.col("exit_price") < pl.col("entry_price")))
    gaps = trades.filter(pl.col("gap_loss") > 0.0)
    back = stopped["recovered"].to_numpy().astype(float)
    return StopFigures(
        stopped=len(stopped),
        came_back=float(back.mean()) if len(back) else NotAvailable("no stopped trade"),
        gaps=len(gaps),
        gap_loss=float(gaps["gap_loss"].sum()),
        worst_gap=float(gaps["gap_loss"].to_numpy().max()) if len(gaps) else 0.0,
    )
