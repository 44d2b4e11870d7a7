"""Dies by SIGKILL before every single statement that a journal sends, one death after the other.

Prints a line a death: the statement, how many entries the journal has afterwards, and how many faults.
"""

import os
import signal
import sqlite3
import sys
from pathlib import Path

from sqlalchemy import event

from tests.support.journal import STORY, told
from tradingbot.domain.errors import BadFile
from tradingbot.journal import database
from tradingbot.journal.lock import taken
from tradingbot.journal.sql import SqlJournal
from tradingbot.journal.sql_reader import SqlReader
from tradingbot.journal.verify import verify

BATCHES = ((0, 6), (6, 16), (16, len(STORY)))


def work(path: Path, die_at: int) -> None:
    """Make a journal, append the story in three batches, and die before the statement with this number."""
    engine = database.connect(database.address(path)[0], wait=5.0)
    left = [die_at]

    def counted(_statement: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(counted)

    event.listen(engine, "connect", connected)
    journal = SqlJournal(engine, str(path), taken(engine, str(path)))
    for first, last in BATCHES:
        journal.append(told(*STORY[first:last]))


def killed(path: Path, die_at: int) -> bool:
    """Do the work in a process of its own; whether it died."""
    child = os.fork()
    if child == 0:
        work(path, die_at)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main(folder: Path) -> None:
    """Until the work is done before the death comes."""
    number, died = 0, True
    while died:
        number += 1
        path = folder / f"{number}.journal"
        died = killed(path, number)
        sys.stdout.write(f"{number} {' '.join(map(str, left_behind(path)))}\n")
        sys.stdout.flush()  # before the next child takes a copy of what is not written yet


def left_behind(path: Path) -> tuple[int, int, int]:
    """Entries and faults of what a reader finds (-1: not a journal yet), and entries once a session goes on with it."""
    try:
        reader = SqlReader.open(path)
    except BadFile:
        entries, faults = -1, 0
    else:
        verdict = verify(reader)
        entries, faults = verdict.entries, len(verdict.faults)
        reader.close()
    journal = SqlJournal.open(path)
    held = journal.head().number
    journal.append(told(*STORY[held:]))
    faults += len(verify(journal).faults)
    total = journal.head().number
    journal.close()
    return entries, faults, total


if __name__ == "__main__":
    main(Path(sys.argv[1]))
