"""The loop: match, apply, mark, decide - over all candles of the base clock, skipping those in which nothing can be."""

import math
from typing import NamedTuple

from tradingbot.domain import reasons
from tradingbot.domain.compiled import compiled
from tradingbot.domain.terms import adverse
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS
from tradingbot.engine.apply import apply_fill
from tradingbot.engine.book import Book, begin_day, cancel_entry, mark
from tradingbot.engine.coast import coast
from tradingbot.engine.decide import (
    Candidate,
    Known,
    account_limits,
    by_strength,
    enter,
    exits,
    make_room,
    remember,
    weigh,
)
from tradingbot.engine.inputs import CLOSE, QUOTE_VOLUME, Calendar, Detail, Market, Rows, Volatility, bar_of, latest_atr
from tradingbot.engine.intrabar import enter_at_open, exit_at_open, protect
from tradingbot.engine.match import SELL, Fill
from tradingbot.engine.outputs import DAYS, LATCHES, Output
from tradingbot.engine.trades import end_trade
from tradingbot.risk import refusals
from tradingbot.risk.stops import trail


class Inputs(NamedTuple):
    """Everything a run reads."""

    market: Market
    detail: Detail
    events: Rows
    volatility: Volatility
    calendar: Calendar
    terms: Rows  # TERMS, one row a symbol
    rules: Rows  # RULES, one row
    path: int  # which of stop and target comes first inside a candle, see intrabar.py


@compiled
def fill_orders(inputs: Inputs, book: Book, output: Output, index: int, now: int) -> None:
    """Orders of the last decision meet the open of this candle: sales first, then purchases.

    Without a candle a sale waits for the next one, and a purchase is given up: its price would be another market's.
    """
    book.account[0].orders = 0
    for number in range(len(book.lanes)):
        lane = book.lanes[number]
        if lane.exit_reason > 0 and lane.quantity > 0.0:
            bar = bar_of(inputs.market, lane.symbol, index)
            if bar.open > 0.0:
                exit_at_open(book, output, inputs.rules[0], number, bar, inputs.terms[lane.symbol], index, now)
            else:
                book.account[0].orders += 1
    for number in range(len(book.lanes)):
        lane = book.lanes[number]
        if lane.entry_value > 0.0:
            bar = bar_of(inputs.market, lane.symbol, index)
            if bar.open > 0.0:
                enter_at_open(book, number, bar, inputs.terms[lane.symbol], index, now)
            else:
                cancel_entry(book.account[0], lane)


@compiled
def hold(inputs: Inputs, book: Book, output: Output, index: int, now: int) -> float:
    """Carry all positions through the candle; returns their value at its close."""
    value = 0.0
    for number in range(len(book.lanes)):
        lane = book.lanes[number]
        if lane.quantity <= 0.0:
            continue
        symbol = lane.symbol
        close = inputs.market.candles[CLOSE, symbol, index]
        if close > 0.0:
            book.symbols[symbol].price = close
            bar = bar_of(inputs.market, symbol, index)
            terms = inputs.terms[symbol]
            protect(book, output, inputs.rules[0], number, bar, terms, inputs.detail, inputs.path, index, now)
            if lane.quantity > 0.0 and inputs.rules[0].trail_after < math.inf:
                trail(lane, inputs.rules[0], latest_atr(inputs.volatility, lane.atr_row, now))
        value += lane.quantity * book.symbols[symbol].price
    return value


@compiled
def dust_value(inputs: Inputs, book: Book, index: int) -> float:
    """Value of what cannot be sold."""
    value = 0.0
    if book.account[0].dusty:
        for symbol in range(len(book.symbols)):
            if book.symbols[symbol].dust > 0.0:
                close = inputs.market.candles[CLOSE, symbol, index]
                if close > 0.0:
                    book.symbols[symbol].price = close
                value += book.symbols[symbol].dust * book.symbols[symbol].price
    return value


@compiled
def write_latch(book: Book, output: Output, now: int, reason: int) -> None:
    """Keep that a limit tripped."""
    latch = output.latches[output.used[LATCHES]]
    output.used[LATCHES] += 1
    latch.time = now
    latch.reason = reason
    latch.equity = book.account[0].equity


@compiled
def write_day(book: Book, output: Output, now: int) -> None:
    """Keep the state of the account at the end of a UTC day."""
    account = book.account[0]
    day = output.days[output.used[DAYS]]
    output.used[DAYS] += 1
    day.time = now
    day.equity = account.equity
    day.low = account.day_low
    day.cash = account.cash
    day.exposure = account.exposure
    day.turnover = account.turnover
    day.fees = account.fees
    day.slippage = account.slippage


