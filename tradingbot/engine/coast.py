"""Quiet candles: positions are held, nothing touches a stop or target, no order waits, no limit trips.

A run spends nearly all candles here, so they are walked in tight loops that do what the full step would do.
"""

import math

from tradingbot.domain.candles import FloatColumn, IntColumn
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Account, Lane, Records
from tradingbot.engine.book import Book
from tradingbot.engine.inputs import CLOSE, HIGH, LOW, Market, Volatility, latest_atr
from tradingbot.risk.rules import Rules
from tradingbot.risk.stops import trail


@compiled
def held_lanes(lanes: Records, held: IntColumn) -> int:
    """Fill `held` with the numbers of lanes that have a position; how many."""
    count = 0
    for number in range(len(lanes)):
        if lanes[number].quantity > 0.0:
            held[count] = number
            count += 1
    return count


@compiled
def before_expiry(lanes: Records, held: IntColumn, count: int, market: Market, begin: int, end: int) -> int:
    """The first candle from `begin` on, at most `end`, at whose close a position has been held for its longest time."""
    for k in range(count):
        left = lanes[held[k]].expires - market.start - market.step
        if left <= (end - 1) * market.step:
            end = max(-(-left // market.step), begin)
    return end


@compiled
def equity_floor(account: Account, rules: Rules) -> float:
    """The equity at or below which a limit trips."""
    floor = -math.inf
    if rules.daily_loss > 0.0 and not account.day_blocked:
        floor = account.day_open_equity * (1.0 - rules.daily_loss)
    if rules.drawdown > 0.0 and not account.halted:
        floor = max(floor, account.peak * (1.0 - rules.drawdown))
    return floor


@compiled
def trails_from(lane: Lane, rules: Rules) -> float:
    """The highest high from which the stop trails; NaN: it never does."""
    if lane.stop_distance <= 0.0 or rules.trail_after == math.inf:
        return math.nan
    return float(lane.average * (1.0 + rules.trail_after * lane.stop_distance))


@compiled
def mark_trough(account: Account, trough: float) -> None:
    """Follow the lowest of several equities, none of which was a new peak; the fall from one peak grows as it sinks."""
    account.day_low = min(account.day_low, trough)
    account.max_drawdown = max(account.max_drawdown, 1.0 - trough / account.peak)


@compiled
def coast_alone(
    market: Market, volatility: Volatility, rules: Rules, account: Account, lane: Lane, begin: int, end: int
) -> int:
    """Walk quiet candles of the only position."""
    candles, symbol = market.candles, lane.symbol
    cash, quantity, stop, target = account.cash, lane.quantity, lane.stop, lane.target
    lowest, highest, trailing = lane.lowest, lane.highest, trails_from(lane, rules)
    floor, peak, trough = equity_floor(account, rules), account.peak, math.inf
    candle = begin
    while candle < end:
        low, high, close = candles[LOW, symbol, candle], candles[HIGH, symbol, candle], candles[CLOSE, symbol, candle]
        equity = cash + quantity * close
        if not (close > 0.0 and low > stop and high <= target and equity > floor):
            break
        lowest, highest, trough = min(lowest, low), max(highest, high), min(trough, equity)
        candle += 1
        if equity > peak:
            mark_trough(account, trough)
            account.peak = peak = equity
            floor, trough = equity_floor(account, rules), math.inf
        if highest >= trailing:
            lane.highest = highest
            trail(lane, rules, latest_atr(volatility, lane.atr_row, market.start + candle * market.step))
            stop = lane.stop
    mark_trough(account, trough)
    lane.lowest, lane.highest = lowest, highest
    return candle


@compiled
def quiet(lane: Lane, candles: FloatColumn, candle: int) -> bool:
    """Whether there is a candle, and it touches neither stop nor target."""
    symbol = lane.symbol
    inside = candles[LOW, symbol, candle] > lane.stop and candles[HIGH, symbol, candle] <= lane.target
    return bool(inside and candles[CLOSE, symbol, candle] > 0.0)


@compiled
def coast_together(
    market: Market, volatility: Volatility, rules: Rules, book: Book, count: int, begin: int, end: int
) -> int:
    """Walk quiet candles of several positions."""
    account, lanes, held, candles = book.account[0], book.lanes, book.order, market.candles
    cash, floor, trough = account.cash, equity_floor(account, rules), math.inf
    for candle in range(begin, end):
        value = 0.0
        for k in range(count):
            lane = lanes[held[k]]
            value += lane.quantity * candles[CLOSE, lane.symbol, candle] if quiet(lane, candles, candle) else math.nan
        equity = cash + value
        if not equity > floor:
            end = candle
            break
        trough = min(trough, equity)
        if equity > account.peak:
            mark_trough(account, trough)
            account.peak = equity
            floor, trough = equity_floor(account, rules), math.inf
        for k in range(count):
            lane = lanes[held[k]]
            lane.lowest = min(lane.lowest, candles[LOW, lane.symbol, candle])
            lane.highest = max(lane.highest, candles[HIGH, lane.symbol, candle])
            if lane.highest >= trails_from(lane, rules):
                trail(lane, rules, latest_atr(volatility, lane.atr_row, market.start + (candle + 1) * market.step))
    mark_trough(account, trough)
    return end


@compiled
def mark_close(book: Book, count: int, candles: FloatColumn, candle: int) -> None:
    """Last prices, and equity from the value of all positions."""
    account, value = book.account[0], 0.0
    for k in range(count):
        lane = book.lanes[book.order[k]]
        close = candles[CLOSE, lane.symbol, candle]
        book.symbols[lane.symbol].price = close
        value += lane.quantity * close
    account.exposure = value
    account.equity = account.cash + value


@compiled
def coast(market: Market, volatility: Volatility, rules: Rules, book: Book, begin: int, end: int) -> int:
    """Walk quiet candles from `begin` while there are any before `end`; returns the first that needs the full step.

    A missing candle of a held symbol is left to the full step.
    """
    account, held = book.account[0], book.order
    if account.positions == 0:
        return end if account.cash > equity_floor(account, rules) else begin
    count = held_lanes(book.lanes, held)
    end = before_expiry(book.lanes, held, count, market, begin, end)
    if count == 1:
        reached = coast_alone(market, volatility, rules, account, book.lanes[held[0]], begin, end)
    else:
        reached = coast_together(market, volatility, rules, book, count, begin, end)
    if reached > begin:
        mark_close(book, count, market.candles, reached - 1)
    return reached
