"""What a strategy is: parameters and one function from candles to signals."""

from typing import Protocol, runtime_checkable

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.timeframe import Timeframe


@runtime_checkable
class Strategy(Protocol):
    """A frozen dataclass whose fields are its parameters; one of them is the timeframe it reads."""

    @property
    def timeframe(self) -> Timeframe:
        """The candles that `signals` gets."""
        ...

    @property
    def warmup(self) -> int:
        """Candles that must be known before a signal is trusted."""
        ...

    def signals(self, candles: Candles) -> Signals:
        """What to do at the close of each candle, from that candle and those before it."""
        ...
