"""The columns of stored candles, and where candles come from."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import msgspec
import polars as pl

SourceLabel = Literal["archive", "rest", "import", "synthetic"]

# The first of them that has a candle is the one that is read.
PRECEDENCE: Sequence[SourceLabel] = get_args(SourceLabel)

# `open_time` in ms UTC; quote_volume, trades and the taker columns are null where a source has none.
SCHEMA: Mapping[str, type[pl.DataType]] = {
    "open_time": pl.Int64,
    "open": pl.Float64,
    "high": pl.Float64,
    "low": pl.Float64,
    "close": pl.Float64,
    "volume": pl.Float64,
    "quote_volume": pl.Float64,
    "trades": pl.Int64,
    "taker_buy_base": pl.Float64,
    "taker_buy_quote": pl.Float64,
}
VALUES: Sequence[str] = tuple(name for name in SCHEMA if name != "open_time")
PRICES: Sequence[str] = ("open", "high", "low", "close")
REQUIRED: Sequence[str] = ("open_time", *PRICES, "volume")


class SourceInfo(msgspec.Struct, frozen=True):
    """One original: an archive file, a REST answer, an imported file, a generator's seed.

    `origin` is its URL or path, `sha256` that of its bytes as received, `fetched_at` when (ms UTC).
    """

    label: SourceLabel
    origin: str
    sha256: str
    fetched_at: int


def contradicts() -> pl.Expr:
    """True where a candle contradicts itself: its open or close lies outside low to high."""
    above = pl.max_horizontal("open", "close") > pl.col("high")
    below = pl.min_horizontal("open", "close") < pl.col("low")
    return above | below


def empty() -> pl.DataFrame:
    """A frame of stored candles without rows."""
    return pl.DataFrame(schema=dict(SCHEMA))
