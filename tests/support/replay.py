"""A replay without a server: a small store, a wall clock that tests move, and a connection that keeps its frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from tests.support.instruments import BALANCES, INSTRUMENTS
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.schema import SCHEMA, SourceInfo
from tradingbot.domain.timeframe import MINUTE_MS, Timeframe
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.replay.playing.opening import Replay, ReplaySettings, open_replay
from tradingbot.exchange.simulated.exchange import SimulatedExchange

FIRST = 1_704_067_200_000  # Monday 2024-01-01 00:00 UTC
SOURCE = SourceInfo("import", "hand-made", "0" * 64, FIRST)
BTC, ETH = "BTCUSDT", "ETHUSDT"

Row = tuple[int, float, float, float, float, float]
"""Minutes after FIRST, open, high, low, close, volume."""


def rising(count: int, first: int = 0) -> list[Row]:
    """Candles that rise by 10 a minute from 50,000 on, each with 4 BTC."""
    prices = [50_000.0 + 10.0 * number for number in range(first, first + count)]
    return [(first + at, price, price + 10, price - 5, price + 10, 4.0) for at, price in enumerate(prices)]


def frame(rows: Sequence[Row], **known: Sequence[Any]) -> pl.DataFrame:
    """Rows as stored candles; what `known` does not give is not stated."""
    columns: dict[str, Sequence[Any]] = {"open_time": [FIRST + row[0] * MINUTE_MS for row in rows]}
    columns |= {name: [row[at] for row in rows] for at, name in enumerate(list(SCHEMA)[1:6], start=1)}
    unknown: dict[str, Sequence[Any]] = {name: [None] * len(rows) for name in list(SCHEMA)[6:]}
    return pl.DataFrame({**columns, **unknown, **known}, schema=dict(SCHEMA))


def store_of(folder: Path, rows: Sequence[Row], *symbols: str, **known: Sequence[Any]) -> ParquetStore:
    """A store of the same minutes for each symbol, BTCUSDT where none is named."""
    store = ParquetStore(folder)
    for symbol in symbols or (BTC,):
        store.write(symbol, Timeframe.M1, frame(rows, **known), SOURCE)
    return store


@dataclass(eq=False)
class Listener:
    """A connection that keeps what it is sent; `backlog` is what it says it has not sent on."""

    combined: bool = False
    microseconds: bool = False
    backlog: int = 0
    frames: list[tuple[str, bytes]] = field(default_factory=list)
    is_cut: bool = False

    def put(self, stream: str, frame: bytes) -> None:
        """Keep a frame."""
        self.frames.append((stream, frame))

    def cut(self) -> None:
        """The end."""
        self.is_cut = True

    def told(self, stream: str | None = None) -> list[Any]:
        """What was sent, decoded; of one stream where it is named."""
        return [msgspec.json.decode(words) for name, words in self.frames if stream in (None, name)]


@dataclass
class Wall:
    """The wall clock of a test."""

    now: int = FIRST

    def __call__(self) -> int:
        return self.now


@dataclass
class Bench:
    """A replay, its account, and one listener."""

    replay: Replay
    exchange: SimulatedExchange
    wall: Wall
    listener: Listener

    def listen(self, *streams: str) -> Listener:
        """Let the listener hear these too."""
        self.replay.hub.subscribe(self.listener, streams)
        return self.listener


def bench(store: ParquetStore, *, wall: int = FIRST, **settings: Any) -> Bench:
    """A paused replay of BTCUSDT from the store's first candle on, unless settings say otherwise."""
    clock = Wall(wall)
    exchange = SimulatedExchange(INSTRUMENTS, {**BALANCES, "USDT": Decimal(10_000_000)}, CostSettings())
    given = {"symbols": (BTC,), "start": FIRST, "paused": True, **settings}
    return Bench(open_replay(store, exchange, ReplaySettings(**given), clock), exchange, clock, Listener())
