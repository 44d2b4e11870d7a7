"""Swing: follow breakouts of the price channel while the market as a whole is rising."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from tradingbot.domain.candles import BoolColumn, Candles, Signals
from tradingbot.domain.timeframe import DAY_MS, Timeframe
from tradingbot.features.higher import as_of
from tradingbot.features.momentum import roc
from tradingbot.features.trend import donchian, sma
from tradingbot.features.volatility import realised_volatility
from tradingbot.strategies.params import Choice, Range


@dataclass(frozen=True, slots=True)
class ChannelBreakout:
    """Buy a new high of `entry_days`, leave at a new low of `exit_days` (Donchian; the Turtles' 20 and 10)."""

    timeframe: Annotated[Timeframe, Choice((Timeframe.H4, Timeframe.D1))] = Timeframe.D1
    entry_days: Annotated[int, Range(5, 100)] = 20
    exit_days: Annotated[int, Range(3, 50)] = 10
    regime_days: Annotated[int, Range(20, 300)] = 100
    volatility_days: Annotated[int, Range(10, 90)] = 30
    target_volatility: Annotated[float, Range(0.02, 1.0)] = 0.15

    @property
    def warmup(self) -> int:
        """The longest window, in candles."""
        longest = max(self.entry_days, self.exit_days, self.regime_days, self.volatility_days)
        return longest * self.timeframe.per_day + 1

    def signals(self, candles: Candles) -> Signals:
        """Size each position to `target_volatility` of its own; exits never wait for the market."""
        day = self.timeframe.per_day
        high, _ = donchian(candles.high, candles.low, self.entry_days * day)
        _, low = donchian(candles.high, candles.low, self.exit_days * day)
        volatility = realised_volatility(candles.close, self.volatility_days * day, 365.0 * day)
        moving = np.where(volatility > 0.0, volatility, np.inf)
        return Signals(
            enter=(candles.close > high) & self.rising(candles),
            exit=candles.close < low,
            strength=roc(candles.close, self.entry_days * day) / moving,
            weight=np.minimum(self.target_volatility / moving, 1.0),
        )

    def rising(self, candles: Candles) -> BoolColumn:
        """Whether the leading symbol (else the coin itself) closed above its own `regime_days` average."""
        market = candles if candles.reference is None else candles.reference
        above = market.close > sma(market.close, self.regime_days * (DAY_MS // market.timeframe.ms))
        known: BoolColumn = as_of(candles, market, above.astype(float)) > 0.5
        return known
