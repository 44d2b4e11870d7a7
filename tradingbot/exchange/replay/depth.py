"""A symbol's order book: recorded where there is a recording, else one level a side derived from the last trade.

A derived book has bid and ask half the costs' spread around the last price (at least half a tick, on the tick grid),
for `max_participation` of the last whole candle's volume: what the cost model lets one trade.
"""

from collections.abc import Iterable, Mapping, Sequence
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


class Book:
    """Levels by price, and the id of the last change; diff streams are told what changed since they asked last."""

    def __init__(self) -> None:
        self.update_id = 0
        self._bids: dict[Decimal, Decimal] = {}
        self._asks: dict[Decimal, Decimal] = {}
        self._pending: dict[str, Pending] = {}

    def set(self, bids: Changes, asks: Changes, update_id: int | None = None) -> bool:
        """Become exactly these levels; whether anything changed."""
        return self.change(_difference(self._bids, bids), _difference(self._asks, asks), update_id)

    def change(self, bids: Changes, asks: Changes, last: int | None = None, first: int | None = None) -> bool:
        """Set levels; the change has its own ids where it was recorded, else the next one. Whether anything changed."""
        if not bids and not asks:
            return False
        began = self.update_id + 1
        self.update_id = began if last is None else max(last, began)
        _apply(self._bids, bids)
        _apply(self._asks, asks)
        for pending in self._pending.values():
            pending.add(began if first is None else max(first, began), self.update_id, bids, asks)
        return True

    def bids(self, count: int | None = None) -> Sequence[Level]:
        """Bids, best first."""
        return sorted(self._bids.items(), reverse=True)[:count]

    def asks(self, count: int | None = None) -> Sequence[Level]:
        """Asks, best first."""
        return sorted(self._asks.items())[:count]

    def top(self) -> Top | None:
        """Best bid and ask; None while a side is empty."""
        if not self._bids or not self._asks:
            return None
        bid, ask = max(self._bids), min(self._asks)
        return Top(self.update_id, (bid, self._bids[bid]), (ask, self._asks[ask]))

    def better(self, bid: Decimal, ask: Decimal) -> tuple[Changes, Changes]:
        """The changes that take away the levels beyond a best bid and ask."""
        zero = Decimal(0)
        return [(price, zero) for price in self._bids if price > bid], [
            (price, zero) for price in self._asks if price < ask
        ]

    def watch(self, streams: Iterable[str]) -> None:
        """Keep changes for exactly these diff streams."""
        self._pending = {stream: self._pending.get(stream, Pending()) for stream in streams}

    def take(self, stream: str) -> Pending | None:
        """What changed since the stream was last told; None where nothing did."""
        pending = self._pending.get(stream)
        if pending is None or not pending.first:
            return None
        self._pending[stream] = Pending()
        return pending


def derived(last: Decimal, quantity: Decimal, half_spread: Decimal, tick: Decimal) -> tuple[Changes, Changes]:
    """Bids and asks around a last price; `half_spread` is a fraction of it. No bid where none would be above 0."""
    half = max(last * half_spread, tick / 2)
    bid, ask = floor_to_step(last - half, tick), ceil_to_step(last + half, tick)
    return ([(bid, quantity)] if bid > 0 else []), [(ask, quantity)]


def _difference(now: Mapping[Decimal, Decimal], wanted: Changes) -> Changes:
    target = {price: quantity for price, quantity in wanted if quantity}
    gone = [(price, Decimal(0)) for price in now if price not in target]
    return gone + [(price, quantity) for price, quantity in target.items() if now.get(price) != quantity]


def _apply(side: dict[Decimal, Decimal], changes: Changes) -> None:
    for price, quantity in changes:
        if quantity:
            side[price] = quantity
        else:
            side.pop(price, None)
