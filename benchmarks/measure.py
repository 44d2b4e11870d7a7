"""The measurements: engines in turn, several rounds, medians."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.agreement import share
from benchmarks.contenders import BARE, OURS, Contender
from benchmarks.peers.harness import Trades
from benchmarks.worker import EngineFailed, Worker, whole_process_s


@dataclass
class Measurement:
    """One engine on one work."""

    who: Contender
    bars: int
    rows: int
    times_ns: list[int] = field(default_factory=list)
    memory: float | None = None  # inputs and peak beyond them, as a multiple of the inputs
    trades: Trades | None = None
    agreement: float | None = None  # with the reference, a share
    problem: str = ""

    @property
    def ns(self) -> float:
        """Median time for a bar of one row."""
        return median(self.times_ns) / (self.bars * self.rows)

    @property
    def spread(self) -> float:
        """Slowest round over the fastest."""
        return max(self.times_ns) / min(self.times_ns)


def say(text: str) -> None:
    """Progress, beside the results."""
    print(text, file=sys.stderr, flush=True)


def compete(folder: Path, engines: Sequence[Contender], rounds: int, limit: int) -> list[Measurement]:
    """All engines on one work, each round one run of every engine; trades are held against ours or the bare loop's.

    `limit` cuts the work for everybody (0: not at all).
    """
    results: list[Measurement] = []
    with ExitStack() as stack:
        running: list[tuple[Worker, Measurement]] = []
        for who in engines:
            started = _start(folder, who, limit)
            results.append(started[1])
            if started[0] is not None:
                stack.callback(started[0].close)
                running.append((started[0], started[1]))
        for number in range(rounds):
            say(f"{folder.name}: round {number + 1} of {rounds}, {len(running)} engines")
            for worker, result in running:
                _round(worker, result)
        for worker, result in running:
            if not result.problem:
                result.trades = worker.trades()
    _compare(results)
    return results


def _start(folder: Path, who: Contender, limit: int) -> tuple[Worker | None, Measurement]:
    bars = min(who.bars or limit, limit or who.bars)
    say(f"{folder.name}: {who.label} warms up")
    try:
        worker = Worker(who, folder, bars)
        info, extra = worker.info, worker.ask("memory")["extra_bytes"]
    except EngineFailed as error:
        return None, Measurement(who, 0, 0, problem=str(error))
    memory = None if extra is None else 1.0 + extra / info["input_bytes"]
    return worker, Measurement(who, info["bars"], info["rows"], memory=memory)


def _round(worker: Worker, result: Measurement) -> None:
    if result.problem:
        return
    try:
        result.times_ns.append(worker.run_ns())
    except EngineFailed as error:
        result.problem = str(error)


def _compare(results: Sequence[Measurement]) -> None:
    order = (OURS, BARE)
    found = [r for who in order for r in results if r.who == who and r.trades is not None]
    for result in results:
        if found and result.trades is not None and found[0].trades is not None:
            result.agreement = share(result.trades, found[0].trades, result.bars)


def scaling(folder: Path, who: Contender, sizes: Sequence[tuple[int, int]], rounds: int) -> list[float]:
    """Median milliseconds of an engine on the first (bars, rows) of a work."""
    spent = []
    for bars, rows in sizes:
        worker = Worker(who, folder, bars, rows)
        try:
            worker.run_ns()
            spent.append(median(worker.run_ns() for _ in range(rounds)) / 1e6)
        finally:
            worker.close()
    return spent


def process_seconds(folder: Path, who: Contender) -> float:
    """A whole process, caches on disk warm: median of three for fast engines, one run for event-driven ones."""
    if who.event_driven:
        return whole_process_s(who, folder)
    whole_process_s(who, folder)
    return median(whole_process_s(who, folder) for _ in range(3))
