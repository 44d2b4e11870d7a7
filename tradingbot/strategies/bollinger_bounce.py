"""Mean reversion by Bollinger bands."""

from dataclasses import dataclass
from typing import Annotated

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.columns import at_least, crossed_above
from tradingbot.features.volatility import bollinger
from tradingbot.strategies.params import Choice, Range


@dataclass(frozen=True, slots=True)
class BollingerBounce:
    """Buy when the close comes back above the lower band, sell once it is at the middle (or upper) band.

    What has the longest way back to the middle comes first.
    """

    timeframe: Timeframe = Timeframe.H1
    n: Annotated[int, Range(5, 100)] = 20
    width: Annotated[float, Range(0.5, 4.0)] = 2.0
    exit_at: Annotated[str, Choice("middle", "upper")] = "middle"

    @property
    def warmup(self) -> int:
        """The bands of this candle and of the one before."""
        return self.n + 1

    def signals(self, candles: Candles) -> Signals:
        """Bands of the close, against the close."""
        bands = bollinger(candles.close, self.n, self.width)
        goal = bands.upper if self.exit_at == "upper" else bands.middle
        return Signals(
            enter=crossed_above(candles.close, bands.lower),
            exit=at_least(candles.close, goal),
            strength=bands.middle / candles.close - 1.0,
        )
