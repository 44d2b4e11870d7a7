"""The same trades by engines that nobody here wrote: vectorbt and backtrader, long only, one pair.

Both buy for `stake` of equity at the open after an entry, sell everything at the open after an exit, pay `fee` of the
value a side, and leave out what is still open at the end.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tradingbot.domain.candles import BoolColumn, FloatColumn


class PeerTrade(NamedTuple):
    """A closed trade: bars of its fills, their prices, and profit after fees in the quote currency."""

    entry_index: int
    exit_index: int
    entry_price: float
    exit_price: float
    pnl: float


@dataclass(frozen=True)
class Case:
    """Candles, signals known at their closes, and the terms of trade."""

    open: FloatColumn
    high: FloatColumn
    low: FloatColumn
    close: FloatColumn
    enter: BoolColumn
    exit: BoolColumn
    cash: float = 1_000_000.0
    fee: float = 0.001
    stake: float = 0.2


@contextmanager
def foreign_warnings() -> Iterator[None]:
    """The peers warn about their own source and their own dependencies; warnings in our code stay errors."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=SyntaxWarning)  # backtrader: escapes in docstrings, Python 3.12
        warnings.filterwarnings("ignore", "invalid escape sequence", DeprecationWarning)  # the same, Python 3.11
        yield


with foreign_warnings():
    import backtrader as bt
    import vectorbt as vbt


def vectorbt_trades(case: Case) -> list[PeerTrade]:
    """By vectorbt, which fills in the bar of the signal: signals are moved one bar on."""
    portfolio = vbt.Portfolio.from_signals(
        case.close,
        entries=_next_bar(case.enter),
        exits=_next_bar(case.exit),
        price=case.open,
        direction="longonly",
        size=case.stake * (1.0 + case.fee),  # of cash, fees included
        size_type="percent",
        fees=case.fee,
        init_cash=case.cash,
        upon_long_conflict="exit",
    )
    records = portfolio.exit_trades.values
    closed = records[records["status"] == vbt.portfolio.enums.TradeStatus.Closed]
    names = ("entry_idx", "exit_idx", "entry_price", "exit_price", "pnl")
    return [PeerTrade(*(closed[name][i].item() for name in names)) for i in range(len(closed))]


def _next_bar(signals: BoolColumn) -> NDArray[np.bool_]:
    return np.concatenate([np.zeros(1, np.bool_), signals[:-1]])


class _Columns(bt.feed.DataBase):  # type: ignore[misc]
    """Candles out of arrays; the calendar is made up, because nothing here depends on it."""

    params = (("case", None),)

    def start(self) -> None:
        super().start()
        self.at = 0

    def _load(self) -> bool:
        case, i = self.p.case, self.at
        if i >= len(case.close):
            return False
        self.lines.datetime[0] = bt.date2num(datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=i))
        for name in ("open", "high", "low", "close"):
            getattr(self.lines, name)[0] = getattr(case, name)[i]
        self.at += 1
        return True


class _Signals(bt.Strategy):  # type: ignore[misc]
    """Acts at the open after a signal, where the size can be told from the price that will be paid."""

    params = (("case", None),)

    def __init__(self) -> None:
        self.closed: list[PeerTrade] = []
        self.entry = (0, 0.0, 0.0)

    def next(self) -> None:
        """Nothing: `next_open` decides."""

    def next_open(self) -> None:
        """Look at the signals of the candle before."""
        case, before = self.p.case, len(self.data) - 2
        if before < 0:
            return
        if self.position.size > 0.0:
            if case.exit[before]:
                self.close()
        elif case.enter[before] and not case.exit[before]:
            self.buy(size=case.stake * self.broker.getcash() / self.data.open[0])

    def notify_order(self, order: Any) -> None:
        """Book a fill."""
        if order.status in (order.Margin, order.Rejected):
            raise AssertionError("backtrader refused an order")
        if order.status != order.Completed:
            return
        fill, index = order.executed, len(self.data) - 1
        if order.isbuy():
            self.entry = (index, fill.price, fill.size)
            return
        entered, paid, size = self.entry
        fees = self.p.case.fee * size * (paid + fill.price)
        self.closed.append(PeerTrade(entered, index, paid, fill.price, fill.pnl - fees))


def backtrader_trades(case: Case) -> list[PeerTrade]:
    """By backtrader, with orders made and filled at the open."""
    cerebro = bt.Cerebro(stdstats=False, cheat_on_open=True)
    cerebro.broker.setcash(case.cash)
    cerebro.broker.setcommission(case.fee)
    cerebro.broker.set_coo(True)
    cerebro.adddata(_Columns(case=case))
    cerebro.addstrategy(_Signals, case=case)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "datetime.datetime.utc", DeprecationWarning)  # backtrader, Python 3.12
        closed: list[PeerTrade] = cerebro.run()[0].closed
    return closed
