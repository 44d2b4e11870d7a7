"""backtesting.py: one pair, an event a bar. A fixed quantity of one coin, because it trades whole units.

Stop and target are set on the trade after its fill, from the fill price; so they work from the bar after the entry.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy
from harness import Engine, Trades, Work, main, pack


def strategy(work: Work) -> type[Strategy]:
    """The signals as a strategy."""
    enter, leave, stop, target = work.enter[0], work.exit[0], work.stop, work.target

    class Signals(Strategy):
        """Buy one coin on an entry, close on an exit."""

        def init(self) -> None:
            """Nothing to prepare: signals are given."""

        def next(self) -> None:
            i = len(self.data) - 1
            if self.position:
                if leave[i]:
                    self.position.close()
                elif stop and self.trades[0].sl is None:
                    trade = self.trades[0]
                    trade.sl, trade.tp = trade.entry_price * (1.0 - stop), trade.entry_price * (1.0 + target)
            elif enter[i] and not leave[i]:
                self.buy(size=1)

    return Signals


def prepare(work: Work) -> Callable[[], Any]:
    """A run with cash for one coin at any price."""
    prices = {name.title(): getattr(work, name)[0] for name in ("open", "high", "low", "close", "volume")}
    frame = pd.DataFrame(prices, index=pd.to_datetime(work.time, unit="ms"))
    test = Backtest(frame, strategy(work), cash=1e9, commission=work.fee, finalize_trades=False)
    return test.run


def trades(_: Work, stats: Any) -> Trades:
    """The closed trades; its own PnL column holds the fees of both sides."""
    done = stats["_trades"]
    net = (done["PnL"] / (done["Size"] * done["EntryPrice"])).to_numpy()
    entry, leave = done["EntryBar"], done["ExitBar"]
    return pack(np.zeros(len(done)), entry, leave, done["EntryPrice"], done["ExitPrice"], net)


if __name__ == "__main__":
    main({"backtesting.py": Engine(prepare, trades)})
