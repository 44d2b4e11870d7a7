"""Mean reversion by the relative strength index."""

from dataclasses import dataclass
from typing import Annotated

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.columns import crossed_above, crossed_below
from tradingbot.features.feature import wilder_warmup
from tradingbot.features.momentum import rsi
from tradingbot.strategies.params import Range


@dataclass(frozen=True, slots=True)
class RsiReversion:
    """Buy on the candle at which the RSI falls below `oversold`, sell when it rises above `overbought`.

    The deepest RSI comes first.
    """

    timeframe: Timeframe = Timeframe.H1
    n: Annotated[int, Range(2, 50)] = 14
    oversold: Annotated[float, Range(5.0, 45.0)] = 30.0
    overbought: Annotated[float, Range(55.0, 95.0)] = 70.0

    @property
    def warmup(self) -> int:
        """Wilder's average never quite forgets; after this many candles the rest is below 1e-9."""
        return wilder_warmup(self.n) + 1

    def signals(self, candles: Candles) -> Signals:
        """Crossings of the two levels by the RSI of the close."""
        strength = rsi(candles.close, self.n)
        return Signals(
            enter=crossed_below(strength, self.oversold),
            exit=crossed_above(strength, self.overbought),
            strength=self.oversold - strength,
        )
