"""One symbol as the simulated exchange sees it: its rules and terms, its prices, and what may be traded at them."""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Protocol

from tradingbot.domain.filters import SymbolFilters, ceil_to_step, floor_to_step
from tradingbot.domain.timeframe import MINUTE_MS
from tradingbot.engine.costs import BNB_DISCOUNT, COST_CASES, CostSettings, terms_table
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import ZERO, Commission, Fill
from tradingbot.exchange.simulated.held import Held

AVERAGE_MINUTES = 5

Level = list[Decimal]
"""Price and quantity of a level of the book; what was taken of it is gone until the book is told anew."""


def commission_of(symbol: str, costs: CostSettings) -> Commission:
    """The rates of a symbol; of one without its own, and of "", those of the account."""
    maker, taker = costs.fees.get(symbol, (costs.maker, costs.taker))
    return Commission(
        symbol=symbol,
        maker=Decimal(str(maker)),
        taker=Decimal(str(taker)),
        bnb_discount=Decimal(str(BNB_DISCOUNT)) if costs.pay_fees_in_bnb else Decimal(0),
    )


class CandleValues(Protocol):
    """The numbers of a closed candle; `CandleEvent` has them."""

    @property
    def open(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def close(self) -> float: ...
    @property
    def volume(self) -> float: ...
    @property
    def quote_volume(self) -> float: ...


class Market:
    """A symbol. How it moved last - by a candle, or by a trade or book - decides how orders meet it."""

    def __init__(self, instrument: Instrument, costs: CostSettings) -> None:
        self.costs = costs
        self.orders: dict[int, Held] = {}  # the open ones, oldest first
        self.fills: list[Fill] = []
        self.by_candles = False
        self.asks: list[Level] | None = None
        self.bids: list[Level] | None = None
        self._last: Decimal | float | None = None
        self._minutes: deque[list[float]] = deque(maxlen=AVERAGE_MINUTES + 1)
        self._minute = -1
        self._used = 0.0
        self.set_instrument(instrument)

    def set_instrument(self, instrument: Instrument) -> None:
        """Its rules from now on."""
        self.instrument = instrument
        self.tick = instrument.number("PRICE_FILTER", "tickSize")
        self.step = instrument.number("LOT_SIZE", "stepSize")
        table = terms_table([instrument.symbol], self.costs, COST_CASES["central"], [_filters(instrument)])
        self.terms: Any = table[0]
        level = table.copy()
        level.half_spread = level.slippage = level.impact = level.tick_size = 0.0
        self.level_terms: Any = level[0]
        self.commission = commission_of(instrument.symbol, self.costs)

    @property
    def last(self) -> Decimal | None:
        """The last price."""
        if isinstance(self._last, float):
            self._last = Decimal(repr(self._last))
        return self._last

    @last.setter
    def last(self, price: Decimal | float) -> None:
        self._last = price

    def candle(self, candle: CandleValues, now: int) -> None:
        """A candle has closed."""
        self._last = float(candle.close)
        self.by_candles = True
        self.forget_book()
        self._traded(now, candle.quote_volume, candle.volume)

    def trade(self, price: Decimal, quantity: Decimal, now: int) -> None:
        """Somebody has traded."""
        self._last = price
        self.by_candles = False
        self._pass_levels(price)
        volume = float(quantity)
        self._traded(now, float(price) * volume, volume)

    def book(self, bids: Sequence[tuple[Decimal, Decimal]], asks: Sequence[tuple[Decimal, Decimal]]) -> None:
        """The best levels as they are now, best first."""
        self.by_candles = False
        self.bids, self.asks = [list(level) for level in bids], [list(level) for level in asks]

    def forget_book(self) -> None:
        """No level is known any more."""
        self.bids = self.asks = None

    def _pass_levels(self, price: Decimal) -> None:
        """A trade there means that better offers are gone; a side of which nothing is left is not known any more."""
        bids, asks = self.bids or [], self.asks or []
        if not (bids and bids[0][0] > price) and not (asks and asks[0][0] < price):
            return
        bids = [level for level in bids if level[0] <= price]
        asks = [level for level in asks if level[0] >= price]
        if bids and asks:
            self.bids, self.asks = bids, asks
        else:
            self.forget_book()

    def average(self, now: int) -> Decimal | None:
        """The volume-weighted price of the last five minutes; the last price where nothing was traded in them."""
        first = now // MINUTE_MS - AVERAGE_MINUTES
        known = [minute for minute in self._minutes if minute[0] > first]
        volume = sum(minute[2] for minute in known)
        if not volume > 0.0:
            return self.last
        return round(Decimal(sum(minute[1] for minute in known) / volume), 8)

    def top(self) -> tuple[Decimal | None, Decimal | None]:
        """Best bid and ask: of the book; without one, half the spread of the costs around the last price."""
        if self.bids is not None and self.asks is not None:
            return (self.bids[0][0] if self.bids else None), (self.asks[0][0] if self.asks else None)
        last = self.last
        if last is None:
            return None, None
        half = max(last * Decimal(repr(float(self.terms.half_spread))), self.tick / 2)
        return floor_to_step(last - half, self.tick), ceil_to_step(last + half, self.tick)

    def rival(self, held: Held) -> Held | None:
        """The best own resting order on the other side that an order would meet within its limit."""
        limit = held.order.price
        others = [one for one in self.orders.values() if one.buys != held.buys and one.rests]
        if limit is not None:
            others = [one for one in others if is_within(held, one.order.price or ZERO, limit)]
        return next(iter(by_priority(others)), None)

    def minute_value(self, now: int) -> float:
        """Quote value traded in this minute or in the one before, whichever is more."""
        first = now // MINUTE_MS - 1
        return max((minute[1] for minute in self._minutes if minute[0] >= first), default=0.0)

    def room(self, now: int) -> float:
        """Quote value that may still be filled at once in this minute."""
        if not self.terms.max_participation > 0.0:
            return math.inf
        return float(self.terms.max_participation * self.minute_value(now) - self._used_in(now))

    def use(self, value: Decimal, now: int) -> None:
        """Take from the room of this minute."""
        self._used = self._used_in(now) + float(value)

    def _used_in(self, now: int) -> float:
        if self._minute != now // MINUTE_MS:
            self._minute, self._used = now // MINUTE_MS, 0.0
        return self._used

    def _traded(self, now: int, value: float, volume: float) -> None:
        minute = now // MINUTE_MS
        minutes = self._minutes
        if minutes and minutes[-1][0] == minute:
            entry = minutes[-1]
            entry[1] += value
            entry[2] += volume
        else:
            minutes.append([minute, value, volume])


def by_priority(orders: Iterable[Held]) -> list[Held]:
    """The resting ones by price, the best first, then by age."""
    resting = [one for one in orders if one.rests]
    return sorted(resting, key=lambda one: (-one.sign * (one.order.price or ZERO), one.order_id))


def is_within(held: Held, price: Decimal, limit: Decimal) -> bool:
    """Whether a price is at least as good for an order as a limit."""
    return price <= limit if held.buys else price >= limit


def _filters(instrument: Instrument) -> SymbolFilters:
    number = instrument.number
    notional = number("NOTIONAL", "minNotional") or number("MIN_NOTIONAL", "minNotional")
    return SymbolFilters(
        symbol=instrument.symbol,
        tick_size=number("PRICE_FILTER", "tickSize"),
        step_size=number("LOT_SIZE", "stepSize"),
        min_qty=number("LOT_SIZE", "minQty"),
        max_qty=number("LOT_SIZE", "maxQty"),
        min_notional=notional,
        bid_multiplier_up=number("PERCENT_PRICE_BY_SIDE", "bidMultiplierUp"),
        bid_multiplier_down=number("PERCENT_PRICE_BY_SIDE", "bidMultiplierDown"),
        ask_multiplier_up=number("PERCENT_PRICE_BY_SIDE", "askMultiplierUp"),
        ask_multiplier_down=number("PERCENT_PRICE_BY_SIDE", "askMultiplierDown"),
        as_of=0,
        source="the simulated exchange's own instruments",
    )
