"""The default portfolio: all built-in strategies on ten pairs, with all rules and costs, on one account.

A pair has 438,000 1m candles. The pairs are the windows of W4 under made-up names: real prices in a made-up order of
events.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import numpy as np
import polars as pl

from benchmarks import workloads
from benchmarks.report import Portfolio
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.schema import SCHEMA, SourceInfo
from tradingbot.domain.state import frozen
from tradingbot.domain.timeframe import Timeframe
from tradingbot.engine.outputs import TRADES
from tradingbot.research.calendar import calendar_of
from tradingbot.research.catalogue import Catalogue
from tradingbot.research.prepare import Prepared, Reader, new_lanes, read_detail, read_events, read_market
from tradingbot.research.prepare import read_volatility as read_atr
from tradingbot.research.settings import RunSettings, StrategySpec
from tradingbot.research.simulate import inputs_of, simulate
from tradingbot.strategies.registry import discover

SYMBOLS = tuple(f"WINDOW{number}USDT" for number in range(len(workloads.WINDOWS)))

_Result = TypeVar("_Result")


def store(folder: Path) -> ParquetStore:
    """The windows as a candle store; what the windows do not hold is null."""
    kept = ParquetStore(folder)
    times = workloads.START_MS + workloads.MINUTE_MS * np.arange(workloads.BARS, dtype=np.int64)
    for symbol, window in zip(SYMBOLS, workloads.WINDOWS, strict=True):
        rows = workloads.read(workloads.market_folder(), window)
        columns: dict[str, Any] = dict.fromkeys(SCHEMA)
        columns |= {"open_time": times, **dict(zip(("open", "high", "low", "close", "volume"), rows, strict=True))}
        source = SourceInfo("import", str(window), hashlib.sha256(rows.tobytes()).hexdigest(), workloads.START_MS)
        kept.write(symbol, Timeframe.M1, pl.DataFrame(columns, schema=dict(SCHEMA)), source)
    return kept


def settings() -> RunSettings:
    """All defaults."""
    end = workloads.START_MS + workloads.BARS * workloads.MINUTE_MS
    specs = [StrategySpec(name) for name in sorted(discover(()))]
    return RunSettings(specs, SYMBOLS, workloads.START_MS, end, reference=SYMBOLS[0])


def one_pass(candles: ParquetStore, run: RunSettings) -> Portfolio:
    """Seconds of each stage of a run whose candles are on disk."""
    spent: dict[str, float] = {}

    def timed(stage: str, work: Callable[[], _Result]) -> _Result:
        start = time.perf_counter()
        result = work()
        spent[stage] = time.perf_counter() - start
        return result

    strategies = Catalogue.of().build(run.strategies)
    reader, timeframes = Reader(candles, run, {}), list(dict.fromkeys(one.timeframe for _, one in strategies))
    market, loaded = timed("1m candles", lambda: read_market(reader, Timeframe.M1))
    volatility = timed("candles of the strategies' timeframes, ATR", lambda: read_atr(reader, timeframes, market))
    events = timed("signals", lambda: read_events(reader, strategies, market))
    calendar = timed("calendar", lambda: calendar_of(candles, run, Timeframe.M1))
    lanes = frozen(new_lanes(strategies, run.symbols, run.styles))
    detail = read_detail(reader, Timeframe.M1, market)
    prepared = Prepared(
        run, Timeframe.M1, strategies, market, detail, lanes, events, volatility, calendar, loaded, reader
    )
    inputs = inputs_of(prepared, [None] * len(SYMBOLS), "central")
    done = timed("simulation", lambda: simulate(prepared, inputs))
    return Portfolio(spent, spent.pop("simulation"), len(lanes), len(events), int(done.output.used[TRADES]))


def measure(folder: Path, rounds: int) -> Portfolio:
    """Median seconds of each stage; a first pass, which compiles, does not count."""
    candles, run = store(folder), settings()
    first = one_pass(candles, run)
    passes = [one_pass(candles, run) for _ in range(rounds)]
    return replace(
        first,
        preparation={stage: median(one.preparation[stage] for one in passes) for stage in first.preparation},
        simulation=median(one.simulation for one in passes),
    )
