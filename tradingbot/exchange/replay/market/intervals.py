"""Binance's kline intervals, those that are longer than a day included, in any time zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS, Timeframe

Times = NDArray[np.int64]

WEEK_MS = 7 * DAY_MS
_MONDAY = 4 * DAY_MS  # 1970-01-05
_ZONE = re.compile(r"([+-]?)(\d{1,2})(?::(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Interval:
    """A kline's length. `ms` is the length, of a month the longest; `origin` is an open time that all count from."""

    name: str
    ms: int
    origin: int = 0

    @property
    def timeframe(self) -> Timeframe:
        """The longest timeframe that makes it up."""
        return Timeframe(self.name) if self.ms <= DAY_MS else Timeframe.D1

    def opens(self, times: Times, zone: int = 0) -> Times:
        """The open times (ms UTC) of the klines that moments lie in; `zone` is ms east of UTC."""
        local = times + zone
        if self.name == "1M":
            months: Any = local.astype("datetime64[ms]").astype("datetime64[M]")
            return np.asarray(months.astype("datetime64[ms]").astype(np.int64) - zone)
        return local - (local - self.origin) % self.ms - zone

    def open_of(self, moment: int, zone: int = 0) -> int:
        """The open time of the kline that a moment lies in."""
        if self.name == "1M":
            return int(self.opens(np.array([moment], np.int64), zone)[0])
        local = moment + zone
        return local - (local - self.origin) % self.ms - zone

    def end_of(self, opened: int, zone: int = 0) -> int:
        """The exclusive end of the kline that opens then."""
        return self.open_of(opened + self.ms, zone) if self.name == "1M" else opened + self.ms


INTERVALS: Mapping[str, Interval] = {
    **{str(timeframe): Interval(str(timeframe), timeframe.ms) for timeframe in Timeframe},
    "3d": Interval("3d", 3 * DAY_MS),
    "1w": Interval("1w", WEEK_MS, _MONDAY),
    "1M": Interval("1M", 31 * DAY_MS),
}


def parse_time_zone(text: str) -> int | None:
    """Milliseconds east of UTC of "8", "-1:00" or "05:45"; None unless from -12:00 to +14:00."""
    found = _ZONE.fullmatch(text)
    if not found or int(found[3] or 0) >= 60:
        return None
    size = int(found[2]) * HOUR_MS + int(found[3] or 0) * MINUTE_MS
    zone = -size if found[1] == "-" else size
    return zone if -12 * HOUR_MS <= zone <= 14 * HOUR_MS else None
