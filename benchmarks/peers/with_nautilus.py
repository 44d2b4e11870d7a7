"""NautilusTrader: event-driven, several pairs on one account, one coin a position, cash for all.

Its simulated exchange fills a market order at the price it knows, the close of the bar just seen. So that orders fill
at the next open, each bar is given with the next bar's open as its close (high and low widened to hold it); signals
come from outside, so nothing else depends on it. Prices and sizes have eight decimals.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from harness import Engine, Trades, Work, main, pack
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig, RiskEngineConfig
from nautilus_trader.model import BarType, InstrumentId, Money, Quantity, Symbol, Venue
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.enums import AccountType, CurrencyType, OmsType, OrderSide
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Currency, Price
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("SIM")
MINUTE_NS = 60_000_000_000
CASH = 1_000_000_000
ONE = Quantity(1, 8)


def instrument(number: int, fee: float) -> CurrencyPair:
    """A spot pair of a coin named by its number."""
    coin = Currency(f"COIN{number}", 8, 0, f"COIN{number}", CurrencyType.CRYPTO)
    return CurrencyPair(
        instrument_id=InstrumentId(Symbol(f"{number}"), VENUE),
        raw_symbol=Symbol(f"{number}"),
        base_currency=coin,
        quote_currency=USDT,
        price_precision=8,
        size_precision=8,
        price_increment=Price(1e-8, 8),
        size_increment=Quantity(1e-8, 8),
        margin_init=Decimal(0),
        margin_maint=Decimal(0),
        maker_fee=Decimal(str(fee)),
        taker_fee=Decimal(str(fee)),
        ts_event=0,
        ts_init=0,
    )


def bars(work: Work, pair: int, wrangler: BarDataWrangler) -> list[Any]:
    """The pair's bars, each closing at the next one's open."""
    close = np.append(work.open[pair, 1:], work.close[pair, -1])
    frame = pd.DataFrame(
        {
            "open": work.open[pair],
            "high": np.maximum(work.high[pair], close),
            "low": np.minimum(work.low[pair], close),
            "close": close,
        },
        index=pd.to_datetime(work.time + 60_000, unit="ms", utc=True),
    )
    return wrangler.process(frame)


class Signals(Strategy):
    """Enter and exit where the work says; the closed trades are collected in `closed`."""

    def __init__(self, work: Work, pairs: list[CurrencyPair]) -> None:
        super().__init__()
        self.work, self.pairs = work, {pair.id: (row, pair) for row, pair in enumerate(pairs)}
        self.first_ns = int(work.time[0]) * 1_000_000
        self.on_reset()

    def on_reset(self) -> None:
        """Forget the run before."""
        self.entry: dict[Any, tuple[int, float]] = {}
        self.guards: dict[Any, list[Any]] = {}
        self.at_close: set[Any] = set()
        self.counted, self.room = -1, 0
        self.closed: list[tuple[int, int, int, float, float, float]] = []

    def on_start(self) -> None:
        """Listen to all pairs."""
        for name in self.pairs:
            self.subscribe_bars(BarType.from_str(f"{name}-1-MINUTE-LAST-EXTERNAL"))

    def index(self, moment_ns: int) -> int:
        """The bar that closes at that moment."""
        return (moment_ns - self.first_ns) // MINUTE_NS - 1

    def on_bar(self, bar: Any) -> None:
        """One pair's close; the room for entries is counted at the first pair of a moment."""
        name = bar.bar_type.instrument_id
        row, _ = self.pairs[name]
        i = self.index(bar.ts_event)
        if self.counted != i:
            self.counted = i
            self.room = (self.work.max_positions or len(self.pairs)) - len(self.entry)
        if name in self.entry:
            if self.work.exit[row, i]:
                for order in self.guards.pop(name, []):
                    self.cancel_order(order)
                self.trade(name, OrderSide.SELL)
        elif self.work.enter[row, i] and not self.work.exit[row, i] and self.room > 0:
            self.room -= 1
            self.trade(name, OrderSide.BUY)

    def trade(self, name: InstrumentId, side: OrderSide) -> None:
        """A market order for one coin."""
        order = self.order_factory.market(name, side, ONE)
        self.at_close.add(order.client_order_id)
        self.submit_order(order)

    def guard(self, name: InstrumentId, price: float) -> None:
        """A stop and a target; whichever fills takes the other back."""
        pair = self.pairs[name][1]
        stop = self.order_factory.stop_market(
            name, OrderSide.SELL, ONE, pair.make_price(price * (1.0 - self.work.stop)), reduce_only=True
        )
        target = self.order_factory.limit(
            name, OrderSide.SELL, ONE, pair.make_price(price * (1.0 + self.work.target)), reduce_only=True
        )
        self.guards[name] = [stop, target]
        self.submit_order(stop)
        self.submit_order(target)

    def on_order_filled(self, event: Any) -> None:
        """Book fills; an order sent at a close belongs to the bar after it."""
        name, price = event.instrument_id, float(event.last_px)
        bar = self.index(event.ts_event) + (event.client_order_id in self.at_close)
        if event.order_side == OrderSide.BUY:
            self.entry[name] = (bar, price)
            if self.work.stop:
                self.guard(name, price)
            return
        for order in self.guards.pop(name, []):
            if order.client_order_id != event.client_order_id:
                self.cancel_order(order)
        entered, paid = self.entry.pop(name)
        net = price / paid * (1.0 - self.work.fee) - 1.0 - self.work.fee
        self.closed.append((self.pairs[name][0], entered, bar, paid, price, net))


def prepare(work: Work) -> Callable[[], Signals]:
    """An engine with its data; a run resets it and plays it again."""
    engine = BacktestEngine(
        BacktestEngineConfig(
            logging=LoggingConfig(bypass_logging=True), risk_engine=RiskEngineConfig(bypass=True), run_analysis=False
        )
    )
    engine.add_venue(VENUE, OmsType.NETTING, AccountType.CASH, [Money(CASH, USDT)])
    pairs = [instrument(number, work.fee) for number in range(len(work.close))]
    for row, pair in enumerate(pairs):
        engine.add_instrument(pair)
        kind = BarType.from_str(f"{pair.id}-1-MINUTE-LAST-EXTERNAL")
        engine.add_data(bars(work, row, BarDataWrangler(kind, pair)))
    strategy = Signals(work, pairs)
    engine.add_strategy(strategy)

    def run() -> Signals:
        engine.reset()
        engine.run()
        return strategy

    return run


def trades(_: Work, strategy: Signals) -> Trades:
    """The closed trades."""
    return pack(*(list(column) for column in (zip(*strategy.closed, strict=True) if strategy.closed else [[]] * 6)))


if __name__ == "__main__":
    main({"nautilus": Engine(prepare, trades)})
