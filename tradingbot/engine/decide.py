"""What to do at the close of a candle: exits, then entries by strength, each through the risk rules.

The running session calls the same functions: it fills the same records from the exchange and turns what they
ask for (`entry_value`, `exit_reason` of a lane) into orders.
"""

import math
from typing import NamedTuple

from tradingbot.domain import reasons
from tradingbot.domain.candles import BoolColumn, FloatColumn
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Lane
from tradingbot.domain.terms import Terms, break_even
from tradingbot.engine.book import Book, active, cancel_entry
from tradingbot.engine.inputs import Rows
from tradingbot.risk import refusals
from tradingbot.risk.allocator import record_share
from tradingbot.risk.big_win import big_win_factor, rank_among
from tradingbot.risk.correlation import correlated_room
from tradingbot.risk.daily_loss import daily_loss_reached
from tradingbot.risk.drawdown import drawdown_reached
from tradingbot.risk.filters import floor_to, price_allowed, sellable
from tradingbot.risk.frequency import frequency_refusal, take_order_slot
from tradingbot.risk.latches import latch_refusal
from tradingbot.risk.rotation import may_rotate
from tradingbot.risk.rules import Rules
from tradingbot.risk.size import cap_value, kelly_value, risk_value
from tradingbot.risk.stops import first_stop_distance
from tradingbot.risk.worth import expected_value, required_target


class Known(NamedTuple):
    """What is known of the market at the decision, one entry a symbol; empty where a rule is off."""

    now: int  # ms, the close of the candle
    until: int  # ms, the close of the next one
    ranked: BoolColumn
    correlation: FloatColumn
    share: FloatColumn  # one entry a style


class Candidate(NamedTuple):
    """An entry that a strategy asks for."""

    price: float  # NaN: the symbol has no candle
    quote_volume: float
    atr: float
    weight: float
    target: float
    probability: float


class Verdict(NamedTuple):
    """Approved when `refusal` is 0: buy for `value`, with these distances."""

    refusal: int
    value: float
    stop: float
    target: float
    expected: float
    risk_factor: float  # above 1: a big-win entry


@compiled
def refused(refusal: int, expected: float) -> Verdict:
    """A verdict that buys nothing."""
    return Verdict(refusal, 0.0, 0.0, 0.0, expected, 1.0)


@compiled
def ask_exit(book: Book, lane: Lane, reason: int) -> None:
    """Cancel what is left of an entry, and close the position at the next open."""
    cancel_entry(book.account[0], lane)
    if lane.quantity > 0.0 and lane.exit_reason == 0:
        lane.exit_reason = reason
        book.account[0].orders += 1


@compiled
def account_limits(book: Book, rules: Rules) -> int:
    """Trip the latches that equity has reached and close everything; returns the reason, 0 if none."""
    account = book.account[0]
    reason = 0
    if daily_loss_reached(account, rules):
        account.day_blocked = True
        reason = reasons.DAILY_LOSS
    if drawdown_reached(account, rules):
        account.halted = True
        reason = reasons.DRAWDOWN
    if reason > 0:
        for number in range(len(book.lanes)):
            ask_exit(book, book.lanes[number], reason)
    return reason


@compiled
def exits(book: Book, events: Rows, first: int, last: int, now: int) -> None:
    """Close what its strategy leaves, and what has been held for its longest time."""
    for e in range(first, last):
        lane = book.lanes[events[e].lane]
        lane.probability = events[e].probability
        if events[e].exit and active(lane):
            ask_exit(book, lane, reasons.SIGNAL)
    if book.account[0].positions > 0:
        for number in range(len(book.lanes)):
            lane = book.lanes[number]
            if lane.quantity > 0.0 and now >= lane.expires:
                ask_exit(book, lane, reasons.HORIZON)


@compiled
def gate(book: Book, lane: Lane, rules: Rules, known: Known, price: float) -> int:
    """The rules that need no size: 0 or the refusal."""
    account = book.account[0]
    refusal = latch_refusal(account)
    if refusal > 0:
        return refusal
    if not price > 0.0:
        return refusals.STALE
    if active(lane):
        return refusals.IN_POSITION
    refusal = frequency_refusal(account, lane, rules, known.now, known.until)
    if refusal > 0:
        return refusal
    if len(known.ranked) > 0 and not known.ranked[lane.symbol]:
        return refusals.RANKING
    return refusals.NONE


