"""What a named feature is, and how much history each kind of indicator needs."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from tradingbot.domain.candles import Candles, FloatColumn

Compute = Callable[[Candles], FloatColumn]


@dataclass(frozen=True, slots=True)
class Feature:
    """A named column of numbers made from closed candles.

    `warmup` is the number of candles from whose end the newest value is the same as from all history, to 1e-9.
    """

    name: str
    compute: Compute
    warmup: int
    summary: str

    def __call__(self, candles: Candles) -> FloatColumn:
        """One value a candle, NaN where it is not known."""
        return self.compute(candles)


def feature(warmup: int) -> Callable[[Compute], Feature]:
    """Declare a function of candles as the feature of its name; its docstring's first line is the summary."""

    def declare(compute: Compute) -> Feature:
        summary = (compute.__doc__ or "").strip().partition("\n")[0]
        return Feature(compute.__name__, compute, warmup, summary)

    return declare


_FORGOTTEN = 1e-13


def settled(smoothing: float, first: int) -> int:
    """Candles after which a recursive average of weight `smoothing`, started from `first` candles, forgets its start.

    The start's weight (1 - smoothing)^k has then sunk to 1e-13, so that even a price ten thousand times larger at the
    start moves the value by less than 1e-9.
    """
    return first + math.ceil(math.log(_FORGOTTEN) / math.log1p(-smoothing))


def ema_warmup(n: int) -> int:
    """Warm-up of an exponential average of length `n`."""
    return settled(2.0 / (n + 1.0), n)


def wilder_warmup(n: int) -> int:
    """Warm-up of Wilder's average of length `n`, on changes or ranges that need one candle more."""
    return settled(1.0 / n, n + 1)
