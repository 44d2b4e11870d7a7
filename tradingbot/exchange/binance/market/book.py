"""A local order book, kept in step with the exchange's by its depth updates.

Source: "How to manage a local order book correctly" of web-socket-streams.md (corrected 2025-11-12): buffer the updates
first, then take a snapshot that is not older than the first of them, drop what it already has, and apply the rest
without a gap. A level that lies beyond the snapshot's worst one is known only once it has changed.
"""

from collections.abc import Sequence
from itertools import islice
from operator import itemgetter

from tradingbot.domain.errors import TradingBotError
from tradingbot.exchange.binance.market.frames import Depth, DepthUpdate

MAX_BUFFERED = 10_000  # a quarter of an hour at ten updates a second
SPARE = 1_000  # removed levels that a side may keep besides as many as it has others

Level = tuple[float, float]


class BookGap(TradingBotError):
    """Updates are missing: the book has to start again from a snapshot."""


class LocalBook:
    """The book of one symbol: price and quantity of each level that is known.

    It answers only while `in_sync`. `update_id` is the exchange's number of the last update applied.
    """

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.restart()

    def restart(self) -> None:
        """Forget everything: updates are buffered from here on, until a snapshot is loaded."""
        self.in_sync = False
        self.update_id = -1
        self._buffer: list[DepthUpdate] = []
        self._bids = _Side(best_is_highest=True)
        self._asks = _Side(best_is_highest=False)

    def load(self, snapshot: Depth) -> bool:
        """Start from a snapshot and apply what was buffered; False where it is older than the updates: take another.

        Raises BookGap where buffered updates have a gap.
        """
        buffered = self._buffer
        if not buffered or snapshot.last_update_id < buffered[0].first_id:
            return False
        self._bids.replace(snapshot.bids)
        self._asks.replace(snapshot.asks)
        self.update_id = snapshot.last_update_id
        self._buffer = []
        self.in_sync = True
        for update in buffered:
            self.apply(update)
        return True

    def apply(self, update: DepthUpdate) -> bool:
        """Take one update; whether it changed the book (a buffered or an old one does not). Raises BookGap."""
        if not self.in_sync:
            self._keep(update)
            return False
        if update.last_id <= self.update_id:
            return False
        expected = self.update_id + 1
        if update.first_id > expected:
            raise BookGap(f"{self.symbol}: updates {expected} to {update.first_id - 1} are missing")
        self._bids.update(update.bids)
        self._asks.update(update.asks)
        self.update_id = update.last_id
        return True

    def _keep(self, update: DepthUpdate) -> None:
        if len(self._buffer) == MAX_BUFFERED:
            raise BookGap(f"{self.symbol}: no snapshot within {MAX_BUFFERED:,} updates")
        self._buffer.append(update)

    def bids(self, count: int) -> Sequence[Level]:
        """The best bids, highest first: (price, quantity)."""
        return self._bids.best(count)

    def asks(self, count: int) -> Sequence[Level]:
        """The best asks, lowest first: (price, quantity)."""
        return self._asks.best(count)


class _Side:
    """Quantity by price. Removed levels stay as zeros for a while, so that an update is one call."""

    def __init__(self, *, best_is_highest: bool) -> None:
        self._levels: dict[float, float] = {}
        self._prices: list[float] | None = None
        self._reverse = best_is_highest
        self._most = SPARE

    def replace(self, levels: Sequence[Level]) -> None:
        self._levels = dict(levels)
        self._prices = None
        self._most = 2 * len(self._levels) + SPARE

    def update(self, levels: Sequence[Level]) -> None:
        self._levels.update(levels)
        self._prices = None
        if len(self._levels) > self._most:
            self.replace(list(filter(itemgetter(1), self._levels.items())))

    def best(self, count: int) -> Sequence[Level]:
        if self._prices is None:
            self._prices = sorted(self._levels, reverse=self._reverse)
        levels = ((price, self._levels[price]) for price in self._prices)
        return list(islice(filter(itemgetter(1), levels), count))
