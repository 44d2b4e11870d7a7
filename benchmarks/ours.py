"""Our engine on the same arrays: the whole compiled decision path, with the rules that the work does not use set off.

Boolean signals become the events that the engine reads inside the timed run.
"""

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import numpy as np
from harness import Engine, Trades, Work, main, pack
from numpy.lib.recfunctions import repack_fields
from numpy.typing import NDArray

from tradingbot.domain import reasons
from tradingbot.domain.state import LANE, NEVER, Records, Style, frozen, records
from tradingbot.domain.terms import TERMS
from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS
from tradingbot.engine.book import new_book
from tradingbot.engine.inputs import EVENT, VOLATILITY_ROW, Calendar, Detail, Market, Rows, Volatility
from tradingbot.engine.intrabar import PATH_STOP_FIRST
from tradingbot.engine.outputs import TRADES, Output, new_output
from tradingbot.engine.run import Inputs, run
from tradingbot.risk.rules import RULES

KEPT = ["entry_index", "exit_index", "reason", "entry_price", "exit_price", "notional", "pnl"]


def rules(work: Work) -> Records:
    """The position cap and the number of positions; every other rule is off."""
    off = records(1, RULES)
    off.min_profit = off.min_expected_value = math.nan
    off.big_win_factor, off.trail_after = 1.0, math.inf
    off.max_position, off.max_positions = work.stake, work.max_positions
    return frozen(off)


def terms(work: Work) -> Records:
    """The fee, and nothing else between the price and the fill."""
    rows = records(len(work.close), TERMS)
    rows.maker = rows.taker = work.fee
    return frozen(rows)


def lanes(work: Work, count: int) -> Records:
    """One lane a pair, held until told otherwise; a fixed stop where the work has one."""
    rows = records(count, LANE)
    rows.symbol = np.arange(count)
    rows.style, rows.timeframe_ms, rows.max_hold_ms = Style.DAY, MINUTE_MS, NEVER // 2
    rows.min_stop = rows.max_stop = work.stop
    return rows


def market(work: Work) -> Market:
    """The candles; the engine asks of the quote volume only that there was trade."""
    columns = np.stack([work.open, work.high, work.low, work.close, work.volume])
    return Market(int(work.time[0]), MINUTE_MS, frozen(columns))


def events(work: Work, chosen: slice) -> Rows:
    """Where a lane says something, by candle, then by lane."""
    enter, leave = work.enter[chosen].ravel(), work.exit[chosen].ravel()
    place = np.flatnonzero(enter | leave)
    lane, candle = np.divmod(place, work.bars)
    if len(place) and lane[-1] > 0:
        order = np.argsort(candle, kind="stable")
        lane, candle, place = lane[order], candle[order], place[order]
    said = records(len(place), EVENT)
    said["candle"], said["lane"] = candle, lane
    said["enter"], said["exit"] = enter[place], leave[place]
    said["weight"] = said["probability"] = math.nan
    said["target"] = work.target or math.nan
    return frozen(said)


def no_volatility() -> Volatility:
    """One row without a value, for lanes whose stop does not follow the ATR."""
    rows = records(1, VOLATILITY_ROW)
    rows.timeframe = MINUTE_MS
    return Volatility(frozen(rows), frozen(np.empty(0)))


def inputs(work: Work) -> Inputs:
    """All that a run reads, but for what is said."""
    return Inputs(
        market(work),
        Detail(0, frozen(np.empty((3, 0, 0)))),
        frozen(records(0, EVENT)),
        no_volatility(),
        Calendar(frozen(np.empty((1, 0), np.bool_)), frozen(np.empty((1, 0, 0))), frozen(np.empty((1, 0)))),
        terms(work),
        rules(work),
        PATH_STOP_FIRST,
    )


def room(work: Work, entries: int) -> Output:
    """Room for the trades of so many entries."""
    return new_output(entries, work.bars * MINUTE_MS // DAY_MS + 2, len(work.close))


def simulate(work: Work, ready: Inputs, rows: slice, output: Output) -> NDArray[Any]:
    """One account over some rows of the signals; its trades, which lie in `output`."""
    pairs = len(work.close)
    output.used[:] = 0
    run(ready._replace(events=events(work, rows)), new_book(work.cash, lanes(work, pairs), pairs), output)
    return output.trades[: output.used[TRADES]]


def grid(work: Work, ready: Inputs) -> Sequence[NDArray[Any]]:
    """One account a row of the signals, on all cores; each core has one room for trades, of which columns are kept."""
    cores = os.cpu_count() or 1
    rooms: SimpleQueue[Output] = SimpleQueue()
    for _ in range(cores):
        rooms.put(room(work, int(np.count_nonzero(work.enter, axis=1).max())))

    def one(row: int) -> NDArray[Any]:
        output = rooms.get()
        kept = repack_fields(simulate(work, ready, slice(row, row + 1), output)[KEPT])
        rooms.put(output)
        return kept

    with ThreadPoolExecutor(cores) as pool:
        return list(pool.map(one, range(len(work.enter))))


def prepare(work: Work) -> Callable[[], Sequence[NDArray[Any]]]:
    """One account for all pairs, or one a combination."""
    ready = inputs(work)
    if len(work.close) == len(work.enter):
        entries = int(np.count_nonzero(work.enter))
        return lambda: [simulate(work, ready, slice(None), room(work, entries))]
    return lambda: grid(work, ready)


def trades(_: Work, results: Sequence[NDArray[Any]]) -> Trades:
    """Trades that were closed before the data ended."""
    several = len(results) > 1
    found = []
    for row, part in enumerate(results):
        done = part[part["reason"] != reasons.END]
        rows = np.full(len(done), row) if several else done["lane"]
        net = done["pnl"] / done["notional"]
        found.append(pack(rows, done["entry_index"], done["exit_index"], done["entry_price"], done["exit_price"], net))
    return np.concatenate(found)


if __name__ == "__main__":
    main({"ours": Engine(prepare, trades)})
