"""Trend following with two averages."""

from dataclasses import dataclass
from typing import Annotated

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.columns import crossed_above, crossed_below
from tradingbot.features.momentum import roc
from tradingbot.features.trend import sma
from tradingbot.strategies.params import Range


@dataclass(frozen=True, slots=True)
class SmaCross:
    """Buy when the fast average rises above the slow one, sell when it falls below it.

    What rose most over the slow average's span comes first.
    """

    timeframe: Timeframe = Timeframe.H1
    fast: Annotated[int, Range(5, 100)] = 20
    slow: Annotated[int, Range(10, 400)] = 50

    def __post_init__(self) -> None:
        if self.fast >= self.slow:
            raise OutOfRange("fast", f"{self.fast} is not below slow = {self.slow}", "Choose fast < slow")

    @property
    def warmup(self) -> int:
        """The slow average of this candle and of the one before."""
        return self.slow + 1

    def signals(self, candles: Candles) -> Signals:
        """Crossings of the two averages of the close."""
        fast, slow = sma(candles.close, self.fast), sma(candles.close, self.slow)
        return Signals(
            enter=crossed_above(fast, slow),
            exit=crossed_below(fast, slow),
            strength=roc(candles.close, self.slow),
        )
