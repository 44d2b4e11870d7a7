"""vectorbt: `Portfolio.from_signals` on its Numba or its Rust engine, and the simulation function beneath it.

Signals are moved one bar on (not timed), because vectorbt fills an order in the bar of its signal.
Stakes are fractions of free cash, fees included; a trade's profit as a fraction of its value does not depend on that.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import vectorbt as vbt
from harness import Engine, Trades, Work, main, pack
from numba import njit
from numpy.typing import NDArray
from vectorbt.portfolio import dispatch, nb
from vectorbt.portfolio.enums import (
    ConflictMode,
    Direction,
    SizeType,
    StopEntryPrice,
    StopExitPrice,
    TradeStatus,
)
from vectorbt.records.nb import col_map_nb


def columns(array: NDArray[Any]) -> NDArray[Any]:
    """(rows, bars) as vectorbt's (bars, columns)."""
    return np.ascontiguousarray(array.T)


def next_bar(signals: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Signals in the bar in which their order fills."""
    shifted = np.zeros_like(signals)
    shifted[:, 1:] = signals[:, :-1]
    return columns(shifted)


def stop_settings(work: Work) -> dict[str, Any]:
    """Stop and target around the fill price, as simulation arguments; empty without them."""
    if not work.stop:
        return {}
    return {
        "open": columns(work.open),
        "high": columns(work.high),
        "low": columns(work.low),
        "sl_stop": np.asarray(work.stop),
        "tp_stop": np.asarray(work.target),
        "stop_entry_price": np.asarray(StopEntryPrice.FillPrice),
        "stop_exit_price": np.asarray(StopExitPrice.StopMarket),
    }


def settings(work: Work) -> dict[str, Any]:
    """Arguments that both levels take."""
    return {
        "size": np.asarray(work.stake * (1.0 + work.fee)),
        "size_type": np.asarray(SizeType.Percent),
        "price": columns(work.open),
        "fees": np.asarray(work.fee),
        "upon_long_conflict": np.asarray(ConflictMode.Exit),
        **stop_settings(work),
    }


@njit
def limited_signals_nb(c, enter, exit_, limit, held, seen, counter):
    """Entries only while fewer than `limit` positions are open or entered, counted at the close before the bar.

    A stopped column is not asked in the bar of its stop: a position not `seen` in the bar before is gone.
    `counter` holds the bar it was made for and the positions counted in it.
    """
    if counter[0] != c.i:
        counter[0] = c.i
        counter[1] = 0
        for k in range(len(held)):
            if held[k] and seen[k] == c.i - 1:
                counter[1] += 1
    seen[c.col] = c.i
    held[c.col] = c.position_now > 0
    if exit_[c.i, c.col]:
        held[c.col] = False
        return False, True, False, False
    if enter[c.i, c.col] and not held[c.col] and counter[1] < limit:
        counter[1] += 1
        held[c.col] = True
        return True, False, False, False
    return False, False, False, False


def from_signals(engine: str) -> Callable[[Work], Callable[[], Any]]:
    """The public function with that engine."""

    def prepare(work: Work) -> Callable[[], Any]:
        close, options = columns(work.close), settings(work)
        enter, leave = next_bar(work.enter), next_bar(work.exit)
        if work.max_positions:
            return limited(work, enter, leave, close, options)
        if close.shape[1] != enter.shape[1]:
            close = np.ascontiguousarray(np.broadcast_to(close, enter.shape))
        return lambda: vbt.Portfolio.from_signals(
            close, entries=enter, exits=leave, direction="longonly", init_cash=work.cash, engine=engine, **options
        )

    return prepare


def limited(work: Work, enter: Any, leave: Any, close: Any, options: dict[str, Any]) -> Callable[[], Any]:
    """A shared account with a limit on positions: the signals pass through a function of ours."""
    pairs = enter.shape[1]

    def run() -> Any:
        memory = (np.zeros(pairs, np.bool_), np.full(pairs, -1), np.full(2, -1))
        return vbt.Portfolio.from_signals(
            close,
            signal_func_nb=limited_signals_nb,
            signal_args=(enter, leave, work.max_positions, *memory),
            init_cash=work.cash,
            cash_sharing=True,
            group_by=True,
            **options,
        )

    return run


def beneath(work: Work) -> Callable[[], Any]:
    """The simulation function on bare arrays, in Rust, with no pandas around it and room for a tenth of the orders."""
    enter, leave = next_bar(work.enter), next_bar(work.exit)
    shape = enter.shape
    lengths, cash = np.ones(shape[1], np.int64), np.full(shape[1], work.cash)
    sequence = nb.build_call_seq(shape, lengths)
    options = settings(work) | {"close": columns(work.close), "use_stops": bool(work.stop)}
    room = shape[0] * shape[1] // 10 + 10
    return lambda: dispatch.simulate_from_signals(
        shape,
        lengths,
        cash,
        sequence,
        entries=enter,
        exits=leave,
        direction=np.asarray(Direction.LongOnly),
        max_orders=room,
        engine="rust",
        **options,
    )


def closed(records: Any) -> Trades:
    """vectorbt's trade records as ours."""
    done = records[records["status"] == TradeStatus.Closed]
    net = done["pnl"] / (done["size"] * done["entry_price"])
    return pack(done["col"], done["entry_idx"], done["exit_idx"], done["entry_price"], done["exit_price"], net)


def trades_beneath(work: Work, result: Any) -> Trades:
    """The same from bare order records."""
    orders, count = result[0], len(work.enter)
    close = np.ascontiguousarray(np.broadcast_to(columns(work.close), (work.bars, count)))
    return closed(nb.get_exit_trades_nb(orders, close, col_map_nb(orders["col"], count)))


def trades(_: Work, portfolio: Any) -> Trades:
    """The portfolio's closed trades."""
    return closed(portfolio.exit_trades.values)


if __name__ == "__main__":
    main(
        {
            "numba": Engine(from_signals("numba"), trades),
            "rust": Engine(from_signals("rust"), trades),
            "beneath": Engine(beneath, trades_beneath),
        }
    )
