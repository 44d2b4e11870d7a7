"""The command line as a person meets it: words in, exit code and two streams out."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tradingbot.cli.main import main

PERIOD = ("--symbols", "BTCUSDT,ETHUSDT", "--from", "2023-06-01", "--to", "2023-08-28")
"""Most of the generated days, after the warm-up."""

SMA = ("-s", "sma-cross", *PERIOD)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended; `err` has its runs of blanks and frames folded, so that a wrapped line reads as one."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it printed, as JSON."""
        return msgspec.json.decode(self.out)


def plain(text: str) -> str:
    """Without frames and line breaks."""
    return " ".join(text.translate(dict.fromkeys(map(ord, "╭╮╰╯│─"), " ")).split())


def tradingbot(*words: object) -> Ended:
    """Run the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return Ended(code or 0, out.getvalue(), plain(err.getvalue()))


def refused(*words: object) -> str:
    """The message of a command that must end with code 2 and show nothing else."""
    ended = tradingbot(*words)
    assert (ended.code, ended.out) == (2, "")
    return ended.err


def started(folder: Path, *words: object) -> subprocess.Popen[str]:
    """The command line in a process of its own."""
    program = [sys.executable, "-c", "from tradingbot.cli.entry import main; main()", *map(str, words)]
    return subprocess.Popen(program, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def end_of(process: subprocess.Popen[str]) -> Ended:
    """Wait for it."""
    out, err = process.communicate(timeout=120)
    return Ended(process.returncode, out, plain(err))
