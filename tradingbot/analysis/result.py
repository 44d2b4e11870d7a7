"""What a finished run hands to metrics and reports: values only, each with its provenance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from tradingbot.domain.provenance import DataProvenance, ExecutionProvenance

CaseName = Literal["optimistic", "central", "pessimistic"]

CASES: tuple[CaseName, ...] = ("optimistic", "central", "pessimistic")

# One row a closed trade (also what was still open at the end, sold at the last price less costs, exit_reason "end").
TRADE_SCHEMA: Mapping[str, type[pl.DataType]] = {
    "symbol": pl.String,
    "strategy": pl.String,
    "timeframe": pl.String,
    "style": pl.String,  # scalp | day | swing
    "entry_time": pl.Int64,  # ms UTC, open of the candle in which the (first) entry filled
    "exit_time": pl.Int64,  # ms UTC, open of the candle in which the (last) exit filled
    "quantity": pl.Float64,  # base asset
    "entry_price": pl.Float64,  # average, slippage included
    "exit_price": pl.Float64,  # average, slippage included
    "notional": pl.Float64,  # quote paid at entry, without fees
    "fees": pl.Float64,  # quote, both sides
    "slippage": pl.Float64,  # quote lost against the reference prices, both sides
    "pnl": pl.Float64,  # quote, after fees and slippage
    "return_": pl.Float64,  # pnl / notional
    "stop_distance": pl.Float64,  # fraction of the entry price; NaN without a stop
    "target_distance": pl.Float64,  # fraction of the entry price; NaN without a target
    "r_multiple": pl.Float64,  # pnl / (notional x stop_distance); NaN without a stop
    "mae": pl.Float64,  # worst excursion as a fraction of the entry price, <= 0
    "mfe": pl.Float64,  # best excursion as a fraction of the entry price, >= 0
    "gap_loss": pl.Float64,  # quote lost beyond the stop price because the candle opened below it
    "recovered": pl.Boolean,  # price came back to the entry after a stop; null if not stopped
    "equity_at_entry": pl.Float64,
    "big_win": pl.Boolean,  # entered with doubled risk
    "exit_reason": pl.String,  # target stop trailing signal horizon rotation daily_loss drawdown dust end
}

# One row a UTC day, at its end.
EQUITY_SCHEMA: Mapping[str, type[pl.DataType]] = {
    "time": pl.Int64,  # ms UTC, end of the day (exclusive)
    "equity": pl.Float64,  # cash + positions at the last price
    "low": pl.Float64,  # lowest marked equity of the day, on the base clock
    "cash": pl.Float64,
    "exposure": pl.Float64,  # value of open positions
    "turnover": pl.Float64,  # quote traded since the start
    "fees": pl.Float64,  # paid since the start
    "slippage": pl.Float64,  # lost since the start
}

REFUSAL_SCHEMA: Mapping[str, type[pl.DataType]] = {
    "strategy": pl.String,
    "symbol": pl.String,
    "rule": pl.String,
    "count": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """What a run read of one symbol and timeframe."""

    symbol: str
    timeframe: str
    first: int  # ms UTC
    last: int  # ms UTC
    rows: int
    missing: int  # candles between first and last that the exchange or the store does not have
    gaps: Sequence[tuple[int, int]]  # (first missing open_time, candles missing), the largest first, at most 20
    sources: Sequence[str]  # archive, rest, import, synthetic
    sha256: str  # of the columns as read
    note: str = ""  # e.g. resampled from 1m; MATICUSDT before 2024-09-13


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """Candles of one symbol for the report's chart, coarsened to at most some hundred points."""

    symbol: str
    timeframe: str
    time: Sequence[int]
    open: Sequence[float]
    high: Sequence[float]
    low: Sequence[float]
    close: Sequence[float]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One run of the engine under one set of costs."""

    name: CaseName
    costs: Mapping[str, float | str]  # the cost assumptions of this case, as named in the configuration
    equity: pl.DataFrame  # EQUITY_SCHEMA
    trades: pl.DataFrame  # TRADE_SCHEMA
    refusals: pl.DataFrame  # REFUSAL_SCHEMA
    max_drawdown: float  # fraction, on the base clock
    events: Sequence[Mapping[str, Any]] = ()  # latches: {"time": ms, "event": "daily_loss" | "drawdown", "equity": x}
    dust: Mapping[str, float] = field(default_factory=dict)  # base asset left that cannot be sold


@dataclass(frozen=True, slots=True)
class Trials:
    """How often this dataset has been tried before, this run included."""

    count: int
    sharpe_variance: float  # of the trials' daily (not annualised) Sharpe ratios; NaN below two trials


@dataclass(frozen=True, slots=True)
class RunResult:
    """A finished run with everything needed to judge and to repeat it."""

    run_id: str
    kind: Literal["backtest", "walk-forward"]
    created: int  # ms UTC
    data: DataProvenance
    execution: ExecutionProvenance
    quote: str
    initial_equity: float
    start: int  # ms UTC, first base candle
    end: int  # ms UTC, exclusive end of the last base candle
    base: str  # the base clock
    dataset: Sequence[SeriesInfo]
    dataset_sha256: str
    config: Mapping[str, Any]  # all settings of the run, JSON-able
    config_sha256: str
    code_version: str
    code_sha256: str
    cases: Mapping[CaseName, CaseResult]
    benchmark: pl.DataFrame  # buy-and-hold of the same symbols, EQUITY_SCHEMA columns time and equity
    benchmark_note: str
    prices: Sequence[PriceSeries]
    trials: Trials
    notes: Sequence[str] = ()  # what a reader must know: missing filters, estimated quote volume, gap policy

    @property
    def central(self) -> CaseResult:
        """The case that counts."""
        return self.cases["central"]