@compiled
def known_at(inputs: Inputs, now: int) -> Known:
    """The rows of the calendar that hold at a decision."""
    calendar, market = inputs.calendar, inputs.market
    hour = now // HOUR_MS - market.start // HOUR_MS
    day = now // DAY_MS - market.start // DAY_MS
    return Known(
        now,
        now + market.step,
        calendar.ranked[min(hour, len(calendar.ranked) - 1)],
        calendar.correlation[min(day, len(calendar.correlation) - 1)],
        calendar.share[min(day, len(calendar.share) - 1)],
    )


@compiled
def candidate_at(inputs: Inputs, lane_symbol: int, atr_row: int, event: int, index: int, now: int) -> Candidate:
    """What an event asks for, with the symbol's last candle."""
    market, events = inputs.market, inputs.events
    return Candidate(
        market.candles[CLOSE, lane_symbol, index],
        market.candles[QUOTE_VOLUME, lane_symbol, index],
        latest_atr(inputs.volatility, atr_row, now),
        events[event].weight,
        events[event].target,
        events[event].probability,
    )


@compiled
def entries(inputs: Inputs, book: Book, output: Output, first: int, last: int, index: int, now: int) -> None:
    """Entries by strength, each through the risk rules; refusals are counted by rule."""
    count = by_strength(book, inputs.events, first, last)
    if count == 0:
        return
    known = known_at(inputs, now)
    for k in range(count):
        e = book.order[k]
        number = inputs.events[e].lane
        lane = book.lanes[number]
        entry = candidate_at(inputs, lane.symbol, lane.atr_row, e, index, now)
        if entry.price > 0.0:
            book.symbols[lane.symbol].price = entry.price
        verdict = weigh(book, lane, inputs.rules[0], inputs.terms[lane.symbol], known, entry)
        remember(book, verdict.expected)
        if verdict.refusal == refusals.NONE:
            enter(book, number, inputs.rules[0], known, verdict)
        else:
            output.refusals[number, verdict.refusal] += 1
            if verdict.refusal in (refusals.MAX_POSITIONS, refusals.NO_CASH):
                make_room(book, inputs.rules[0], inputs.terms, verdict.expected)


@compiled
def close_all(inputs: Inputs, book: Book, output: Output, index: int, now: int) -> None:
    """End of the data: what is still open is sold at its last price, less the costs of a small market order."""
    for number in range(len(book.lanes)):
        lane = book.lanes[number]
        if lane.quantity > 0.0:
            terms = inputs.terms[lane.symbol]
            last = book.symbols[lane.symbol].price
            price = last * (1.0 - adverse(terms, last))
            fee = lane.quantity * price * terms.taker
            apply_fill(book.account[0], lane, Fill(SELL, lane.quantity, price, fee, lane.quantity * (last - price)))
            end_trade(book, output, inputs.rules[0], number, index, now, reasons.END)


@compiled
def coming(events: Rows, event: int, candles: int) -> int:
    """The candle at whose close a strategy speaks next."""
    return int(events[event].candle) if event < len(events) else candles


@compiled
def walk_quiet(inputs: Inputs, book: Book, begin: int, end: int) -> int:
    """Walk candles in which no order waits and nothing is touched; returns the first that needs the full step."""
    account = book.account[0]
    if account.orders > 0 or account.dusty:
        return begin
    return coast(inputs.market, inputs.volatility, inputs.rules[0], book, begin, end)


@compiled
def step(inputs: Inputs, book: Book, output: Output, index: int, now: int) -> None:
    """One candle in full, up to the decision at its close."""
    if book.account[0].orders > 0:
        fill_orders(inputs, book, output, index, now)
    value = hold(inputs, book, output, index, now)
    if index == inputs.market.candles.shape[2] - 1:
        close_all(inputs, book, output, index, now)
        value = 0.0
    mark(book.account[0], value + dust_value(inputs, book, index))
    reason = account_limits(book, inputs.rules[0])
    if reason > 0:
        write_latch(book, output, now, reason)


@compiled
def run(inputs: Inputs, book: Book, output: Output) -> None:
    """Trade all candles; `book` and `output` hold the result."""
    market, events = inputs.market, inputs.events
    last = market.candles.shape[2] - 1
    per_day = DAY_MS // market.step
    day_end = (DAY_MS - market.start % DAY_MS) // market.step - 1  # candle that closes the UTC day
    event, total = 0, len(events)
    index = 0
    while index <= last:
        stop = min(coming(events, event, last), day_end, last)
        index = walk_quiet(inputs, book, index, min(stop + 1, last))
        if index > stop:
            index = stop
            now = market.start + (index + 1) * market.step
        else:
            now = market.start + (index + 1) * market.step
            step(inputs, book, output, index, now)
        if index in (day_end, last):
            write_day(book, output, now)
        if index == day_end:
            day_end += per_day
            begin_day(book.account[0])
        first = event
        while event < total and events[event].candle == index:
            event += 1
        exits(book, events, first, event, now)
        if event > first:
            entries(inputs, book, output, first, event, index, now)
        index += 1
