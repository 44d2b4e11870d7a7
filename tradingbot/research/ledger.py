"""The ledger of trials: every configuration that was ever run on some candles is counted, for ever."""

import math
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np

from tradingbot.analysis.result import Trials
from tradingbot.domain.errors import BadFile, InputError, StorageFull, StoreBusy

PATIENCE = 30.0
"""Seconds to wait for another process that writes."""


class Prior(msgspec.Struct, frozen=True):
    """Trials made while a built-in strategy was written."""

    about: str
    symbols: Sequence[str]
    start: int
    end: int
    daily_sharpes: Sequence[float]


def prior_sharpes(strategy: str, symbols: Sequence[str], start: int, end: int) -> Sequence[float]:
    """The daily Sharpe ratios of those trials, when they overlap symbols and period."""
    content = files("tradingbot.research").joinpath("prior_trials.json").read_bytes()
    known = msgspec.json.decode(content, type=dict[str, Prior]).get(strategy)
    if known is None or known.start >= end or known.end <= start or not set(known.symbols) & set(symbols):
        return ()
    return known.daily_sharpes


_SCHEMA = """
CREATE TABLE IF NOT EXISTS trials (
    config_sha256 TEXT NOT NULL,
    dataset_sha256 TEXT NOT NULL,
    code_sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    symbols TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    created INTEGER NOT NULL,
    sharpe REAL,
    figures TEXT NOT NULL,
    PRIMARY KEY (config_sha256, dataset_sha256, code_sha256)
)
"""


class Trial(msgspec.Struct, frozen=True):
    """One configuration on one dataset. `sharpe` is daily, not annualised; null when it is not defined."""

    config_sha256: str
    dataset_sha256: str
    code_sha256: str
    kind: str
    symbols: Sequence[str]
    start: int
    end: int
    created: int
    sharpe: float | None
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Trials in a SQLite file; several processes may write to it. What cannot be used raises InputError and its kin."""

    path: Path

    def record(self, trials: Sequence[Trial]) -> None:
        """Add trials; the same configuration, dataset and code again is the same trial."""
        rows = [
            (
                t.config_sha256,
                t.dataset_sha256,
                t.code_sha256,
                t.kind,
                msgspec.json.encode(list(t.symbols)).decode(),
                t.start,
                t.end,
                t.created,
                t.sharpe,
                msgspec.json.encode(t.figures).decode(),
            )
            for t in trials
        ]
        with self._open() as db:
            db.executemany("INSERT OR IGNORE INTO trials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def trials(self, symbols: Sequence[str], start: int, end: int, strategies: Sequence[str] = ()) -> Trials:
        """How many different configurations were tried on any of these symbols in any part of this period.

        A change of code alone makes no new trial. Those that were made while a built-in strategy was written count for
        every run of it. The variance is that of all their daily Sharpe ratios.
        """
        wanted = set(symbols)
        with self._open() as db:
            rows = db.execute(
                'SELECT config_sha256, symbols, sharpe FROM trials WHERE start < ? AND "end" > ? ORDER BY created',
                (end, start),
            ).fetchall()
        found = {config: sharpe for config, held, sharpe in rows if wanted & set(msgspec.json.decode(held))}
        before = [one for name in set(strategies) for one in prior_sharpes(name, symbols, start, end)]
        sharpes = [*(sharpe for sharpe in found.values() if sharpe is not None), *before]
        variance = float(np.var(sharpes, ddof=1)) if len(sharpes) > 1 else math.nan
        return Trials(len(found) + len(before), variance)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)) as db, db:
                # A transaction that begins as a reader is refused, not kept waiting, when two of them come to write.
                db.execute("BEGIN IMMEDIATE")
                db.execute(_SCHEMA)
                yield db
        except sqlite3.Error as error:
            raise refusal(self.path, error) from error


def refusal(path: Path, error: sqlite3.Error) -> InputError:
    """What a person can do about an error of SQLite; its primary code is the low byte."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StorageFull("runs", f"the disk is full while writing {path}", "Free some space and run this again")
    if code == sqlite3.SQLITE_BUSY:
        return StoreBusy("runs", f"another process holds {path}", "Wait until it has ended and run this again")
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        remedy = "Put a copy of it back; without one, move it away, and trials are counted from zero"
        return BadFile(str(path), f"not a whole ledger ({error})", remedy)
    return InputError("runs", f"{path} cannot be used ({error})", "Make it writable, or give another --runs")
