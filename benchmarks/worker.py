"""A running engine, spoken to over its standard input and output (the protocol is in peers/harness.py)."""

import json
import os
import select
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.contenders import Contender
from benchmarks.environments import HERE, python_of
from benchmarks.peers.harness import Trades

PATIENCE_S = 900.0


class EngineFailed(Exception):
    """The engine died or said nothing for too long; the message is its last line of complaint."""


def _command(who: Contender, folder: Path) -> tuple[list[str], dict[str, str]]:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(HERE / "peers"), str(HERE.parent)]),
        "RAPTORBT_NO_VERSION_CHECK": "1",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # byte code is one of the caches that the first run fills
    return [str(python_of(who.environment)), str(HERE / f"{who.script}.py"), who.variant, str(folder)], environment


class Worker:
    """An engine that has loaded a work and warmed up; `info` holds its bars, rows and the bytes of its inputs."""

    def __init__(self, who: Contender, folder: Path, bars: int, rows: int = 0) -> None:
        command, environment = _command(who, folder)
        self.who = who
        self.log = folder / f"{who.script.replace('/', '-')}-{who.variant}.log"
        with self.log.open("w") as complaints:
            self.process = subprocess.Popen(
                [*command, str(bars), str(rows)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=environment,
            )
        self.info = self._answer()

    def ask(self, command: str) -> dict[str, Any]:
        """Send one command and wait for its answer."""
        if self.process.stdin is None or self.process.poll() is not None:
            raise EngineFailed(self._complaint())
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()
        return self._answer()

    def run_ns(self) -> int:
        """One timed run."""
        return int(self.ask("run")["ns"])

    def trades(self) -> Trades:
        """The closed trades of one run."""
        path = self.log.with_suffix(".npy")
        self.ask(f"trades {path}")
        return np.load(path)  # type: ignore[no-any-return]

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()

    def _answer(self) -> dict[str, Any]:
        stream = self.process.stdout
        if stream is None or not select.select([stream], [], [], PATIENCE_S)[0]:
            self.close()
            raise EngineFailed(f"no answer for {PATIENCE_S:.0f} s")
        line = stream.readline()
        if not line:
            self.close()
            raise EngineFailed(self._complaint())
        return json.loads(line)  # type: ignore[no-any-return]

    def _complaint(self) -> str:
        return (self.log.read_text().strip().splitlines() or ["it ended without a message"])[-1]


def whole_process_s(who: Contender, folder: Path) -> float:
    """Seconds from start to end of a process that imports, loads, runs and counts the trades."""
    command, environment = _command(who, folder)
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
    spent = time.perf_counter() - start
    if done.returncode:
        raise EngineFailed((done.stderr.strip().splitlines() or ["it ended without a message"])[-1])
    return spent
