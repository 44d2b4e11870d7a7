"""All figures of one run under one case of costs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from tradingbot.analysis.bootstrap import resampled, sharpe_interval
from tradingbot.analysis.deflated import deflated_sharpe, expected_maximum
from tradingbot.analysis.drawdown import Drawdown, drawdowns
from tradingbot.analysis.result import CaseResult, RunResult
from tradingbot.analysis.returns import annual_return, annual_volatility, daily_returns, total_return
from tradingbot.analysis.sharpe import annualised, sharpe, sortino
from tradingbot.analysis.trades import (
    Figure,
    NotAvailable,
    StopFigures,
    TradeFigures,
    by_column,
    stop_figures,
    trade_figures,
)
from tradingbot.domain.candles import FloatColumn

LEAST_DAYS = 30
"""Daily returns below which an annualised ratio means nothing."""


@dataclass(frozen=True, slots=True)
class EquityFigures:
    """Of one equity curve; fractions unless said."""

    days: int
    final: float  # quote
    total_return: float
    annual_return: Figure
    annual_volatility: Figure
    sharpe: Figure
    sharpe_low: Figure  # 95 % block-bootstrap interval
    sharpe_high: Figure
    sortino: Figure
    calmar: Figure
    max_drawdown: float
    max_drawdown_amount: float  # quote, of daily equity


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything a reader is told of one case."""

    case: str
    account: EquityFigures
    hold: EquityFigures  # buy-and-hold of the same symbols
    trades: TradeFigures
    stops: StopFigures
    big_wins: TradeFigures
    exposure: float  # mean share of equity in positions at day ends
    turnover: float  # quote traded / initial equity
    fees: float
    slippage: float
    deflated_sharpe: Figure  # probability that the Sharpe ratio is above luck
    luck_sharpe: Figure  # annualised Sharpe ratio that the best of as many worthless trials would show
    trials: int
    beats_hold: Figure  # probability of a higher mean daily return than buy-and-hold (paired block bootstrap)
    months: Sequence[tuple[str, float]]
    years: Sequence[tuple[str, float]]
    by_symbol: Sequence[TradeFigures]
    by_strategy: Sequence[TradeFigures]
    by_style: Sequence[TradeFigures]
    by_exit: Sequence[TradeFigures]
    refusals: Sequence[tuple[str, int]]  # by rule, most first
    drawdowns: Sequence[Drawdown]

    def to_json(self) -> Mapping[str, Any]:
        """Plain values; a figure that is not available is its reason."""
        plain: Mapping[str, Any] = _plain(asdict(self))
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return str(NotAvailable(**value)) if value.keys() == {"reason"} else {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def equity_figures(equity: FloatColumn, initial: float, deepest: float, random: np.random.Generator) -> EquityFigures:
    """Of daily equity; `deepest` is the largest fall on the base clock."""
    returns = daily_returns(equity, initial)
    short = NotAvailable(f"{len(returns)} days")
    enough = len(returns) >= LEAST_DAYS
    flat = NotAvailable("equity did not move")
    growth = annual_return(equity, initial) if enough else short
    peak = np.maximum.accumulate(np.maximum(equity, initial))

    def ratio(value: float, missing: NotAvailable) -> Figure:
        return (value if math.isfinite(value) else missing) if enough else short

    low, high = sharpe_interval(returns, random) if enough else (math.nan, math.nan)
    return EquityFigures(
        days=len(returns),
        final=float(equity[-1]),
        total_return=total_return(equity, initial),
        annual_return=growth,
        annual_volatility=ratio(annual_volatility(returns) if len(returns) > 1 else math.nan, flat),
        sharpe=ratio(annualised(sharpe(returns)), flat),
        sharpe_low=ratio(low, flat),
        sharpe_high=ratio(high, flat),
        sortino=ratio(annualised(sortino(returns)), NotAvailable("no losing day")),
        calmar=ratio(growth / deepest if isinstance(growth, float) and deepest > 0.0 else math.nan, flat),
        max_drawdown=deepest,
        max_drawdown_amount=float((peak - equity).max()),
    )


def generator(result: RunResult, purpose: str) -> np.random.Generator:
    """Randomness that belongs to a run: the same run always draws the same."""
    seed = int(result.config_sha256[:8], 16) ^ int(result.dataset_sha256[:8], 16)
    return np.random.default_rng([seed, *purpose.encode()])


def beats(returns: FloatColumn, hold: FloatColumn, random: np.random.Generator) -> Figure:
    """Share of block resamples of the daily differences whose mean is above 0."""
    if len(returns) < LEAST_DAYS:
        return NotAvailable(f"{len(returns)} days")
    return float((resampled(returns - hold, random).mean(axis=1) > 0.0).mean())


def periods(time: pl.Series, equity: FloatColumn, initial: float, form: str) -> list[tuple[str, float]]:
    """Return of each calendar period (UTC) named by `form`."""
    names = (time - 1).cast(pl.Datetime("ms")).dt.strftime(form).to_list()
    ends = [k for k in range(len(names)) if k == len(names) - 1 or names[k] != names[k + 1]]
    before = [initial, *(float(equity[k]) for k in ends[:-1])]
    return [(names[k], float(equity[k]) / start - 1.0) for k, start in zip(ends, before, strict=True)]


def summarise(case: CaseResult, result: RunResult) -> Summary:
    """All figures of a case; intervals are drawn with a seed that belongs to the run."""
    initial = result.initial_equity
    equity = case.equity["equity"].to_numpy()
    held = result.benchmark["equity"].to_numpy()
    returns = daily_returns(equity, initial)
    fall = 1.0 - float((held / np.maximum.accumulate(np.maximum(held, initial))).min())
    trials = result.trials
    chance = deflated_sharpe(returns, trials.count, trials.sharpe_variance)
    luck = annualised(expected_maximum(trials.count, trials.sharpe_variance))
    short = NotAvailable(f"{len(returns)} days") if len(returns) < LEAST_DAYS else None
    refused = case.refusals.group_by("rule").agg(pl.col("count").sum()).sort("count", "rule", descending=[True, False])
    return Summary(
        case=case.name,
        account=equity_figures(equity, initial, case.max_drawdown, generator(result, case.name)),
        hold=equity_figures(held, initial, fall, generator(result, "hold")),
        trades=trade_figures("all", case.trades),
        stops=stop_figures(case.trades),
        big_wins=trade_figures("big win", case.trades.filter(pl.col("big_win"))),
        exposure=float((case.equity["exposure"] / case.equity["equity"]).to_numpy().mean()),
        turnover=float(case.equity["turnover"][-1]) / initial,
        fees=float(case.equity["fees"][-1]),
        slippage=float(case.equity["slippage"][-1]),
        deflated_sharpe=short or (chance if math.isfinite(chance) else NotAvailable("equity did not move")),
        luck_sharpe=short or luck,
        trials=trials.count,
        beats_hold=beats(returns, daily_returns(held, initial), generator(result, "beats")),
        months=periods(case.equity["time"], equity, initial, "%Y-%m"),
        years=periods(case.equity["time"], equity, initial, "%Y"),
        by_symbol=by_column(case.trades, "symbol"),
        by_strategy=by_column(case.trades, "strategy"),
        by_style=by_column(case.trades, "style"),
        by_exit=by_column(case.trades, "exit_reason"),
        refusals=[(str(rule), int(count)) for rule, count in refused.iter_rows()],
        drawdowns=drawdowns(case.equity["time"].to_numpy(), equity, initial),
    )


def headline(summary: Summary) -> str:
    """The result in one honest sentence, made from the figures by fixed rules."""
    account, hold = summary.account, summary.hold
    if isinstance(account.sharpe, NotAvailable):
        return f"Return {account.total_return:+.1%} over {account.days} days; ratios: {account.sharpe}."
    parts = [f"Sharpe {account.sharpe:.2f}"]
    if isinstance(account.sharpe_low, float) and isinstance(account.sharpe_high, float):
        parts[0] += f" [{account.sharpe_low:.2f}, {account.sharpe_high:.2f}] (95 %)"
        parts.append(
            "not distinguishable from no edge"
            if account.sharpe_low <= 0.0 <= account.sharpe_high
            else ("better than nothing" if account.sharpe_low > 0.0 else "worse than doing nothing")
        )
    if isinstance(summary.deflated_sharpe, float):
        parts.append(
            f"after {summary.trials} trial{'s' if summary.trials != 1 else ''} on these candles a "
            f"{summary.deflated_sharpe:.0%} chance that it is above luck"
        )
    if isinstance(summary.beats_hold, float):
        parts.append(
            f"return {account.total_return:+.1%} against {hold.total_return:+.1%} for buy-and-hold "
            f"({summary.beats_hold:.0%} chance of a higher mean)"
        )
    return "; ".join(parts) + "."
