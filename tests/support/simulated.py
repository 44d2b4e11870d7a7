"""A simulated exchange under test, with everything it told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from tests.support.instruments import instrument
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.events import AccountEvent, OrderEvent
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import (
    NewOco,
    NewOrder,
    OrderReport,
    OrderType,
    Side,
    TimeInForce,
)
from tradingbot.exchange.simulated.exchange import SimulatedExchange

BUY, SELL = Side.BUY, Side.SELL
FREE = CostSettings(maker=0.0, taker=0.0, spread_bps=0.0, slippage_bps=0.0, impact=0.0, max_participation=0.0)
"""Nothing costs anything but half a tick, and everything is filled."""
START = 1_800_000_000_000
SYMBOL = "BTCUSDT"
TICK = Decimal("0.01")
RICH = {"USDT": Decimal(10_000), "BTC": Decimal(10)}

Event = TypeVar("Event")


@dataclass(frozen=True, slots=True)
class Candle:
    """A closed candle."""

    open: float
    high: float
    low: float
    close: float
    volume: float = 1e6
    quote_volume: float = 1e8


def d(value: str | int | Decimal) -> Decimal:
    """A number, so that it can be compared within a tuple."""
    return Decimal(value)


class Watched:
    """An exchange whose events are kept; every call is a second later."""

    def __init__(
        self,
        costs: CostSettings = FREE,
        balances: Mapping[str, Decimal] = RICH,
        instruments: Sequence[Instrument] = (instrument("BTC", step="0.001"),),
    ) -> None:
        self.told: list[AccountEvent] = []
        self.exchange = SimulatedExchange(instruments, balances, costs, self.told.append)
        self.now = START

    def later(self) -> int:
        """The next moment."""
        self.now += 1_000
        return self.now

    def trade(self, price: str | int, quantity: str | int = 1_000, symbol: str = SYMBOL) -> None:
        """Somebody trades."""
        self.exchange.trade(symbol, Decimal(price), Decimal(quantity), self.later())

    def book(self, bids: Sequence[tuple[str, str]], asks: Sequence[tuple[str, str]]) -> None:
        """The book is this now."""
        sides = [[(Decimal(price), Decimal(quantity)) for price, quantity in side] for side in (bids, asks)]
        self.exchange.book(SYMBOL, sides[0], sides[1], self.later())

    def bar(self, *prices: float, quote_volume: float = 1e8) -> None:
        """A candle closes: open, high, low, close."""
        self.now += 60_000
        open_, high, low, close = prices
        candle = Candle(open_, high, low, close, quote_volume / open_, quote_volume)
        self.exchange.bar(SYMBOL, candle, self.now)

    def place(self, order: NewOrder) -> OrderReport:
        """Place it."""
        return self.exchange.place(order, self.later())

    def oco(self, above: NewOrder, below: NewOrder, name: str = "pair") -> tuple[OrderReport, ...]:
        """Place a pair; its reports."""
        placed = self.exchange.place_list(NewOco(client_list_id=name, above=above, below=below), self.later())
        return placed.orders

    def cancel(self, report: OrderReport) -> OrderReport:
        """Cancel an order."""
        return self.exchange.cancel(report.symbol, self.later(), order_id=report.order_id, cancel_id="cancel")

    def look(self, report: OrderReport) -> OrderReport:
        """An order as it stands."""
        return self.exchange.order(report.symbol, order_id=report.order_id)

    def free(self, asset: str) -> Decimal:
        """What is free of an asset."""
        return next((one.free for one in self.exchange.balances() if one.asset == asset), Decimal(0))

    def locked(self, asset: str) -> Decimal:
        """What is locked of an asset."""
        return next((one.locked for one in self.exchange.balances() if one.asset == asset), Decimal(0))

    def of(self, kind: type[Event]) -> list[Event]:
        """The events of one kind."""
        return [event for event in self.told if isinstance(event, kind)]

    def steps(self, report: OrderReport) -> list[str]:
        """What happened to an order: execution type and status, in order."""
        events = [event for event in self.of(OrderEvent) if event.report.order_id == report.order_id]
        return [f"{event.execution.value} {event.report.status.value}" for event in events]


_NUMBERS = ("price", "stop_price", "quote_quantity", "iceberg_quantity")
_IDS = count(1)


def order(side: Side, kind: OrderType, quantity: str | int | Decimal | None = None, **more: Any) -> NewOrder:
    """An order; numbers may be text, and limits are GTC unless said otherwise."""
    values: dict[str, Any] = dict(more)
    for name in _NUMBERS:
        if values.get(name) is not None:
            values[name] = d(values[name])
    if kind in (OrderType.LIMIT, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT):
        values.setdefault("time_in_force", TimeInForce.GTC)
    values.setdefault("client_order_id", f"order-{next(_IDS)}")
    values.setdefault("symbol", SYMBOL)
    return NewOrder(side=side, type=kind, quantity=None if quantity is None else d(quantity), **values)


def limit(side: Side, quantity: str | int, price: str | int, **more: Any) -> NewOrder:
    """A limit order."""
    return order(side, OrderType.LIMIT, quantity, price=price, **more)


def market(side: Side, quantity: str | int | None = None, **more: Any) -> NewOrder:
    """A market order."""
    return order(side, OrderType.MARKET, quantity, **more)


def stop(side: Side, quantity: str | int, price: str | int | None = None, **more: Any) -> NewOrder:
    """A stop that becomes a market order."""
    return order(side, OrderType.STOP_LOSS, quantity, stop_price=price, **more)


def maker(side: Side, quantity: str | int, price: str | int, **more: Any) -> NewOrder:
    """A limit order that may not take."""
    return order(side, OrderType.LIMIT_MAKER, quantity, price=price, **more)
