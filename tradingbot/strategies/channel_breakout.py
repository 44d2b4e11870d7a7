"""Swing trading: breakouts of the price channel in a rising market, sized by volatility."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from tradingbot.domain.candles import Candles, FloatColumn, Signals
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.columns import above, at_most, before, ratio
from tradingbot.features.higher import as_of
from tradingbot.features.momentum import log_momentum
from tradingbot.features.trend import sma
from tradingbot.features.volatility import donchian, realised_volatility
from tradingbot.strategies.params import Choice, Range

VOLATILITY_DAYS = 30


@dataclass(frozen=True, slots=True)
class ChannelBreakout:
    """Buy above the highest of the last `entry` closes while the leading symbol is above its average of `regime` days.

    Sell below the lowest of the last `exit` closes, or when the leading symbol falls below its average. A position is
    at most `volatility` (a year) over the realised one. What rose most for its volatility comes first.
    """

    timeframe: Annotated[Timeframe, Choice(Timeframe.H4, Timeframe.D1)] = Timeframe.D1
    entry: Annotated[int, Range(10, 100)] = 20
    exit: Annotated[int, Range(5, 50)] = 10
    regime: Annotated[int, Range(20, 200)] = 100
    volatility: Annotated[float, Range(0.02, 1.0)] = 0.10

    @property
    def warmup(self) -> int:
        """The longest of the channels, the regime average and the volatility."""
        return max(self.entry, self.exit, self.regime * self.timeframe.per_day, self._volatility_candles) + 1

    def signals(self, candles: Candles) -> Signals:
        """Closes beyond the channel of the closes before, in a rising market."""
        highest = before(donchian(candles.close, candles.close, self.entry).upper)
        lowest = before(donchian(candles.close, candles.close, self.exit).lower)
        market = self._market(candles)
        realised = realised_volatility(candles.close, self._volatility_candles, 365.0 * self.timeframe.per_day)
        return Signals(
            enter=(candles.close > highest) & above(market, 1.0) & (realised > 0.0),
            exit=(candles.close < lowest) | at_most(market, 1.0),
            strength=ratio(log_momentum(candles.close, self.entry), realised),
            weight=np.minimum(ratio(np.full(len(candles), self.volatility), realised), 1.0),
        )

    @property
    def _volatility_candles(self) -> int:
        return VOLATILITY_DAYS * self.timeframe.per_day

    def _market(self, candles: Candles) -> FloatColumn:
        """The leading symbol's close over its average; while not known it allows no entry and forces no exit."""
        leader = candles if candles.reference is None else candles.reference
        average = sma(leader.close, self.regime * self.timeframe.per_day)
        return as_of(candles, leader, leader.close / average)
