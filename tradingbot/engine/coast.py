"""Quiet candles: positions are held, nothing touches a stop or target, no order waits, no strategy speaks.

A run spends nearly all candles here, so they are walked in one tight loop that does what the full step would do.
"""

import math

from tradingbot.domain.candles import FloatColumn, IntColumn
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Account, Records
from tradingbot.engine.book import Book, mark
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
def quiet_value(
    lanes: Records, held: IntColumn, count: int, symbols: Records, candles: FloatColumn, candle: int, now: int
) -> float:
    """The value of the positions at the candle's close; NaN when the candle needs the full step."""
    value = 0.0
    for k in range(count):
        lane = lanes[held[k]]
        symbol = lane.symbol
        close = candles[CLOSE, symbol, candle]
        if close > 0.0:
            if candles[LOW, symbol, candle] <= lane.stop or candles[HIGH, symbol, candle] > lane.target:
                return math.nan
            value += lane.quantity * close
        else:
            value += lane.quantity * symbols[symbol].price
        if now >= lane.expires:
            return math.nan
    return value


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
def carry(book: Book, held: IntColumn, count: int, market: Market, candle: int) -> None:
    """Last prices and excursions after a quiet candle."""
    for k in range(count):
        lane = book.lanes[held[k]]
        close = market.candles[CLOSE, lane.symbol, candle]
        if close > 0.0:
            book.symbols[lane.symbol].price = close
            lane.lowest = min(lane.lowest, market.candles[LOW, lane.symbol, candle])
            lane.highest = max(lane.highest, market.candles[HIGH, lane.symbol, candle])


@compiled
def coast(market: Market, volatility: Volatility, rules: Rules, book: Book, begin: int, end: int) -> int:
    """Walk quiet candles from `begin` while there are any before `end`; returns the first that needs the full step."""
    account, held = book.account[0], book.order
    count = held_lanes(book.lanes, held)
    for candle in range(begin, end):
        now = market.start + (candle + 1) * market.step
        value = quiet_value(book.lanes, held, count, book.symbols, market.candles, candle, now)
        if not account.cash + value > equity_floor(account, rules):
            return candle
        carry(book, held, count, market, candle)
        mark(account, value)
        if rules.trail_after < math.inf:
            for k in range(count):
                lane = book.lanes[held[k]]
                if market.candles[CLOSE, lane.symbol, candle] > 0.0:
                    trail(lane, rules, latest_atr(volatility, lane.atr_row, now))
    return end
