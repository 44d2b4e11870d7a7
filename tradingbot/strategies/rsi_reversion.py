"""Mean reversion on Wilder's RSI."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.momentum import rsi
from tradingbot.features.trend import crossed_above, crossed_below
from tradingbot.strategies.params import Range


@dataclass(frozen=True, slots=True)
class RsiReversion:
    """Buy what has fallen too fast, sell what has risen too fast."""

    timeframe: Timeframe = Timeframe.H1
    period: Annotated[int, Range(2, 50)] = 14
    oversold: Annotated[float, Range(5, 45)] = 30.0
    overbought: Annotated[float, Range(55, 95)] = 70.0

    @property
    def warmup(self) -> int:
        """Wilder's average has forgotten its start to one part in a hundred million."""
        return 20 * self.period + 1

    def signals(self, candles: Candles) -> Signals:
        """Enter where the RSI falls below `oversold`, leave where it rises above `overbought`."""
        index = rsi(candles.close, self.period)
        return Signals(
            enter=crossed_below(index, np.full(len(index), self.oversold)),
            exit=crossed_above(index, np.full(len(index), self.overbought)),
            strength=self.oversold - index,
        )
