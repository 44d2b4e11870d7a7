"""The simulated exchange behind the port: what paper trading, the backtest's parity run and tests trade on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from tradingbot.domain.provenance import DataProvenance, ExecutionProvenance
from tradingbot.exchange.errors import CancelRefused
from tradingbot.exchange.events import AccountEvent, StreamLost, StreamResumed
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import (
    Balance,
    Commission,
    Fill,
    NewOrder,
    NewOrderList,
    OrderListReport,
    OrderReport,
)
from tradingbot.exchange.simulated.exchange import SimulatedExchange
from tradingbot.exchange.simulated.life import ignore

MOST_EVENTS = 10_000
MOST_FILLS = 1_000

Events = asyncio.Queue[AccountEvent | None]


class SimulatedVenue:
    """An account at a `SimulatedExchange`, whoever drives its market. Implements `exchange.port.Venue`."""

    def __init__(self, exchange: SimulatedExchange, clock: Callable[[], int], data: DataProvenance) -> None:
        self.exchange = exchange
        self._clock = clock
        self._data = data
        self._events: Events | None = None
        self._cancels = 0
        exchange.listener = self._hear

    @property
    def data(self) -> DataProvenance:
        """Where its prices come from: said by whoever drives the market."""
        return self._data

    @property
    def execution(self) -> ExecutionProvenance:
        """Always simulated."""
        return "simulated"

    async def open(self) -> None:
        """Nothing to connect to."""

    async def close(self) -> None:
        """End the events."""
        self._end_events()
        self.exchange.listener = ignore

    async def server_time(self) -> int:
        """The clock it was given, ms UTC."""
        return self._clock()

    async def instruments(self, symbols: Sequence[str]) -> Sequence[Instrument]:
        """The symbols' rules; raises UnknownSymbol."""
        return [self.exchange.instrument(symbol) for symbol in symbols]

    async def commission(self, symbol: str) -> Commission:
        """The account's rates for a symbol."""
        return self.exchange.commission(symbol)

    async def balances(self) -> Sequence[Balance]:
        """The assets the account has any of."""
        return self.exchange.balances()

    async def place(self, order: NewOrder) -> OrderReport:
        """Place an order."""
        return self.exchange.place(order, self._clock())

    async def place_list(self, orders: NewOrderList) -> OrderListReport:
        """Place an OCO, OTO or OTOCO."""
        return self.exchange.place_list(orders, self._clock())

    async def cancel(self, symbol: str, client_order_id: str) -> OrderReport:
        """Cancel an order, and with it its list."""
        return self.exchange.cancel(symbol, self._clock(), client_order_id=client_order_id, cancel_id=self._cancel_id())

    async def cancel_list(self, symbol: str, client_list_id: str) -> OrderListReport:
        """Cancel every order of a list."""
        return self.exchange.cancel_list(
            symbol, self._clock(), client_list_id=client_list_id, cancel_id=self._cancel_id()
        )

    async def cancel_all(self, symbol: str) -> Sequence[OrderReport]:
        """Cancel all open orders of a symbol."""
        self.exchange.instrument(symbol)
        try:
            reports = self.exchange.cancel_all(symbol, self._clock(), self._cancel_id())
        except CancelRefused:
            return []
        return [order for one in reports for order in (one.orders if isinstance(one, OrderListReport) else (one,))]

    async def order(self, symbol: str, client_order_id: str) -> OrderReport:
        """An order by our own id."""
        return self.exchange.order(symbol, client_order_id=client_order_id)

    async def open_orders(self, symbol: str | None = None) -> Sequence[OrderReport]:
        """Open orders, oldest first."""
        return self.exchange.open_orders(symbol)

    async def order_list(self, client_list_id: str) -> OrderListReport:
        """A list by our own id."""
        return self.exchange.order_list(client_list_id=client_list_id)

    async def open_lists(self) -> Sequence[OrderListReport]:
        """Lists of which an order is open, oldest first."""
        return self.exchange.open_lists()

    async def fills(self, symbol: str, *, from_id: int | None = None, order_id: int | None = None) -> Sequence[Fill]:
        """The account's trades: from a trade id on, or of one order, else the newest; at most 1,000."""
        fills = [one for one in self.exchange.fills(symbol) if order_id in (None, one.order_id)]
        if from_id is None:
            return fills[-MOST_FILLS:]
        return [one for one in fills if one.trade_id >= from_id][:MOST_FILLS]

    def events(self) -> AsyncIterator[AccountEvent]:
        """What happens from the call on; a new reader ends the one before.

        A reader that is more than 10,000 events behind loses them, and is told so by StreamLost and StreamResumed.
        """
        self._end_events()
        self._events = asyncio.Queue(MOST_EVENTS)
        return _read(self._events)

    def _hear(self, event: AccountEvent) -> None:
        queue = self._events
        if queue is None:
            return
        if queue.full():
            now = self._clock()
            _empty(queue)
            queue.put_nowait(StreamLost(reason=f"the reader was {MOST_EVENTS} events behind", time=now))
            queue.put_nowait(StreamResumed(time=now))
        queue.put_nowait(event)

    def _end_events(self) -> None:
        if self._events is not None:
            if self._events.full():
                self._events.get_nowait()
            self._events.put_nowait(None)
            self._events = None

    def _cancel_id(self) -> str:
        self._cancels += 1
        return f"cancel-{self._cancels}"


async def _read(queue: Events) -> AsyncIterator[AccountEvent]:
    while (event := await queue.get()) is not None:
        yield event


def _empty(queue: Events) -> None:
    while not queue.empty():
        queue.get_nowait()
