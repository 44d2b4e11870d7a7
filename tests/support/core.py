"""Small markets, lanes and rules for tests of the core: everything is off until a test switches it on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tradingbot.domain.state import LANE, NEVER, Records, frozen, records
from tradingbot.domain.terms import TERMS
from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS
from tradingbot.engine.book import Book, new_book
from tradingbot.engine.inputs import EVENT, VOLATILITY_ROW, Calendar, Detail, Market, Volatility
from tradingbot.engine.intrabar import PATH_STOP_FIRST
from tradingbot.engine.outputs import DAYS, LATCHES, TRADES, Output, new_output
from tradingbot.engine.run import Inputs, run
from tradingbot.risk.rules import RULES

DAY_START = 1_704_067_200_000  # 2024-01-01 00:00 UTC
Candle = tuple[float, float, float, float]


def rules(**values: float) -> Records:
    """All rules off, but for those named."""
    made = records(1, RULES)
    made.min_profit = made.min_expected_value = math.nan
    made.big_win_factor, made.trail_after, made.max_position = 1.0, math.inf, 1.0
    for name, value in values.items():
        made[name] = value
    return frozen(made)


def terms(count: int = 1, **values: float) -> Records:
    """Free trading without filters, but for what is named."""
    made = records(count, TERMS)
    for name, value in values.items():
        made[name] = value
    return frozen(made)


def lanes(count: int = 1, symbols: int = 1, **values: Any) -> Records:
    """Lanes on symbols in turn, without stop and target, but for what is named."""
    made = records(count, LANE)
    made.symbol = np.arange(count) % symbols
    made.max_hold_ms, made.timeframe_ms = NEVER, MINUTE_MS
    for name, value in values.items():
        made[name] = value
    return made


def event(candle: int, lane: int = 0, **values: Any) -> dict[str, Any]:
    """An event that says nothing but what is named."""
    unknown = dict.fromkeys(("weight", "target", "probability"), math.nan)
    return {"candle": candle, "lane": lane, **unknown, **values}


def events(*said: dict[str, Any]) -> Records:
    """Events in the order in which they become known."""
    ordered = sorted(said, key=lambda one: (one["candle"], one["lane"]))
    made = records(len(ordered), EVENT)
    for row, one in zip(made, ordered, strict=True):
        for name, value in one.items():
            row[name] = value
    return frozen(made)


def market(
    *symbols: Sequence[Candle | None], volume: float = 1e12, step: int = MINUTE_MS, start: int = DAY_START
) -> Market:
    """Candles as (open, high, low, close); None in place of a candle is a missing one."""
    missing = (math.nan,) * 4
    prices = np.array([[one or missing for one in rows] for rows in symbols], float)
    columns = np.full((5, *prices.shape[:2]), np.nan)
    columns[:4] = np.moveaxis(prices, 2, 0)
    columns[4] = np.where(np.isfinite(columns[3]), volume, np.nan)
    return Market(start, step, frozen(columns))


def no_calendar() -> Calendar:
    """Ranking, correlation and shares are off."""
    return Calendar(frozen(np.zeros((1, 0), bool)), frozen(np.zeros((1, 0, 0))), frozen(np.zeros((1, 0))))


def volatility(*rows: Sequence[float], timeframe: int = MINUTE_MS, start: int = DAY_START) -> Volatility:
    """ATR values of each row from `start` on; one unknown value without any."""
    held = rows or ((math.nan,),)
    table = records(len(held), VOLATILITY_ROW)
    at = 0
    for row, values in zip(table, held, strict=True):
        row.begin, row.end, row.timeframe, row.start = at, at + len(values), timeframe, start
        at += len(values)
    return Volatility(frozen(table), frozen(np.concatenate([np.asarray(values, float) for values in held])))


@dataclass(frozen=True)
class Case:
    """One run of the core."""

    market: Market
    events: Records
    lanes: Records = field(default_factory=lanes)
    rules: Records = field(default_factory=rules)
    terms: Records = field(default_factory=terms)
    volatility: Volatility = field(default_factory=volatility)
    calendar: Calendar = field(default_factory=no_calendar)
    detail: Detail = field(default_factory=lambda: Detail(0, frozen(np.zeros((3, 1, 0)))))
    path: int = PATH_STOP_FIRST
    cash: float = 10_000.0


@dataclass(frozen=True)
class Done:
    """What a run left behind."""

    book: Book
    output: Output

    @property
    def account(self) -> Any:
        """The account record."""
        return self.book.account[0]

    @property
    def trades(self) -> Records:
        """Closed trades in the order in which they ended."""
        return self.output.trades[: self.output.used[TRADES]].view(np.recarray)

    @property
    def days(self) -> Records:
        """Days of the account."""
        return self.output.days[: self.output.used[DAYS]].view(np.recarray)

    @property
    def latches(self) -> Records:
        """Limits that tripped."""
        return self.output.latches[: self.output.used[LATCHES]].view(np.recarray)

    def refused(self, rule: int) -> int:
        """Entries that a rule refused."""
        return int(self.output.refusals[:, rule].sum())


def simulate(case: Case) -> Done:
    """Run the core; the case itself stays as it is."""
    symbols, candles = case.market.candles.shape[1:]
    book = new_book(case.cash, case.lanes.copy().view(np.recarray), symbols)
    entries = int(np.count_nonzero(case.events["enter"]))
    output = new_output(entries, candles * case.market.step // DAY_MS + 2, len(case.lanes))
    inputs = Inputs(
        case.market,
        case.detail,
        case.events,
        case.volatility,
        case.calendar,
        case.terms,
        case.rules,
        case.path,
    )
    run(inputs, book, output)
    return Done(book, output)


def flat(price: float, count: int) -> list[Candle]:
    """Candles that do not move."""
    return [(price, price, price, price)] * count
