"""The core's records become tables."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from tradingbot.analysis.result import EQUITY_SCHEMA, REFUSAL_SCHEMA, TRADE_SCHEMA, CaseName, CaseResult
from tradingbot.domain import reasons
from tradingbot.domain.candles import BoolColumn
from tradingbot.domain.reasons import REASON_NAMES
from tradingbot.domain.state import NEVER, STYLE_NAMES, Records
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.engine.inputs import HIGH
from tradingbot.engine.outputs import DAYS, LATCHES, TRADES
from tradingbot.research.prepare import Prepared
from tradingbot.research.simulate import Simulated
from tradingbot.risk.refusals import REFUSAL_NAMES

RECOVERY_MS = 30 * DAY_MS
"""Horizon of lanes that hold without limit, when asking whether a stopped price came back."""


def case_result(prepared: Prepared, simulated: Simulated, name: CaseName) -> CaseResult:
    """Everything a report needs of one pass of the core."""
    output, book = simulated.output, simulated.book
    trades = _used(output.trades, output.used[TRADES])
    latches = _used(output.latches, output.used[LATCHES])
    symbols = prepared.settings.symbols
    return CaseResult(
        name,
        _costs(simulated),
        _equity(_used(output.days, output.used[DAYS])),
        _trades(prepared, trades),
        _refusals(prepared, output.refusals),
        float(book.account[0].max_drawdown),
        [{"time": int(x.time), "event": REASON_NAMES[x.reason], "equity": float(x.equity)} for x in latches],
        {symbol: float(row.dust) for symbol, row in zip(symbols, book.symbols, strict=True) if row.dust > 0.0},
    )


def _used(rows: Records, count: int) -> Records:
    return rows[:count].view(np.recarray)


def lane_strategy(prepared: Prepared, lane: int) -> str:
    """The name of the strategy of a lane."""
    return prepared.strategies[lane // len(prepared.settings.symbols)][0]


def _costs(simulated: Simulated) -> Mapping[str, float | str]:
    terms = simulated.inputs.terms[0]
    paths = ("stop first", "finer candles decide, else stop first", "finer candles decide, else target first")
    return {
        "maker": float(terms.maker),
        "taker": float(terms.taker),
        "spread_bps": float(terms.half_spread) * 2e4,
        "slippage_bps": float(terms.slippage) * 1e4,
        "impact": float(terms.impact),
        "max_participation": float(terms.max_participation),
        "path": paths[simulated.inputs.path],
    }


def _equity(days: Records) -> pl.DataFrame:
    return pl.DataFrame({name: np.asarray(days[name]) for name in EQUITY_SCHEMA}, schema=dict(EQUITY_SCHEMA))


def _trades(prepared: Prepared, trades: Records) -> pl.DataFrame:
    lanes = prepared.lanes[trades.lane]
    market = prepared.market
    names = [lane_strategy(prepared, int(lane)) for lane in trades.lane]
    strategies = dict(prepared.strategies)
    stopped = np.isin(trades.reason, (reasons.STOP, reasons.TRAILING))
    risked = trades.notional * trades.stop_distance
    columns: Mapping[str, Any] = {
        "symbol": [prepared.settings.symbols[row] for row in lanes.symbol],
        "strategy": names,
        "timeframe": [str(strategies[name].timeframe) for name in names],
        "style": [STYLE_NAMES[row] for row in lanes.style],
        "entry_time": market.start + trades.entry_index * market.step,
        "exit_time": market.start + trades.exit_index * market.step,
        **{name: np.asarray(trades[name]) for name in ("quantity", "entry_price", "exit_price", "notional", "fees")},
        **{name: np.asarray(trades[name]) for name in ("slippage", "pnl", "stop_distance", "target_distance")},
        **{name: np.asarray(trades[name]) for name in ("mae", "mfe", "gap_loss", "equity_at_entry", "big_win")},
        "return_": trades.pnl / trades.notional,
        "r_multiple": trades.pnl / risked,
        "recovered": [bool(x) if s else None for x, s in zip(_recovered(prepared, trades), stopped, strict=True)],
        "exit_reason": [REASON_NAMES[row] for row in trades.reason],
    }
    return pl.DataFrame({name: columns[name] for name in TRADE_SCHEMA}, schema=dict(TRADE_SCHEMA))


def _recovered(prepared: Prepared, trades: Records) -> BoolColumn:
    """Whether the high came back to the entry price within the lane's horizon after the exit."""
    market = prepared.market
    result = np.zeros(len(trades), bool)
    for number, trade in enumerate(trades):
        lane = prepared.lanes[trade.lane]
        horizon = lane.max_hold_ms if lane.max_hold_ms < NEVER else RECOVERY_MS
        after = slice(trade.exit_index + 1, trade.exit_index + 1 + horizon // market.step)
        highs = market.candles[HIGH, lane.symbol, after]
        result[number] = bool((highs >= trade.entry_price).any())
    return result


def _refusals(prepared: Prepared, counts: np.ndarray) -> pl.DataFrame:
    rows: Sequence[Mapping[str, Any]] = [
        {
            "strategy": lane_strategy(prepared, int(lane)),
            "symbol": prepared.settings.symbols[int(lane) % len(prepared.settings.symbols)],
            "rule": REFUSAL_NAMES[int(rule)],
            "count": int(counts[lane, rule]),
        }
        for lane, rule in zip(*np.nonzero(counts), strict=True)
    ]
    return pl.DataFrame(rows, schema=dict(REFUSAL_SCHEMA))
