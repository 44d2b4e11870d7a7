"""How orders meet a closed candle, by the backtest's own conventions.

Orders that take meet the open, sales first. Then come stops and limits that the open has passed, then stops inside the
candle, then limits it traded through: of a stop and a target in one candle the stop came first, as in `engine.intrabar`
without finer data. Orders that begin to work inside the candle are not filled by its high or low, but for stops placed
by a fill, which lie behind it. A trailing stop sees the open, the
extreme against it, the extreme in its favour, and the close, in this order.
"""

import math
from collections.abc import Sequence
from decimal import Decimal

from tradingbot.domain.state import Bar
from tradingbot.engine.match import LIMIT, MARKET, STOP
from tradingbot.exchange.orders import TimeInForce
from tradingbot.exchange.simulated.filters import STOP_TYPES
from tradingbot.exchange.simulated.held import Held
from tradingbot.exchange.simulated.market import CandleValues, Market, by_priority
from tradingbot.exchange.simulated.matching import Matching
from tradingbot.exchange.simulated.pricing import SMALLEST, Meeting, crosses, flat_bar, meet


class CandlePass:
    """One candle of one symbol."""

    def __init__(self, matching: Matching, market: Market, candle: CandleValues, now: int) -> None:
        self._matching = matching
        self._life = matching.life
        self._market = market
        self._now = now
        self._bar = Bar(candle.open, candle.high, candle.low, candle.close, candle.quote_volume)
        share = float(market.terms.max_participation)
        self._room = share * candle.quote_volume if share > 0.0 else math.inf

    def run(self) -> None:
        """Let every open order of the symbol meet the candle."""
        bar, market = self._bar, self._market
        market.last = bar.open
        opening = flat_bar(bar.open, bar.quote_volume)
        self._take_at_open()
        self._matching.settle(self._now)
        self._follow(self._orders(), bar.open)
        self._stops(self._orders(), opening)
        self._limits(self._orders(), opening)
        self._matching.settle(self._now)
        trailing = [held for held in self._orders() if held.trails]
        resting = [held for held in self._orders() if held.rests]
        self._stops([held for held in self._orders() if not held.trails], bar)
        self._first_leg(trailing)
        self._limits(resting, bar)
        placed = self._matching.settle(self._now)
        self._stops([held for held in placed if not held.trails], bar)
        self._second_leg(trailing)

    def _orders(self) -> list[Held]:
        return list(self._market.orders.values())

    def _take_at_open(self) -> None:
        waiting = [held for held in self._orders() if held.takes_at_open]
        for held in sorted(waiting, key=lambda one: (one.buys, one.order_id)):
            if held.is_open:
                self._take(held, Meeting(MARKET, self._bar, self._room))

    def _take(self, held: Held, meeting: Meeting) -> None:
        """Trade as a taker; a market order waits on for what it did not get, a limit order rests or expires."""
        is_market = held.order.price is None
        if is_market or crosses(self._market, held):
            self._trade(held, meeting)
        held.takes_at_open = held.is_open and is_market and self._can_go_on(held)
        if not held.takes_at_open:
            self._matching.expire_what_may_not_rest(held, self._now)

    def _can_go_on(self, held: Held) -> bool:
        """False where the account has not enough for one more step."""
        step = self._market.step or SMALLEST
        return not held.buys or self._matching.funds(held) >= step * Decimal(repr(self._bar.open))

    def _trade(self, held: Held, meeting: Meeting) -> bool:
        execution = meet(self._market, held, meeting, self._matching.funds(held))
        if execution is None:
            return False
        if held.order.time_in_force is TimeInForce.FOK and execution.quantity < held.left:
            return False
        self._room -= float(execution.quantity * execution.price)
        self._life.fill(self._market, held, execution, self._now)
        return True

    def _limits(self, orders: Sequence[Held], bar: Bar) -> None:
        for held in by_priority(orders):
            passed = held.rests and held.reacts(bar.low, bar.high)
            if passed and self._trade(held, Meeting(LIMIT, bar, self._room, held.limit)):
                self._market.last = held.limit

    def _stops(self, orders: Sequence[Held], bar: Bar) -> None:
        for held in orders:
            trigger = held.trigger_price() if held.waits_for_trigger else None
            if trigger is not None:
                self._stop(held, float(trigger), bar)

    def _stop(self, held: Held, trigger: float, bar: Bar) -> None:
        rises = held.triggers_above
        if not (bar.high >= trigger if rises else bar.low <= trigger):
            return
        at = max(bar.open, trigger) if rises else min(bar.open, trigger)
        self._market.last = at
        self._life.trigger(held, self._now)
        is_stop = held.order.type in STOP_TYPES or held.order.trailing_delta is not None
        if held.order.price is None and is_stop:
            self._take(held, Meeting(STOP, bar, self._room, trigger))
        else:
            self._take(held, Meeting(MARKET, bar._replace(open=at), self._room))

    def _follow(self, orders: Sequence[Held], price: float) -> None:
        for held in orders:
            if held.trails:
                held.follow(Decimal(repr(price)), self._now)

    def _first_leg(self, trailing: Sequence[Held]) -> None:
        bar = self._bar
        for held in trailing:
            far = bar.high if held.buys else bar.low
            self._leg(held, Bar(bar.open, max(bar.open, far), min(bar.open, far), far, bar.quote_volume))

    def _second_leg(self, trailing: Sequence[Held]) -> None:
        bar = self._bar
        for held in trailing:
            best = bar.low if held.buys else bar.high
            self._follow([held], best)
            self._leg(held, Bar(best, max(best, bar.close), min(best, bar.close), bar.close, bar.quote_volume))

    def _leg(self, held: Held, leg: Bar) -> None:
        self._stops([held], leg)
        self._follow([held], leg.close)
