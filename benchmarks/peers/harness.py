"""What every engine under test shares: the work it reads, the trades it returns, the commands it obeys.

It needs NumPy alone, so that it runs in any engine's own environment. A worker is started as

    python <engine>.py <variant> <folder of the work> <bars, 0: all> <rows, 0: all>

and obeys one word a line on standard input, answering each with one line of JSON on standard output:
`memory` runs once and measures what it takes beyond its inputs, `run` runs once and times it, `trades` runs once and
writes its trades, `quit` ends. Whatever the engine prints goes to standard error.
"""

import ctypes
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

COLUMNS = ("time", "open", "high", "low", "close", "volume")
WARM_UP_BARS = 3_000

TRADE = np.dtype(
    [
        ("row", "i8"),  # of the signals: a combination or a pair
        ("entry", "i8"),  # bar in which the entry filled
        ("exit", "i8"),  # bar in which the exit filled
        ("entry_price", "f8"),
        ("exit_price", "f8"),
        ("net", "f8"),  # profit after fees as a fraction of quantity x entry price
    ]
)

Trades = NDArray[np.void]


@dataclass(frozen=True)
class Work:
    """Candles (pairs, bars), signals (rows, bars) and the terms on which they are traded."""

    name: str
    time: NDArray[np.int64]  # (bars,) ms UTC, start of the bar
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    enter: NDArray[np.bool_]
    exit: NDArray[np.bool_]
    cash: float
    fee: float  # of the value, a side
    stake: float  # of equity, a position
    stop: float  # distance from the entry price; 0: none
    target: float  # distance from the entry price; 0: none
    max_positions: int  # at once; 0: no limit

    @property
    def bars(self) -> int:
        """Candles a pair."""
        return self.close.shape[1]

    @property
    def nbytes(self) -> int:
        """Size of all input arrays."""
        return sum(v.nbytes for v in vars(self).values() if isinstance(v, np.ndarray))

    def part(self, bars: int, rows: int = 0) -> "Work":
        """The first bars and rows (0: all); a row of signals takes its candles along where they are its own."""
        bars, rows = bars or self.bars, rows or len(self.enter)
        names = (*COLUMNS[1:], "enter", "exit")
        cut = {name: np.ascontiguousarray(getattr(self, name)[:rows, :bars]) for name in names}
        return replace(self, time=self.time[:bars].copy(), **cut)


def load(folder: Path) -> Work:
    """The work stored in a folder by `save`."""
    terms = json.loads((folder / "terms.json").read_text())
    return Work(**terms, **{name: np.load(folder / f"{name}.npy") for name in (*COLUMNS, "enter", "exit")})


def save(work: Work, folder: Path) -> None:
    """Store a work: one file an array, and its terms."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {name: value for name, value in vars(work).items() if isinstance(value, np.ndarray)}
    for name, value in arrays.items():
        np.save(folder / f"{name}.npy", value)
    (folder / "terms.json").write_text(json.dumps({k: v for k, v in vars(work).items() if k not in arrays}))


def pack(
    row: Any, entry: Any, exit_: Any, entry_price: Any, exit_price: Any, net: Any
) -> Trades:  # six columns, one argument each
    """Trades from columns, sorted by row and entry."""
    trades = np.zeros(len(entry), TRADE)
    for name, column in zip(TRADE.names or (), (row, entry, exit_, entry_price, exit_price, net), strict=True):
        trades[name] = column
    return np.sort(trades, order=["row", "entry"])


@dataclass(frozen=True)
class Engine:
    """`prepare` turns the work into what the engine eats (not timed) and returns the run (timed);
    `trades` reads the closed trades out of what the run returned (not timed)."""

    prepare: Callable[[Work], Callable[[], Any]]
    trades: Callable[[Work, Any], Trades]


def serve(variants: dict[str, Engine]) -> None:
    """Obey standard input until `quit`."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    variant, folder, bars, rows = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    engine, work = variants[variant], load(folder)
    if bars or rows:
        work = work.part(bars, rows)
    engine.trades(work, engine.prepare(work.part(min(WARM_UP_BARS, work.bars)))())
    run = engine.prepare(work)
    _answer(answers, {"bars": work.bars, "rows": len(work.enter), "input_bytes": work.nbytes})
    for line in sys.stdin:
        command = line.split()
        if command[0] == "quit":
            return
        if command[0] == "run":
            _answer(answers, {"ns": _timed(run)})
        elif command[0] == "memory":
            _answer(answers, {"extra_bytes": _extra_memory(run)})
        else:
            trades = engine.trades(work, run())
            np.save(command[1], trades)
            _answer(answers, {"count": len(trades)})


def once(variants: dict[str, Engine]) -> None:
    """Load the whole work, run it once and print the number of trades: the life of a process."""
    engine, work = variants[sys.argv[1]], load(Path(sys.argv[2]))
    print(len(engine.trades(work, engine.prepare(work)())))


def main(variants: dict[str, Engine]) -> None:
    """`serve`, or `once` when no bars are given."""
    (serve if len(sys.argv) > 3 else once)(variants)


def _answer(stream: TextIO, value: dict[str, Any]) -> None:
    stream.write(json.dumps(value) + "\n")
    stream.flush()


def _timed(run: Callable[[], Any]) -> int:
    gc.collect()
    start = time.perf_counter_ns()
    result = run()
    spent = time.perf_counter_ns() - start
    del result
    return spent


def _status(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(key + ":"))


def _extra_memory(run: Callable[[], Any]) -> int | None:
    """Peak resident memory of a run beyond what was resident before it; None where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # resets the high-water mark
    before = _status("VmRSS")
    result = run()
    peak = _status("VmHWM")
    del result
    return max(peak - before, 0)
