"""Our engine's trades in the form of its peers'."""

import math

import numpy as np

from tests.support.peers import Case, PeerTrade
from tradingbot.domain import reasons
from tradingbot.domain.state import LANE, NEVER, Records, frozen, records
from tradingbot.domain.terms import TERMS
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS
from tradingbot.engine.book import new_book
from tradingbot.engine.inputs import EVENT, VOLATILITY_ROW, Calendar, Detail, Market, Volatility
from tradingbot.engine.intrabar import PATH_STOP_FIRST
from tradingbot.engine.outputs import TRADES, new_output
from tradingbot.engine.run import Inputs, run
from tradingbot.risk.rules import RULES

NO_CALENDAR = Calendar(frozen(np.empty((1, 0), np.bool_)), frozen(np.empty((1, 0, 0))), frozen(np.empty((1, 0))))


def no_volatility() -> Volatility:
    """One row without a value: the lane has no stop that would follow the ATR."""
    rows = records(1, VOLATILITY_ROW)
    rows.timeframe = HOUR_MS
    return Volatility(frozen(rows), frozen(np.empty(0)))


def events_of(case: Case) -> Records:
    """Where the signals say something."""
    candle = np.flatnonzero(case.enter | case.exit)
    events = records(len(candle), EVENT)
    events["candle"], events["enter"], events["exit"] = candle, case.enter[candle], case.exit[candle]
    events["weight"] = events["target"] = events["probability"] = math.nan
    return frozen(events)


def inputs_of(case: Case) -> Inputs:
    """The case without slippage, and with every rule off but the position cap, which is the stake."""
    rules, terms = records(1, RULES), records(1, TERMS)
    rules.min_profit = rules.min_expected_value = math.nan
    rules.big_win_factor, rules.trail_after, rules.max_position = 1.0, math.inf, case.stake
    terms.maker = terms.taker = case.fee
    traded = np.ones(len(case.close))
    columns = np.stack([case.open, case.high, case.low, case.close, traded])[:, np.newaxis]
    return Inputs(
        Market(0, HOUR_MS, frozen(columns)),
        Detail(0, frozen(np.empty((3, 0, 0)))),
        events_of(case),
        no_volatility(),
        NO_CALENDAR,
        frozen(terms),
        frozen(rules),
        PATH_STOP_FIRST,
    )


def our_trades(case: Case) -> list[PeerTrade]:
    """Closed trades of one lane without a stop on one pair; what is open at the end is left out."""
    lanes = records(1, LANE)
    lanes.timeframe_ms, lanes.max_hold_ms = HOUR_MS, NEVER // 2
    inputs = inputs_of(case)
    output = new_output(int(np.count_nonzero(inputs.events["enter"])), len(case.close) * HOUR_MS // DAY_MS + 2, 1)
    run(inputs, new_book(case.cash, lanes, 1), output)
    trades = output.trades[: output.used[TRADES]]
    closed = trades[trades["reason"] != reasons.END]
    names = ("entry_index", "exit_index", "entry_price", "exit_price", "pnl")
    return [PeerTrade(*(closed[name][i].item() for name in names)) for i in range(len(closed))]
