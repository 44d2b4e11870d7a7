"""Public trades: the four that a candle stands for, and those told lately."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from tradingbot.exchange.replay.market.candles import (
    CLOSE,
    FIRST_ID,
    HIGH,
    LOW,
    OPEN,
    OPEN_TIME,
    TRADES_A_CANDLE,
    VOLUME,
    Columns,
)

MOST_KEPT = 20_000


class PublicTrade(NamedTuple):
    """A trade that everyone sees; a seller took where the buyer is the maker."""

    trade_id: int
    price: float
    quantity: float
    time: int
    buyer_is_maker: bool


def trade_times(opened: int, length: int) -> Sequence[int]:
    """When a candle's four trades happen: evenly from its first to its last millisecond."""
    return [opened + step * (length - 1) // (TRADES_A_CANDLE - 1) for step in range(TRADES_A_CANDLE)]


def path(candle: Sequence[float]) -> tuple[float, float, float, float]:
    """The prices of a candle's four trades, in order: the lower extreme first where it rose."""
    first, high, low, last = candle[OPEN], candle[HIGH], candle[LOW], candle[CLOSE]
    return (first, low, high, last) if last >= first else (first, high, low, last)


def quarters(volume: float) -> tuple[float, float, float, float]:
    """A candle's volume in four parts of whole 1e-8 that add up to it."""
    quarter = int(volume * 1e8 / TRADES_A_CANDLE + 1e-6) / 1e8
    return quarter, quarter, quarter, round(volume - 3 * quarter, 8)


def recorded_trades(columns: Columns, length: int) -> list[PublicTrade]:
    """The trades of recorded candles of `length` ms, oldest first; a candle without volume has none."""
    found: list[PublicTrade] = []
    before = float(columns[OPEN, 0]) if columns.shape[1] else 0.0
    for candle in columns.T.tolist():
        times = trade_times(int(candle[OPEN_TIME]), length)
        for step, (price, quantity) in enumerate(zip(path(candle), quarters(candle[VOLUME]), strict=True)):
            if quantity > 0.0:
                found.append(PublicTrade(int(candle[FIRST_ID]) + step, price, quantity, times[step], price < before))
                before = price
    return found


class Tape:
    """The newest trades of a symbol, at most 20,000; `next_id` is that of the next one."""

    def __init__(self, next_id: int) -> None:
        self.next_id = next_id
        self.last: PublicTrade | None = None
        self._kept: deque[PublicTrade] = deque(maxlen=MOST_KEPT)

    def add(self, price: float, quantity: float, time: int) -> PublicTrade:
        """The next trade; the seller took where the price fell."""
        fell = self.last is not None and price < self.last.price
        return self.keep(PublicTrade(self.next_id, price, quantity, time, fell))

    def keep(self, trade: PublicTrade) -> PublicTrade:
        """A trade as it is."""
        self.next_id, self.last = trade.trade_id + 1, trade
        self._kept.append(trade)
        return trade

    def trades(self) -> Sequence[PublicTrade]:
        """Those kept, oldest first."""
        return list(self._kept)
