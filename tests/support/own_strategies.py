"""Strategies as a stranger writes them: sound ones and broken ones, as files in a folder."""

from pathlib import Path

HEAD = '''"""A strategy of one's own."""

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.timeframe import Timeframe


@dataclass(frozen=True, slots=True)
class Own:
    """Enters on a rising candle, leaves on a falling one."""

    timeframe: Timeframe = Timeframe.H1

    @property
    def warmup(self) -> int:
        return 30

    def signals(self, candles: Candles) -> Signals:
        enter = candles.close > candles.open
        said = Signals(enter, ~enter, np.ones(len(candles)))
'''


def write(folder: Path, *lines: str) -> Path:
    """A folder with the strategy `own`, whose `signals` ends with these lines."""
    folder.mkdir(parents=True, exist_ok=True)
    body = "".join(f"        {line}\n" for line in lines)
    (folder / "own.py").write_text(f"{HEAD}{body}        return said\n")
    return folder
