"""Trend following with two averages."""

from dataclasses import dataclass
from typing import Annotated

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.momentum import roc
from tradingbot.features.trend import crossed_above, crossed_below, sma
from tradingbot.strategies.params import Range


@dataclass(frozen=True, slots=True)
class SmaCross:
    """Hold the coin while its fast average is above its slow one."""

    timeframe: Timeframe = Timeframe.H1
    fast: Annotated[int, Range(2, 100)] = 20
    slow: Annotated[int, Range(5, 400)] = 50

    def __post_init__(self) -> None:
        if self.fast >= self.slow:
            raise OutOfRange("fast", f"{self.fast} is not below slow = {self.slow}", "Give fast < slow")

    @property
    def warmup(self) -> int:
        """The slow average and one candle to cross it."""
        return self.slow + 1

    def signals(self, candles: Candles) -> Signals:
        """Enter where the fast average crosses above the slow one, leave where it crosses below."""
        fast, slow = sma(candles.close, self.fast), sma(candles.close, self.slow)
        return Signals(
            enter=crossed_above(fast, slow), exit=crossed_below(fast, slow), strength=roc(candles.close, self.fast)
        )
