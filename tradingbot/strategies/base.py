"""What a strategy is."""

from typing import Protocol

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.timeframe import Timeframe


class Strategy(Protocol):
    """One trading idea: a frozen dataclass whose fields are its parameters, with nothing to remember and no I/O."""

    @property
    def timeframe(self) -> Timeframe:
        """The candles it wants."""

    @property
    def warmup(self) -> int:
        """Candles from whose end the newest signal is the same as from all history."""

    def signals(self, candles: Candles) -> Signals:
        """What it says at the close of each candle, one row a candle, from that candle and earlier ones alone."""
