"""How orders meet the market at once: on arrival, at a public trade, at a new book."""

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from tradingbot.domain.filters import floor_to_step
from tradingbot.engine.match import LIMIT
from tradingbot.exchange.orders import (
    ZERO,
    ExpiryReason,
    OrderStatus,
    PreventedMatch,
    SelfTradePrevention,
    TimeInForce,
)
from tradingbot.exchange.simulated.activation import activate
from tradingbot.exchange.simulated.held import Held, HeldList
from tradingbot.exchange.simulated.life import PREVENTED, OrderLife, expired
from tradingbot.exchange.simulated.market import Level, Market, by_priority, is_within
from tradingbot.exchange.simulated.pricing import (
    Execution,
    Meeting,
    against,
    at_once,
    crosses,
    flat_bar,
    meet,
    offered,
    take_level,
)

_ENDS_THE_TAKER = frozenset(
    {SelfTradePrevention.EXPIRE_TAKER, SelfTradePrevention.EXPIRE_BOTH, SelfTradePrevention.DECREMENT}
)


class Matching:
    """Own orders against the market, and against each other."""

    def __init__(self, life: OrderLife) -> None:
        self.life = life
        self.share: Decimal | None = None  # of its quantity, that an arriving order takes at most

    def enter(self, market: Market, held: Held, now: int) -> None:
        """An order that is in force now takes what it may, then rests, waits for the next candle or expires."""
        if held.waits_for_trigger:
            if held.trails and market.last is not None:
                held.follow(market.last, now)
        elif held.order.time_in_force is TimeInForce.FOK and not self._fits(market, held, now):
            self.expire_what_may_not_rest(held, now)
        elif market.by_candles:
            self._meet_own(market, held, now)
            held.takes_at_open = held.is_open and crosses(market, held)
            if not held.takes_at_open:
                self.expire_what_may_not_rest(held, now)
        else:
            self._take(market, held, now)
            self.expire_what_may_not_rest(held, now)

    def trade(self, market: Market, price: Decimal, quantity: Decimal, now: int) -> None:
        """A public trade: stops first, then the limit orders it went through, best price first."""
        last = float(price)
        orders = [held for held in market.orders.values() if held.reacts(last, last)]
        if not orders:
            return
        self._wake(market, orders, now)
        for held in orders:
            if held.waits_for_trigger and _reached(held, price, now):
                self.life.trigger(held, now)
                self.enter(market, held, now)
        bar = flat_bar(last, float(price * quantity))
        room = market.room(now)
        if market.terms.max_participation > 0.0:
            room = min(room, float(market.terms.max_participation) * bar.quote_volume)
        for held in by_priority(orders):
            if held.rests:
                execution = meet(market, held, Meeting(LIMIT, bar, room, held.limit), self.funds(held))
                if execution:
                    room -= float(execution.quantity * execution.price)
                    self._book(market, held, execution, now)
        self.settle(now)

    def book(self, market: Market, now: int) -> None:
        """A new book: resting orders that it has passed trade as makers, at their own price."""
        ask = float(market.asks[0][0]) if market.asks else math.inf
        bid = float(market.bids[0][0]) if market.bids else -math.inf
        orders = [held for held in market.orders.values() if held.reacts(ask, bid)]
        self._wake(market, orders, now)
        for held in by_priority(orders):
            for level in (market.asks if held.buys else market.bids) or []:
                if not held.rests or not _beyond(held, level):
                    break
                execution = against(market, held, level, self.funds(held)) if level[1] > ZERO else None
                if execution:
                    self._book(market, held, execution, now)
        self.settle(now)

    def settle(self, now: int) -> Sequence[Held]:
        """Place the pending orders of lists whose working order has filled; returns those placed."""
        placed: list[Held] = []
        while self.life.due:
            found = self.life.due.popleft()
            placed += self._activate(found, now)
        return placed

    def expire_what_may_not_rest(self, held: Held, now: int) -> None:
        """End an IOC, FOK or market order that has not traded in full."""
        if not held.is_open or not held.must_go_at_once:
            return
        reason = ExpiryReason.INSUFFICIENT_LIQUIDITY
        if held.order.price is not None:
            fok = held.order.time_in_force is TimeInForce.FOK
            reason = ExpiryReason.UNFILLED_FOK_ORDER_EXPIRED if fok else ExpiryReason.UNFILLED_IOC_QUANTITY_EXPIRED
        self.life.close(held, expired(reason), now)

    def funds(self, held: Held) -> Decimal:
        """What an order can spend."""
        return self.life.books.funds(self.life.markets[held.symbol], held)

    def _wake(self, market: Market, orders: Sequence[Held], now: int) -> None:
        """Orders that wait for a candle's open take at once where trades or books have come instead."""
        for held in orders:
            if held.takes_at_open:
                held.takes_at_open = False
                self.enter(market, held, now)

    def _take(self, market: Market, held: Held, now: int) -> None:
        while held.is_open:
            execution = self._let_through(market, held, at_once(market, held, now, self.funds(held)))
            rival = market.rival(held)
            if rival and self._comes_first(held, rival, execution):
                self._meet_rival(market, held, rival, now)
            elif execution:
                self._book(market, held, execution, now)
            else:
                return

    def _fits(self, market: Market, held: Held, now: int) -> bool:
        """Whether it can be filled whole; in candles the next one decides. An own order may stand in its way."""
        rival = market.rival(held) if held.prevention in _ENDS_THE_TAKER else None
        if market.by_candles:
            return rival is None
        before = None if rival is None else rival.order.price
        return self.share is None and offered(market, held, now, before) >= held.left

    def _let_through(self, market: Market, held: Held, execution: Execution | None) -> Execution | None:
        if execution is None or self.share is None:
            return execution
        most = max(floor_to_step(held.quantity * self.share, market.step), market.step)
        quantity = min(execution.quantity, most - held.executed)
        return replace(execution, quantity=quantity) if quantity > ZERO else None

    def _meet_own(self, market: Market, held: Held, now: int) -> None:
        while held.is_open and held.order.price is not None:
            rival = market.rival(held)
            if rival is None:
                return
            self._meet_rival(market, held, rival, now)

    @staticmethod
    def _comes_first(held: Held, rival: Held, execution: Execution | None) -> bool:
        if execution is None:
            return held.order.price is not None
        return is_within(held, rival.order.price or ZERO, execution.price)

    def _meet_rival(self, market: Market, held: Held, rival: Held, now: int) -> None:
        mode = held.prevention
        if mode is SelfTradePrevention.NONE:
            self._trade_with_own(market, held, rival, now)
            return
        match = prevented(held, rival, len(self.life.prevented), now)
        self.life.prevented.append(match)
        if match.maker_quantity:
            self.life.prevent(rival, match.maker_quantity, match, now)
        if match.taker_quantity and held.is_open:
            self.life.prevent(held, match.taker_quantity, match, now)
        used_up = held.left == ZERO and mode is not SelfTradePrevention.EXPIRE_MAKER
        if held.is_open and used_up:  # a sale for quote value that has sold more than was reckoned
            self.life.close(held, replace(PREVENTED, prevented=match), now)

    def _trade_with_own(self, market: Market, held: Held, rival: Held, now: int) -> None:
        price = rival.order.price or ZERO
        taker = take_level(market, held, [price, rival.left], self.funds(held))
        maker = taker and against(market, rival, [price, taker.quantity], self.funds(rival))
        if maker and taker:
            self.life.fill(market, rival, maker, now)
            self.life.fill(market, held, taker, now)
        else:
            self.life.close(held, expired(ExpiryReason.INSUFFICIENT_LIQUIDITY), now)

    def _book(self, market: Market, held: Held, execution: Execution, now: int) -> None:
        if execution.level is not None:
            execution.level[1] -= execution.quantity
        else:
            market.use(execution.quantity * execution.price, now)
        self.life.fill(market, held, execution, now)

    def _activate(self, found: HeldList, now: int) -> Sequence[Held]:
        market = self.life.markets[found.symbol]
        placed = [leg for leg in activate(self.life, market, found, now) if leg.status is not OrderStatus.REJECTED]
        for leg in placed:
            if leg.is_open:
                self.enter(market, leg, now)
        return placed


def prevented(taker: Held, maker: Held, match_id: int, now: int) -> PreventedMatch:
    """What the taker's mode ends of two own orders that met."""
    mode = taker.prevention
    quantity = min(taker.left, maker.left)
    halves = (quantity, quantity) if mode is SelfTradePrevention.DECREMENT else (taker.left, maker.left)
    return PreventedMatch(
        symbol=taker.symbol,
        match_id=match_id,
        taker_order_id=taker.order_id,
        maker_order_id=maker.order_id,
        mode=mode,
        price=maker.order.price or ZERO,
        quantity=quantity,
        taker_quantity=ZERO if mode is SelfTradePrevention.EXPIRE_MAKER else halves[0],
        maker_quantity=ZERO if mode is SelfTradePrevention.EXPIRE_TAKER else halves[1],
        time=now,
    )


def _beyond(held: Held, level: Level) -> bool:
    price = held.order.price or ZERO
    return level[0] < price if held.buys else level[0] > price


def _reached(held: Held, price: Decimal, now: int) -> bool:
    if held.trails:
        held.follow(price, now)
    trigger = held.trigger_price()
    if trigger is None:
        return False
    return price >= trigger if held.triggers_above else price <= trigger