@compiled
def sized(
    book: Book, lane: Lane, rules: Rules, terms: Terms, known: Known, entry: Candidate, verdict: Verdict
) -> Verdict:
    """The smallest of all caps for an entry that is worth it, or the refusal of the cap that leaves nothing."""
    account = book.account[0]
    share = record_share(book.styles, rules, lane.style, known.now)
    if len(known.share) > 0:
        share *= known.share[lane.style]
    if share <= 0.0:
        return refused(refusals.ALLOCATOR, verdict.expected)
    cost = break_even(terms, entry.price)
    equity = account.equity
    factor = 1.0
    if verdict.expected == verdict.expected:
        rank = rank_among(book.expected, book.account[0].expected_seen, verdict.expected)
        factor = big_win_factor(account, rules, rank)
    value = risk_value(rules, equity, verdict.stop, cost, factor) * share
    value = min(value, cap_value(rules, equity, entry.weight))
    if entry.probability == entry.probability and rules.kelly_fraction > 0.0:
        gain, loss = verdict.target - cost, verdict.stop + cost
        kelly = kelly_value(rules, equity, entry.probability, gain, loss)
        if kelly <= 0.0:
            return refused(refusals.KELLY, verdict.expected)
        value = min(value, kelly)
    if terms.max_participation > 0.0:
        value = min(value, terms.max_participation * entry.quote_volume)
    room = correlated_room(rules, equity, book.lanes, book.symbols, known.correlation, lane.symbol)
    if room <= 0.0:
        return refused(refusals.CORRELATED, verdict.expected)
    free = (account.cash - account.reserved) / (1.0 + terms.taker)
    if free <= 0.0:
        return refused(refusals.NO_CASH, verdict.expected)
    value = min(value, room, free)
    quantity = floor_to(value / entry.price, terms.step_size)
    if not sellable(terms, quantity * (1.0 - verdict.stop), entry.price):
        return refused(refusals.MIN_NOTIONAL, verdict.expected)
    return Verdict(refusals.NONE, value, verdict.stop, verdict.target, verdict.expected, factor)


@compiled
def weigh(book: Book, lane: Lane, rules: Rules, terms: Terms, known: Known, entry: Candidate) -> Verdict:
    """Approve an entry with its size and distances, or refuse it with the rule's number."""
    refusal = gate(book, lane, rules, known, entry.price)
    if refusal > 0:
        return refused(refusal, math.nan)
    stop = first_stop_distance(lane, entry.price, entry.atr)
    if stop != stop:
        return refused(refusals.NO_VOLATILITY, math.nan)
    cost = break_even(terms, entry.price)
    required = required_target(rules, lane.reward_risk, stop, cost)
    target = entry.target
    if target != target:
        target = required if lane.reward_risk > 0.0 and stop > 0.0 else math.inf
    if target < required:
        return refused(refusals.TARGET, math.nan)
    expected = expected_value(entry.probability, target, stop, cost)
    if rules.min_expected_value == rules.min_expected_value and expected <= rules.min_expected_value:
        return refused(refusals.EXPECTED_VALUE, expected)
    if target < math.inf and not price_allowed(terms, entry.price * (1.0 + target), entry.price):
        return refused(refusals.PERCENT_PRICE, expected)
    if rules.max_positions > 0 and book.account[0].positions >= rules.max_positions:
        return refused(refusals.MAX_POSITIONS, expected)
    return sized(book, lane, rules, terms, known, entry, Verdict(refusals.NONE, 0.0, stop, target, expected, 1.0))


@compiled
def make_room(book: Book, rules: Rules, table: Rows, waiting: float) -> None:
    """Close one small loss whose own expected value is beaten by a waiting entry's by the margin."""
    for number in range(len(book.lanes)):
        lane = book.lanes[number]
        if lane.quantity <= 0.0:
            continue
        price = book.symbols[lane.symbol].price
        cost = break_even(table[lane.symbol], price)
        own = expected_value(lane.probability, lane.target / price - 1.0, 1.0 - lane.stop / price, 0.5 * cost)
        if may_rotate(lane, rules, price, own, waiting):
            ask_exit(book, lane, reasons.ROTATION)
            return


@compiled
def enter(book: Book, number: int, rules: Rules, known: Known, verdict: Verdict) -> None:
    """Turn an approval into an entry order for the next candle."""
    account, lane = book.account[0], book.lanes[number]
    lane.entry_value = verdict.value
    lane.stop_distance = verdict.stop
    lane.target_distance = verdict.target
    lane.equity_at_entry = account.equity
    lane.big_win = verdict.risk_factor > 1.0
    lane.exit_reason = 0
    account.reserved += verdict.value
    account.positions += 1
    book.account[0].orders += 1
    take_order_slot(account, rules, known.now)


@compiled
def remember(book: Book, expected: float) -> None:
    """Keep an expected value for the ranks of later entries."""
    if expected == expected:
        book.expected[book.account[0].expected_seen % len(book.expected)] = expected
        book.account[0].expected_seen += 1


@compiled
def by_strength(book: Book, events: Rows, first: int, last: int) -> int:
    """Fill `book.order` with the events that ask for an entry, strongest first, ties in lane order; their number."""
    count = 0
    for e in range(first, last):
        if events[e].enter and not events[e].exit:
            k = count
            while k > 0 and events[book.order[k - 1]].strength < events[e].strength:
                book.order[k] = book.order[k - 1]
                k -= 1
            book.order[k] = e
            count += 1
    return count
