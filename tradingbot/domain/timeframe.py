"""Binance's fixed-length candle intervals."""

from enum import Enum
from typing import Self

from tradingbot.domain.errors import UnknownName

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_MS = {
    "1s": SECOND_MS,
    "1m": MINUTE_MS,
    "3m": 3 * MINUTE_MS,
    "5m": 5 * MINUTE_MS,
    "15m": 15 * MINUTE_MS,
    "30m": 30 * MINUTE_MS,
    "1h": HOUR_MS,
    "2h": 2 * HOUR_MS,
    "4h": 4 * HOUR_MS,
    "6h": 6 * HOUR_MS,
    "8h": 8 * HOUR_MS,
    "12h": 12 * HOUR_MS,
    "1d": DAY_MS,
}


class Timeframe(Enum):
    """A candle interval from one second to one day; all divide a UTC day."""

    S1 = "1s"
    M1 = "1m"
    M3 = "3m"
    M5 = "5m"
    M15 = "15m"
    M30 = "30m"
    H1 = "1h"
    H2 = "2h"
    H4 = "4h"
    H6 = "6h"
    H8 = "8h"
    H12 = "12h"
    D1 = "1d"

    @property
    def ms(self) -> int:
        """Length in milliseconds."""
        return _MS[self.value]

    @property
    def per_day(self) -> int:
        """Candles in a UTC day."""
        return DAY_MS // self.ms

    @classmethod
    def parse(cls, text: str) -> Self:
        """The timeframe of that name; raises UnknownName."""
        try:
            return cls(text)
        except ValueError:
            names = " ".join(_MS)
            raise UnknownName("timeframe", f"'{text}' is not known", f"Use one of: {names}") from None

    def divides(self, coarser: "Timeframe") -> bool:
        """Whether whole candles of this timeframe make up one of the coarser one."""
        return coarser.ms % self.ms == 0

    def __str__(self) -> str:
        return self.value
