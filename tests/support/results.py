"""Run results without an engine: trades drawn at random on given daily closes, and all their money accounted for.

Generated closes make a result labelled synthetic; recorded closes make one labelled replay. Positions are bought and
sold at closes, so every figure can be recomputed from the closes and the trades alone.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from tradingbot.analysis.result import (
    CASES,
    EQUITY_SCHEMA,
    REFUSAL_SCHEMA,
    TRADE_SCHEMA,
    CaseName,
    CaseResult,
    PriceSeries,
    RunResult,
    SeriesInfo,
    Trials,
)
from tradingbot.domain.candles import FloatColumn
from tradingbot.domain.provenance import DataProvenance
from tradingbot.domain.timeframe import DAY_MS

FIRST = 1_672_531_200_000  # 2023-01-01 00:00 UTC
INITIAL = 10_000.0
STAKE = 1_000.0  # quote paid at an entry
FEE = 0.001
STOP = 0.05
SLIPPAGE: Mapping[CaseName, float] = {"optimistic": 0.0, "central": 0.0002, "pessimistic": 0.001}


@dataclass(frozen=True, slots=True)
class Held:
    """A position from the close of one day to that of a later one."""

    symbol: str
    entry: int
    exit: int
    reason: str


def generated_closes(random: np.random.Generator, days: int, symbols: Sequence[str]) -> Mapping[str, FloatColumn]:
    """Daily random walks with fat tails; no market."""
    return {one: 100.0 * np.exp(np.cumsum(0.03 * random.standard_t(4, days))) for one in symbols}


def synthetic_result(seed: int = 1, days: int = 400, trials: Trials | None = None) -> RunResult:
    """A run on generated closes, labelled synthetic."""
    random = np.random.default_rng(seed)
    closes = generated_closes(random, days, ("BTCUSDT", "ETHUSDT", "SOLUSDT"))
    return result_on(closes, random, "synthetic", trials or Trials(12, 0.002))


def result_on(
    closes: Mapping[str, FloatColumn], random: np.random.Generator, data: DataProvenance, trials: Trials
) -> RunResult:
    """A run of random trades on these closes (one row a day from FIRST on)."""
    held = drawn_positions(closes, random)
    days = len(next(iter(closes.values())))
    times = FIRST + DAY_MS * np.arange(1, days + 1)
    parts = [INITIAL / len(closes) * close / close[0] for close in closes.values()]
    number = int(random.integers(2**60))
    digests = [hashlib.sha256(f"{what} {number}".encode()).hexdigest() for what in ("dataset", "config", "code")]
    return RunResult(
        run_id=f"bt-{digests[1][:10]}",
        kind="backtest",
        created=int(times[-1]),
        data=data,
        execution="backtest",
        quote="USDT",
        initial_equity=INITIAL,
        start=FIRST,
        end=int(times[-1]),
        base="1d",
        dataset=[_series(symbol, days, data) for symbol in closes],
        dataset_sha256=digests[0],
        config={"strategies": [{"name": "drawn", "parameters": {}}], "symbols": list(closes)},
        config_sha256=digests[1],
        code_version="0",
        code_sha256=digests[2],
        cases={name: _case(name, closes, held, times) for name in CASES},
        benchmark=pl.DataFrame({"time": times, "equity": np.sum(parts, axis=0)}),
        benchmark_note="equal parts, bought at the first close, never sold",
        prices=[_prices(symbol, close) for symbol, close in closes.items()],
        trials=trials,
        notes=["Trades were drawn at random: a test, not a strategy."],
    )


def drawn_positions(closes: Mapping[str, FloatColumn], random: np.random.Generator) -> Sequence[Held]:
    """Positions of one to fourteen days with pauses between; the last of a symbol may end with the closes."""
    held = []
    for symbol, close in closes.items():
        day = int(random.integers(1, 15))
        while day < len(close) - 1:
            out = min(day + int(random.integers(1, 15)), len(close) - 1)
            lost = close[out] / close[day] < 1.0 - STOP
            reason = "end" if out == len(close) - 1 else ("stop" if lost else "signal")
            held.append(Held(symbol, day, out, reason))
            day = out + int(random.integers(1, 15))
    return sorted(held, key=lambda one: (one.exit, one.symbol))


def _case(
    name: CaseName, closes: Mapping[str, FloatColumn], held: Sequence[Held], times: np.ndarray[Any, Any]
) -> CaseResult:
    trades = pl.DataFrame([_trade(one, closes[one.symbol], SLIPPAGE[name]) for one in held], schema=dict(TRADE_SCHEMA))
    equity = _equity(held, trades, closes, times)
    values = np.concatenate([[INITIAL], equity["equity"].to_numpy()])
    return CaseResult(
        name,
        {"taker": FEE, "slippage_bps": SLIPPAGE[name] * 1e4},
        equity,
        trades,
        pl.DataFrame([("drawn", "BTCUSDT", "cool-down", 3)], schema=dict(REFUSAL_SCHEMA), orient="row"),
        float((1.0 - values / np.maximum.accumulate(values)).max()),
        [{"time": int(times[0]), "event": "daily_loss", "equity": INITIAL}],
    )


def _trade(one: Held, close: FloatColumn, slippage: float) -> Mapping[str, Any]:
    price_in, price_out = close[one.entry] * (1.0 + slippage), close[one.exit] * (1.0 - slippage)
    quantity = STAKE / price_in
    fees = FEE * (STAKE + quantity * price_out)
    pnl = quantity * (price_out - price_in) - fees
    between = close[one.entry : one.exit + 1] / price_in - 1.0
    stopped = one.reason == "stop"
    return {
        "symbol": one.symbol,
        "strategy": "drawn",
        "timeframe": "1d",
        "style": "swing",
        "entry_time": FIRST + DAY_MS * one.entry,
        "exit_time": FIRST + DAY_MS * one.exit,
        "quantity": quantity,
        "entry_price": price_in,
        "exit_price": price_out,
        "notional": STAKE,
        "fees": fees,
        "slippage": quantity * slippage * (close[one.entry] + close[one.exit]),
        "pnl": pnl,
        "return_": pnl / STAKE,
        "stop_distance": STOP,
        "target_distance": np.nan,
        "r_multiple": pnl / (STAKE * STOP),
        "mae": min(0.0, float(between.min())),
        "mfe": max(0.0, float(between.max())),
        "gap_loss": max(0.0, quantity * (price_in * (1.0 - STOP) - close[one.exit])) if stopped else 0.0,
        "recovered": bool((close[one.exit :] >= price_in).any()) if stopped else None,
        "equity_at_entry": INITIAL,
        "big_win": False,
        "exit_reason": one.reason,
    }


def _equity(
    held: Sequence[Held], trades: pl.DataFrame, closes: Mapping[str, FloatColumn], times: np.ndarray[Any, Any]
) -> pl.DataFrame:
    """Cash and marked positions at each day end; what is bought and sold, day by day."""
    cash, exposure = np.full(len(times), INITIAL), np.zeros(len(times))
    turnover, fees, slippage = (np.zeros(len(times)) for _ in range(3))
    for one, trade in zip(held, trades.iter_rows(named=True), strict=True):
        sold = trade["quantity"] * trade["exit_price"]
        cash[one.entry :] -= STAKE * (1.0 + FEE)
        cash[one.exit :] += sold * (1.0 - FEE)
        exposure[one.entry : one.exit] += trade["quantity"] * closes[one.symbol][one.entry : one.exit]
        for day, value in ((one.entry, STAKE), (one.exit, sold)):
            turnover[day:] += value
            fees[day:] += value * FEE
        slippage[one.exit :] += trade["slippage"]
    equity = cash + exposure
    columns = (times, equity, equity, cash, exposure, turnover, fees, slippage)
    return pl.DataFrame(dict(zip(EQUITY_SCHEMA, columns, strict=True)), schema=dict(EQUITY_SCHEMA))


def _series(symbol: str, days: int, data: DataProvenance) -> SeriesInfo:
    source = "synthetic" if data == "synthetic" else "archive"
    return SeriesInfo(symbol, "1d", FIRST, FIRST + DAY_MS * (days - 1), days, 0, (), (source,), "0" * 64)


def _prices(symbol: str, close: FloatColumn) -> PriceSeries:
    times = (FIRST + DAY_MS * np.arange(len(close))).tolist()
    values = close.tolist()
    return PriceSeries(symbol, "1d", times, values, values, values, values)
