"""All figures of one run under one case of costs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from tradingbot.analysis.bootstrap import resampled, sharpe_interval
from tradingbot.analysis.deflated import deflated_sharpe, expected_maximum, minimum_track_record
from tradingbot.analysis.drawdown import Drawdown, drawdowns
from tradingbot.analysis.result import CaseResult, RunResult, Trials
from tradingbot.analysis.returns import annual_return, annual_volatility, daily_returns, total_return
from tradingbot.analysis.sharpe import annualised, sharpe, sortino
from tradingbot.analysis.trades import (
    Figure,
    NotAvailable,
    OpenTrade,
    StopFigures,
    TradeFigures,
    by_column,
    open_at_end,
    stop_figures,
    trade_figures,
)
from tradingbot.analysis.words import chance, day
from tradingbot.domain.candles import FloatColumn
from tradingbot.domain.reasons import DRAWDOWN, REASON_NAMES

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
    max_drawdown: float  # of the account on the base clock, of buy-and-hold at day ends
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
    open_at_end: Sequence[OpenTrade]
    halts: Sequence[int]  # ms UTC, when the drawdown limit halted trading
    exposure: float  # mean share of equity in positions at day ends
    turnover: float  # quote traded / initial equity
    fees: float
    slippage: float
    deflated_sharpe: Figure  # probability that the Sharpe ratio is above luck
    luck_sharpe: Figure  # annualised Sharpe ratio that the best of as many worthless trials would show
    trials: int
    needed_days: Figure  # days of such returns until deflated_sharpe reaches 95 %
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
    """Of daily equity; `deepest` is its largest fall, on the finest clock there is."""
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
        calmar=ratio(_calmar(growth, deepest), NotAvailable("no drawdown")),
        max_drawdown=deepest,
        max_drawdown_amount=float((peak - equity).max()),
    )


def _calmar(growth: Figure, deepest: float) -> float:
    return growth / deepest if isinstance(growth, float) and deepest > 0.0 else math.nan


def generator(result: RunResult, purpose: str) -> np.random.Generator:
    """Randomness that belongs to a run: the same run always draws the same."""
    seed = int(result.config_sha256[:8], 16) ^ int(result.dataset_sha256[:8], 16)
    return np.random.default_rng([seed, *purpose.encode()])


def beats(returns: FloatColumn, hold: FloatColumn, random: np.random.Generator) -> Figure:
    """Share of block resamples of the daily differences whose mean is above 0; one that is 0 counts half."""
    if len(returns) < LEAST_DAYS:
        return NotAvailable(f"{len(returns)} days")
    means = resampled(returns - hold, random).mean(axis=1)
    return float(((means > 0.0) + 0.5 * (means == 0.0)).mean())


def periods(time: pl.Series, equity: FloatColumn, initial: float, form: str) -> list[tuple[str, float]]:
    """Return of each calendar period (UTC) named by `form`."""
    names = (time - 1).cast(pl.Datetime("ms")).dt.strftime(form).to_list()
    ends = [k for k in range(len(names)) if k == len(names) - 1 or names[k] != names[k + 1]]
    before = [initial, *(float(equity[k]) for k in ends[:-1])]
    return [(names[k], float(equity[k]) / start - 1.0) for k, start in zip(ends, before, strict=True)]


@dataclass(frozen=True, slots=True)
class LuckFigures:
    """What the number of trials leaves of a Sharpe ratio; the fields are those of Summary."""

    deflated_sharpe: Figure
    luck_sharpe: Figure
    needed_days: Figure


def luck_figures(returns: FloatColumn, trials: Trials) -> LuckFigures:
    """Of daily returns; every figure says why it is missing."""
    if len(returns) < LEAST_DAYS:
        short = NotAvailable(f"{len(returns)} days")
        return LuckFigures(short, short, short)
    luck = expected_maximum(trials.count, trials.sharpe_variance)
    if math.isnan(luck):
        unknown = NotAvailable(f"the {trials.count} trials have no known spread")
        return LuckFigures(unknown, unknown, unknown)
    likely = deflated_sharpe(returns, trials.count, trials.sharpe_variance)
    if math.isnan(likely):
        flat = NotAvailable("equity did not move")
        return LuckFigures(flat, annualised(luck), flat)
    days = minimum_track_record(returns, luck)
    needed = days if math.isfinite(days) else NotAvailable("not above luck")
    return LuckFigures(likely, annualised(luck), needed)


def summarise(case: CaseResult, result: RunResult) -> Summary:
    """All figures of a case; intervals are drawn with a seed that belongs to the run."""
    initial = result.initial_equity
    equity = case.equity["equity"].to_numpy()
    held = result.benchmark["equity"].to_numpy()
    returns = daily_returns(equity, initial)
    fall = 1.0 - float((held / np.maximum.accumulate(np.maximum(held, initial))).min())
    luck = luck_figures(returns, result.trials)
    refused = case.refusals.group_by("rule").agg(pl.col("count").sum()).sort("count", "rule", descending=[True, False])
    return Summary(
        case=case.name,
        account=equity_figures(equity, initial, case.max_drawdown, generator(result, case.name)),
        hold=equity_figures(held, initial, fall, generator(result, "hold")),
        trades=trade_figures("all", case.trades),
        stops=stop_figures(case.trades),
        big_wins=trade_figures("big win", case.trades.filter(pl.col("big_win"))),
        open_at_end=open_at_end(case.trades),
        halts=[int(one["time"]) for one in case.events if one["event"] == REASON_NAMES[DRAWDOWN]],
        exposure=float((case.equity["exposure"] / case.equity["equity"]).to_numpy().mean()),
        turnover=float(case.equity["turnover"][-1]) / initial,
        fees=float(case.equity["fees"][-1]),
        slippage=float(case.equity["slippage"][-1]),
        deflated_sharpe=luck.deflated_sharpe,
        luck_sharpe=luck.luck_sharpe,
        trials=result.trials.count,
        needed_days=luck.needed_days,
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


def headline(central: Summary, cases: Sequence[Summary] = ()) -> str:
    """The result in one honest sentence, made from the figures by fixed rules; `cases` are those of all costs.

    An interval that holds 0 is "not distinguishable from no edge"; a chance of a higher mean than buy-and-hold
    between 2.5 % and 97.5 % is "not distinguishable from buy-and-hold".
    """
    account = central.account
    if isinstance(account.sharpe, NotAvailable):
        parts = [
            f"Return {account.total_return:+.1%}{_span(cases)} over {account.days} days",
            f"ratios: {account.sharpe}",
        ]
    else:
        parts = [*_edge(central), *_against_luck(central), *_against_hold(central, cases)]
    return "; ".join([*parts, *_halted(central.halts)]) + "."


def _halted(halts: Sequence[int]) -> list[str]:
    if not halts:
        return []
    if len(halts) == 1:
        return [f"trading halted by the drawdown limit on {day(halts[0])}"]
    return [f"trading halted {len(halts)} times by the drawdown limit, first on {day(halts[0])}"]


def _edge(central: Summary) -> list[str]:
    ratio, low, high = central.account.sharpe, central.account.sharpe_low, central.account.sharpe_high
    if isinstance(low, NotAvailable) or isinstance(high, NotAvailable):
        return [f"Sharpe {ratio:.2f}"]
    verdict = "better than doing nothing" if low > 0.0 else "worse than doing nothing"
    shown = f"Sharpe {ratio:.2f} [{low:.2f}, {high:.2f}] (95 %)"
    return [shown, "not distinguishable from no edge" if low <= 0.0 <= high else verdict]


def _against_luck(central: Summary) -> list[str]:
    plural = "" if central.trials == 1 else "s"
    after = f"after {central.trials} trial{plural} on these candles"
    if isinstance(central.deflated_sharpe, NotAvailable):
        return [f"{after} the chance that it is above luck is {central.deflated_sharpe}"]
    return [f"{after} a {chance(central.deflated_sharpe)} chance that it is above luck"]


def _against_hold(central: Summary, cases: Sequence[Summary]) -> list[str]:
    own, hold, higher = central.account.total_return, central.hold.total_return, central.beats_hold
    said = [f"return {own:+.1%}{_span(cases)} against {hold:+.1%} for buy-and-hold"]
    if isinstance(higher, NotAvailable):
        return said
    verdict = "above" if higher > 0.5 else "below"
    unclear = 0.025 <= higher <= 0.975
    return [
        *said,
        f"{'not distinguishable from' if unclear else verdict} buy-and-hold ({chance(higher)} chance of a higher mean)",
    ]


def _span(cases: Sequence[Summary]) -> str:
    if not cases:
        return ""
    returns = [one.account.total_return for one in cases]
    return f" (by costs {min(returns):+.1%} to {max(returns):+.1%})"
