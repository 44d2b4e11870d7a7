"""The beginning and the end of a trade."""

import math

from tradingbot.domain import reasons
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Lane
from tradingbot.domain.terms import Terms
from tradingbot.engine.book import Book
from tradingbot.engine.outputs import TRADES, Output
from tradingbot.risk.allocator import record_result
from tradingbot.risk.filters import ceil_to, floor_to, sellable
from tradingbot.risk.frequency import cooldown_until
from tradingbot.risk.rules import Rules


@compiled
def protect_entry(lane: Lane, terms: Terms) -> None:
    """Set stop and target from the average entry price, on the exchange's price grid, away from a better result."""
    if not lane.trailing:
        lane.stop = floor_to(lane.average * (1.0 - lane.stop_distance), terms.tick_size) if lane.stop_distance else 0.0
    lane.target = ceil_to(lane.average * (1.0 + lane.target_distance), terms.tick_size)


@compiled
def begin_trade(lane: Lane, index: int, now: int, price: float) -> None:
    """The first fill of an entry is about to be booked."""
    lane.entry_index = index
    lane.expires = now + lane.max_hold_ms
    lane.highest = price
    lane.lowest = price
    lane.trailing = False
    lane.exit_reason = 0
    lane.bought = 0.0
    lane.cost = 0.0
    lane.sold = 0.0
    lane.proceeds = 0.0
    lane.trade_fees = 0.0
    lane.trade_slippage = 0.0
    lane.gap_loss = 0.0


@compiled
def write_trade(output: Output, lane: Lane, number: int, index: int, reason: int, exit_price: float) -> float:
    """Append a closed trade; returns its profit after costs."""
    trade = output.trades[output.used[TRADES]]
    output.used[TRADES] += 1
    pnl = lane.proceeds - lane.cost - lane.trade_fees
    trade.lane = number
    trade.entry_index = lane.entry_index
    trade.exit_index = index
    trade.reason = reason
    trade.quantity = lane.bought
    trade.entry_price = lane.average
    trade.exit_price = exit_price
    trade.notional = lane.cost
    trade.fees = lane.trade_fees
    trade.slippage = lane.trade_slippage
    trade.pnl = pnl
    trade.stop_distance = lane.stop_distance if lane.stop_distance > 0.0 else math.nan
    trade.target_distance = lane.target_distance if lane.target_distance < math.inf else math.nan
    trade.mae = min(lane.lowest / lane.average - 1.0, 0.0)
    trade.mfe = max(lane.highest / lane.average - 1.0, 0.0)
    trade.gap_loss = lane.gap_loss
    trade.equity_at_entry = lane.equity_at_entry
    trade.big_win = lane.big_win
    return pnl


@compiled
def end_trade(book: Book, output: Output, rules: Rules, number: int, index: int, now: int, reason: int) -> None:
    """The position is gone: write the trade and remember what rules need to know of it."""
    account, lane = book.account[0], book.lanes[number]
    account.reserved -= lane.entry_value
    lane.entry_value = 0.0
    exit_price = lane.proceeds / lane.sold if lane.sold > 0.0 else book.symbols[lane.symbol].price
    pnl = write_trade(output, lane, number, index, reason, exit_price)
    lane.quantity = 0.0
    lane.exit_reason = 0
    account.positions -= 1
    account.day_realised += pnl
    if reason in (reasons.STOP, reasons.TRAILING):
        lane.cooldown_until = cooldown_until(lane, rules, now)
    risked = lane.cost * lane.stop_distance if lane.stop_distance > 0.0 else lane.cost
    record_result(book.styles, rules, lane.style, pnl / risked, now)


@compiled
def settle_remainder(book: Book, terms: Terms, number: int, price: float) -> bool:
    """Whether the position is over: nothing is left, or so little that it cannot be sold and becomes dust."""
    lane = book.lanes[number]
    rest = lane.quantity
    if rest <= lane.bought * 1e-12:
        lane.quantity = 0.0
        return True
    if sellable(terms, rest, price):
        return False
    book.symbols[lane.symbol].dust += rest
    book.account[0].dusty = True
    lane.sold += rest
    lane.proceeds += rest * price
    lane.quantity = 0.0
    return True
