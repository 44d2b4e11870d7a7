"""The bare loop: what the work costs at the least, in Numba, with no rules and no features around it.

It keeps cash, marks equity at every close and follows its drawdown, as any honest simulation must.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from harness import TRADE, Engine, Trades, Work, main
from numba import njit, prange
from numpy.typing import NDArray


@njit(cache=True, nogil=True, error_model="numpy")
def signals_only(open_, close, enter, exit_, terms, out):
    """One pair without stops; returns trades, final equity and maximum drawdown."""
    cash, fee, stake = terms
    held, price, peak, fall, count = 0.0, 0.0, cash, 0.0, 0
    wanted = 0.0  # value to be bought at the next open; -1: sell
    for i in range(len(close)):
        if wanted > 0.0:
            price = open_[i]
            held = wanted / price
            cash -= wanted * (1.0 + fee)
            out[count].entry = i
            wanted = 0.0
        elif wanted < 0.0:
            cash += held * open_[i] * (1.0 - fee)
            out[count].exit = i
            out[count].entry_price = price
            out[count].exit_price = open_[i]
            out[count].net = open_[i] / price * (1.0 - fee) - 1.0 - fee
            held, wanted, count = 0.0, 0.0, count + 1
        equity = cash + held * close[i]
        if equity > peak:
            peak = equity
        elif equity < (1.0 - fall) * peak:
            fall = 1.0 - equity / peak
        if held > 0.0:
            if exit_[i]:
                wanted = -1.0
        elif enter[i] and not exit_[i]:
            wanted = stake * equity
    return count, equity, fall


@njit(cache=True, nogil=True, error_model="numpy", parallel=True)
def grid(open_, close, enter, exit_, terms, out):
    """Many rows of signals on one pair, on all cores."""
    counts = np.zeros(len(enter), np.int64)
    for row in prange(len(enter)):
        counts[row] = signals_only(open_, close, enter[row], exit_[row], terms, out[row])[0]
    return counts


@njit(cache=True, nogil=True, error_model="numpy")
def sale(bar, price, stop_at, target_at):
    """Where a guarded position bought at `price` is sold in a bar; 0: it is not. The stop comes first."""
    open_, high, low = bar
    stop, target = price * (1.0 - stop_at), price * (1.0 + target_at)
    if low <= stop:
        return min(open_, stop)
    if high > target:
        return max(open_, target)
    return 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def wish(i, enter, exit_, held, wanted, terms):
    """Mark what is to be bought or sold at the next open; the first pairs come first while there is room."""
    room, value = terms
    for k in range(len(held)):
        if held[k] > 0.0:
            if exit_[k, i]:
                wanted[k] = -1.0
        elif enter[k, i] and not exit_[k, i] and room > 0:
            wanted[k] = value
            room -= 1


@njit(cache=True, nogil=True, error_model="numpy")
def with_stops(open_, high, low, close, enter, exit_, terms, stops, out):
    """Pairs on one account, each with a stop and a target; at most `limit` positions."""
    cash, fee, stake = terms
    stop_at, target_at, limit = stops
    pairs, bars = close.shape
    held, price, wanted = np.zeros(pairs), np.zeros(pairs), np.zeros(pairs)
    entered = np.zeros(pairs, np.int64)
    peak, fall, count = cash, 0.0, 0
    for i in range(bars):
        equity, positions = 0.0, 0
        for k in range(pairs):
            sold = 0.0
            if wanted[k] > 0.0:
                price[k], entered[k] = open_[k, i], i
                held[k] = wanted[k] / price[k]
                cash -= wanted[k] * (1.0 + fee)
            elif wanted[k] < 0.0:
                sold = open_[k, i]
            wanted[k] = 0.0
            if held[k] > 0.0:
                if sold == 0.0:
                    sold = sale((open_[k, i], high[k, i], low[k, i]), price[k], stop_at, target_at)
                if sold > 0.0:
                    cash += held[k] * sold * (1.0 - fee)
                    held[k] = 0.0
                    out[count].row, out[count].entry, out[count].exit = k, entered[k], i
                    out[count].entry_price, out[count].exit_price = price[k], sold
                    out[count].net = sold / price[k] * (1.0 - fee) - 1.0 - fee
                    count += 1
                else:
                    positions += 1
                    equity += held[k] * close[k, i]
        equity += cash
        peak = max(peak, equity)
        if equity < (1.0 - fall) * peak:
            fall = 1.0 - equity / peak
        wish(i, enter, exit_, held, wanted, (limit - positions, stake * equity))
    return count, equity, fall


def room(work: Work) -> NDArray[Any]:
    """Space for as many trades as the row with most signals can make."""
    most = int(np.minimum(work.enter.sum(axis=1), work.exit.sum(axis=1) if not work.stop else work.bars).max()) + 1
    return np.zeros((len(work.enter), most), TRADE)


def prepare(work: Work) -> Callable[[], Any]:
    """The loop that the work needs."""
    terms = (work.cash, work.fee, work.stake)
    if work.stop:
        stops = (work.stop, work.target, work.max_positions or len(work.close))

        def run() -> Any:
            out = room(work).reshape(-1)
            count = with_stops(work.open, work.high, work.low, work.close, work.enter, work.exit, terms, stops, out)[0]
            return out[:count]

        return run
    open_, close = work.open[0], work.close[0]

    def run_rows() -> Any:
        out = room(work)
        if len(out) == 1:
            return out[0, : signals_only(open_, close, work.enter[0], work.exit[0], terms, out[0])[0]]
        return [rows[:n] for rows, n in zip(out, grid(open_, close, work.enter, work.exit, terms, out), strict=True)]

    return run_rows


def trades(_: Work, result: Any) -> Trades:
    """The trades as they were written, numbered by row."""
    if not isinstance(result, list):
        return np.sort(result, order=["row", "entry"])
    for row, part in enumerate(result):
        part["row"] = row
    return np.concatenate(result)


if __name__ == "__main__":
    main({"bare": Engine(prepare, trades)})
