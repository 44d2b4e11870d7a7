"""Inside one candle: orders at the open, then stop and target."""

import math

from tradingbot.domain import reasons
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Bar, Lane
from tradingbot.domain.terms import Terms
from tradingbot.engine.apply import apply_fill
from tradingbot.engine.book import Book, cancel_entry
from tradingbot.engine.inputs import HIGH, LOW, OPEN, Detail
from tradingbot.engine.match import BUY, LIMIT, MARKET, SELL, STOP, Fill, Order, match
from tradingbot.engine.outputs import Output
from tradingbot.engine.trades import begin_trade, end_trade, protect_entry, settle_remainder
from tradingbot.risk.rules import Rules

PATH_STOP_FIRST = 0
PATH_DETAIL_THEN_STOP = 1
PATH_DETAIL_THEN_TARGET = 2


@compiled
def room_left(book: Book, terms: Terms, symbol: int, index: int, bar: Bar) -> float:
    """Quote value that may still be filled of a symbol in this candle."""
    if terms.max_participation <= 0.0:
        return math.inf
    if book.symbols[symbol].traded_in != index:
        book.symbols[symbol].traded_in = index
        book.symbols[symbol].traded = 0.0
    return float(terms.max_participation * bar.quote_volume - book.symbols[symbol].traded)


@compiled
def execute(book: Book, number: int, order: Order, bar: Bar, terms: Terms, index: int) -> Fill:
    """Match an order within the candle's room and book its fill."""
    lane = book.lanes[number]
    fill = match(order, bar, terms, room_left(book, terms, lane.symbol, index, bar))
    if fill.quantity > 0.0:
        apply_fill(book.account[0], lane, fill)
        book.symbols[lane.symbol].traded += fill.quantity * fill.price
    return fill


@compiled
def sell(
    book: Book,
    output: Output,
    rules: Rules,
    number: int,
    order: Order,
    bar: Bar,
    terms: Terms,
    index: int,
    now: int,
    reason: int,
) -> None:
    """Sell what the candle takes; the trade ends when nothing that can be sold is left. Too little is dust at once."""
    price = order.price if order.kind != MARKET else bar.open
    if settle_remainder(book, terms, number, price):
        end_trade(book, output, rules, number, index, now, reasons.DUST)
        return
    fill = execute(book, number, order, bar, terms, index)
    if fill.quantity > 0.0 and settle_remainder(book, terms, number, fill.price):
        end_trade(book, output, rules, number, index, now, reason)


@compiled
def exit_at_open(
    book: Book, output: Output, rules: Rules, number: int, bar: Bar, terms: Terms, index: int, now: int
) -> None:
    """A position that is being closed is sold at the open; what the candle does not take waits for the next."""
    lane = book.lanes[number]
    lane.lowest = min(lane.lowest, bar.open)
    lane.highest = max(lane.highest, bar.open)
    order = Order(SELL, MARKET, lane.quantity, 0.0, 0.0)
    sell(book, output, rules, number, order, bar, terms, index, now, lane.exit_reason)
    if lane.quantity > 0.0:
        book.account[0].orders += 1


@compiled
def enter_at_open(book: Book, number: int, bar: Bar, terms: Terms, index: int, now: int) -> None:
    """An entry order buys at the open, never for more cash than there is."""
    account, lane = book.account[0], book.lanes[number]
    affordable = account.cash / (1.0 + terms.taker)
    value = min(lane.entry_value, affordable)
    if lane.quantity <= 0.0:
        begin_trade(lane, index, now, bar.open)
    fill = execute(book, number, Order(BUY, MARKET, 0.0, value, 0.0), bar, terms, index)
    if fill.quantity > 0.0:
        spent = fill.quantity * fill.price
        left = lane.entry_value - spent
        account.reserved -= spent
        lane.entry_value = left
        protect_entry(lane, terms)
    rest = min(lane.entry_value, account.cash / (1.0 + terms.taker))
    least = max(terms.min_notional, 1.05 * max(terms.step_size, terms.min_quantity) * bar.open, 1e-9 * lane.cost)
    if rest <= least or (fill.quantity <= 0.0 and value <= least):
        cancel_entry(account, lane)
    if lane.entry_value > 0.0:
        book.account[0].orders += 1


