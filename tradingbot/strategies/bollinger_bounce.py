"""Mean reversion at the Bollinger bands."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.momentum import zscore
from tradingbot.features.trend import crossed_above
from tradingbot.features.volatility import bollinger
from tradingbot.strategies.params import Choice, Range


@dataclass(frozen=True, slots=True)
class BollingerBounce:
    """Buy the return from below the lower band, sell at the middle or the upper one."""

    timeframe: Timeframe = Timeframe.H1
    period: Annotated[int, Range(5, 100)] = 20
    deviations: Annotated[float, Range(0.5, 4.0)] = 2.0
    leave: Annotated[str, Choice(("middle", "upper"))] = "upper"

    @property
    def warmup(self) -> int:
        """The bands and one candle to cross them."""
        return self.period + 1

    def signals(self, candles: Candles) -> Signals:
        """Enter where the close comes back above the lower band, leave at or above the chosen one."""
        bands = bollinger(candles.close, self.period, self.deviations)
        goal = bands.upper if self.leave == "upper" else bands.middle
        return Signals(
            enter=crossed_above(candles.close, bands.lower),
            exit=candles.close >= np.nan_to_num(goal, nan=np.inf),
            strength=-zscore(candles.close, self.period),
        )
