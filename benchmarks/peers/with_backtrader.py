"""backtrader: event-driven, several pairs on one account.

Orders are made at a close and fill at the next open. Stop and target are sent when the entry has filled, from its fill
price, each cancelling the other; so they work from the bar after the entry.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import backtrader as bt
from harness import Engine, Trades, Work, main, pack

START = datetime(2024, 1, 1, tzinfo=UTC)


class Columns(bt.feed.DataBase):
    """Candles of a pair out of arrays."""

    params = (("columns", None),)

    def start(self) -> None:
        """Go to the first candle."""
        super().start()
        self.at = 0

    def _load(self) -> bool:
        columns = self.p.columns
        if self.at >= len(columns[0]):
            return False
        for line, column in zip(("datetime", "open", "high", "low", "close", "volume"), columns, strict=True):
            getattr(self.lines, line)[0] = column[self.at]
        self.lines.openinterest[0] = 0.0
        self.at += 1
        return True


class Signals(bt.Strategy):
    """Enter and exit where the work says; the closed trades are collected in `closed`."""

    params = (("work", None),)

    def __init__(self) -> None:
        self.row = {data: k for k, data in enumerate(self.datas)}
        self.entry: dict[Any, tuple[int, float]] = {}
        self.guards: dict[Any, list[Any]] = {}
        self.closed: list[tuple[int, int, int, float, float, float]] = []

    def next(self) -> None:
        """Exits, then entries while there is room."""
        work, i = self.p.work, len(self) - 1
        room = (work.max_positions or len(self.datas)) - len(self.entry)
        for k, data in enumerate(self.datas):
            if data in self.entry:
                if work.exit[k, i]:
                    self.leave(data)
            elif work.enter[k, i] and not work.exit[k, i] and room > 0:
                room -= 1
                value = work.stake * self.broker.getvalue()
                self.buy(data, size=value / data.close[0])

    def leave(self, data: Any) -> None:
        """Take back the guards and sell."""
        for order in self.guards.pop(data, []):
            self.cancel(order)
        self.sell(data, size=self.getposition(data).size)

    def guard(self, data: Any, price: float) -> None:
        """A stop and a target that cancel each other."""
        work, size = self.p.work, self.getposition(data).size
        stop = self.sell(data, size=size, exectype=bt.Order.Stop, price=price * (1.0 - work.stop))
        target = self.sell(data, size=size, exectype=bt.Order.Limit, price=price * (1.0 + work.target), oco=stop)
        self.guards[data] = [stop, target]

    def notify_order(self, order: Any) -> None:
        """Book fills."""
        if order.status != order.Completed:
            if order.status in (order.Margin, order.Rejected):
                raise RuntimeError(f"order refused: {order}")
            return
        data, price = order.data, order.executed.price
        bar = len(data) - 1
        if order.isbuy():
            self.entry[data] = (bar, price)
            if self.p.work.stop:
                self.guard(data, price)
            return
        entered, paid = self.entry.pop(data)
        self.guards.pop(data, None)
        fee = self.p.work.fee
        net = price / paid * (1.0 - fee) - 1.0 - fee
        self.closed.append((self.row[data], entered, bar, paid, price, net))


def prepare(work: Work) -> Callable[[], Any]:
    """A run builds its own Cerebro, which can run once; columns are ready-made."""
    times = [bt.date2num(START + timedelta(minutes=i)) for i in range(work.bars)]
    pairs = [
        (times, *(getattr(work, name)[k].tolist() for name in ("open", "high", "low", "close", "volume")))
        for k in range(len(work.close))
    ]

    def run() -> Any:
        cerebro = bt.Cerebro(stdstats=False)
        cerebro.broker.setcash(work.cash)
        cerebro.broker.setcommission(work.fee)
        for columns in pairs:
            cerebro.adddata(Columns(columns=columns))
        cerebro.addstrategy(Signals, work=work)
        return cerebro.run()[0]

    return run


def trades(_: Work, strategy: Any) -> Trades:
    """The closed trades."""
    return pack(*(list(column) for column in (zip(*strategy.closed, strict=True) if strategy.closed else [[]] * 6)))


if __name__ == "__main__":
    main({"backtrader": Engine(prepare, trades)})