@compiled
def first_touch(detail: Detail, symbol: int, index: int, stop: float, target: float) -> int:
    """What finer candles say came first: reasons.STOP, reasons.TARGET, or 0 when they cannot tell."""
    begin = index * detail.ratio
    for k in range(begin, begin + detail.ratio):
        stopped = detail.candles[LOW, symbol, k] <= stop
        reached = detail.candles[HIGH, symbol, k] > target
        if stopped and reached:
            if detail.candles[OPEN, symbol, k] <= stop:
                return reasons.STOP
            return reasons.TARGET if detail.candles[OPEN, symbol, k] > target else 0
        if stopped:
            return reasons.STOP
        if reached:
            return reasons.TARGET
    return 0


@compiled
def which_first(lane: Lane, bar: Bar, detail: Detail, path: int, index: int) -> int:
    """reasons.STOP, reasons.TARGET or 0: what this candle does to the position."""
    stopped = bar.low <= lane.stop
    reached = bar.high > lane.target
    if stopped and reached:
        if bar.open <= lane.stop:
            return reasons.STOP
        if bar.open > lane.target:
            return reasons.TARGET
        if path != PATH_STOP_FIRST and detail.ratio > 0:
            seen = first_touch(detail, lane.symbol, index, lane.stop, lane.target)
            if seen > 0:
                return seen
        return reasons.TARGET if path == PATH_DETAIL_THEN_TARGET else reasons.STOP
    if stopped:
        return reasons.STOP
    return reasons.TARGET if reached else 0


@compiled
def stop_out(
    book: Book, output: Output, rules: Rules, number: int, bar: Bar, terms: Terms, index: int, now: int
) -> None:
    """The stop was reached: sell as a market order; what the candle does not take is sold at the next opens."""
    lane = book.lanes[number]
    reason = reasons.TRAILING if lane.trailing else reasons.STOP
    cancel_entry(book.account[0], lane)
    lane.lowest = min(lane.lowest, bar.open, lane.stop)
    before = lane.quantity
    if bar.open < lane.stop:
        lane.gap_loss += before * (lane.stop - bar.open)
    order = Order(SELL, STOP, before, 0.0, lane.stop)
    sell(book, output, rules, number, order, bar, terms, index, now, reason)
    if lane.quantity > 0.0:
        lane.exit_reason = reason
        book.account[0].orders += 1


@compiled
def take_target(
    book: Book, output: Output, rules: Rules, number: int, bar: Bar, terms: Terms, index: int, now: int
) -> None:
    """The candle traded through the target: the resting limit order fills at its price."""
    lane = book.lanes[number]
    lane.highest = max(lane.highest, lane.target)
    order = Order(SELL, LIMIT, lane.quantity, 0.0, lane.target)
    sell(book, output, rules, number, order, bar, terms, index, now, reasons.TARGET)


@compiled
def protect(
    book: Book,
    output: Output,
    rules: Rules,
    number: int,
    bar: Bar,
    terms: Terms,
    detail: Detail,
    path: int,
    index: int,
    now: int,
) -> None:
    """Stop or target inside the candle, or one more candle held."""
    lane = book.lanes[number]
    first = which_first(lane, bar, detail, path, index)
    if first == reasons.STOP:
        stop_out(book, output, rules, number, bar, terms, index, now)
    elif first == reasons.TARGET:
        take_target(book, output, rules, number, bar, terms, index, now)
    if lane.quantity > 0.0:
        lane.lowest = min(lane.lowest, bar.low)
        lane.highest = max(lane.highest, bar.high)
