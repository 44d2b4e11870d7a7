"""A symbol's order book: recorded where there is a recording, else one level a side derived from the last trade.

A derived book has bid and ask half the costs' spread around the last price (at least half a tick, on the tick grid),
for `max_participation` of the last whole candle's volume: what the cost model lets one trade.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tradingbot.domain.filters import ceil_to_step, floor_to_step

Level = tuple[Decimal, Decimal]
"""Price and quantity; in a change, quantity 0 takes the level away."""

Changes = Sequence[Level]


@dataclass(frozen=True, slots=True)
class Top:
    """Best bid and ask of a book of which both sides have a level."""

    update_id: int
    bid: Level
    ask: Level


@dataclass(slots=True)
class Pending:
    """What changed since a diff stream told it last: ids `first`..`last`, the newest quantity of each price."""

    first: int = 0
    last: int = 0
    bids: dict[Decimal, Decimal] = field(default_factory=dict)
    asks: dict[Decimal, Decimal] = field(default_factory=dict)

    def add(self, first: int, last: int, bids: Changes, asks: Changes) -> None:
        """One more change."""
        self.first = self.first or first
        self.last = last
        self.bids.update(bids)
        self.asks.update(asks)


class Side:
    """One side of a book: the quantity at each price, and the prices in order."""

    def __init__(self, *, best_is_highest: bool) -> None:
        self._quantities: dict[Decimal, Decimal] = {}
        self._prices: list[Decimal] = []  # ascending
        self._fixed: dict[Decimal, int] = {}  # price -> the id of the top of the book that stated it
        self._best_is_highest = best_is_highest

    def best(self, count: int | None = None) -> Sequence[Level]:
        """The best levels, best first."""
        prices = self._prices
        if count is None:
            count = len(prices)
        chosen = prices[: -count - 1 : -1] if self._best_is_highest else prices[:count]
        return [(price, self._quantities[price]) for price in chosen]

    def apply(self, changes: Changes) -> None:
        """Set quantities; 0 takes a level away."""
        for price, quantity in changes:
            if not quantity:
                if self._quantities.pop(price, None) is not None:
                    del self._prices[bisect_left(self._prices, price)]
            else:
                if price not in self._quantities:
                    insort(self._prices, price)
                self._quantities[price] = quantity

    def topped(self, best: Level, update_id: int) -> Changes:
        """The changes that make a level the best one, as stated by that id: better levels are gone."""
        low, high = bisect_left(self._prices, best[0]), bisect_right(self._prices, best[0])
        gone = self._prices[high:] if self._best_is_highest else self._prices[:low]
        changes = [*((price, Decimal(0)) for price in gone), best]
        self._fixed.update((price, update_id) for price, _ in changes)
        return changes

    def still_news(self, changes: Changes, update_id: int) -> Changes:
        """The changes of that id that no newer top of the book has overtaken."""
        self._fixed = {price: known for price, known in self._fixed.items() if known > update_id}
        return [one for one in changes if one[0] not in self._fixed]

    def towards(self, wanted: Changes) -> Changes:
        """The changes that make it exactly these levels."""
        target = {price: quantity for price, quantity in wanted if quantity}
        gone = [(price, Decimal(0)) for price in self._prices if price not in target]
        return gone + [one for one in target.items() if self._quantities.get(one[0]) != one[1]]


class Book:
    """Both sides, and the id of the last change; diff streams are told what changed since they asked last."""

    def __init__(self) -> None:
        self.update_id = 0
        self._bids, self._asks = Side(best_is_highest=True), Side(best_is_highest=False)
        self._pending: dict[str, Pending] = {}

    def set(self, bids: Changes, asks: Changes, update_id: int | None = None) -> bool:
        """Become exactly these levels; whether anything changed."""
        return self._change(self._bids.towards(bids), self._asks.towards(asks), update_id)

    def set_best(self, bid: Level, ask: Level, update_id: int) -> bool:
        """Better levels are gone and the best ones are these; whether anything changed. Old news change nothing."""
        if update_id <= self.update_id:
            return False
        return self._change(self._bids.topped(bid, update_id), self._asks.topped(ask, update_id), update_id)

    def change(self, bids: Changes, asks: Changes, update_id: int) -> bool:
        """Set levels by a recorded diff that ends with that id; whether anything changed."""
        return self._change(self._bids.still_news(bids, update_id), self._asks.still_news(asks, update_id), update_id)

    def _change(self, bids: Changes, asks: Changes, update_id: int | None) -> bool:
        if not bids and not asks:
            return False
        self._bids.apply(bids)
        self._asks.apply(asks)
        first = self.update_id + 1
        self.update_id = first if update_id is None else max(self.update_id, update_id)
        for pending in self._pending.values():
            pending.add(first, self.update_id, bids, asks)
        return True

    def bids(self, count: int | None = None) -> Sequence[Level]:
        """Bids, best first."""
        return self._bids.best(count)

    def asks(self, count: int | None = None) -> Sequence[Level]:
        """Asks, best first."""
        return self._asks.best(count)

    def top(self) -> Top | None:
        """Best bid and ask; None while a side is empty."""
        bids, asks = self.bids(1), self.asks(1)
        return Top(self.update_id, bids[0], asks[0]) if bids and asks else None

    def watch(self, streams: Iterable[str]) -> None:
        """Keep changes for exactly these diff streams."""
        self._pending = {stream: self._pending.get(stream, Pending()) for stream in streams}

    def take(self, stream: str) -> Pending | None:
        """What changed since the stream was last told; None where nothing did."""
        pending = self._pending.get(stream)
        if pending is None or pending.last < pending.first or not pending.first:
            return None  # a late diff below a newer top of the book waits for the next id
        self._pending[stream] = Pending()
        return pending


def derived(last: Decimal, quantity: Decimal, half_spread: Decimal, tick: Decimal) -> tuple[Changes, Changes]:
    """Bids and asks around a last price; `half_spread` is a fraction of it. No bid where none would be above 0."""
    half = max(last * half_spread, tick / 2)
    bid, ask = floor_to_step(last - half, tick), ceil_to_step(last + half, tick)
    return ([(bid, quantity)] if bid > 0 else []), [(ask, quantity)]
