"""The ports to a venue and to its market data: what every adapter does, whoever stands behind it.

What an adapter must do to be called done are the numbered cases of docs/exchange.md; tests/contracts/venue runs each of
them against each adapter.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from tradingbot.domain.candles import Candles
from tradingbot.domain.provenance import DataProvenance, ExecutionProvenance
from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.events import AccountEvent, MarketEvent
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
from tradingbot.exchange.streams import Stream


class Venue(Protocol):
    """One account at one exchange. Errors are those of `exchange.errors`; each says whether a retry is allowed.

    A placing or cancelling call that ends in `StatusUnknown`, or that its caller gave up, may have reached the
    exchange: ask `order` before anything else. All methods raise `Unavailable` where nobody answers, `RateLimited`
    where the exchange asks to wait.
    """

    @property
    def data(self) -> DataProvenance:
        """Where its prices come from."""
        ...

    @property
    def execution(self) -> ExecutionProvenance:
        """Where its fills come from."""
        ...

    async def open(self) -> None:
        """Connect, set the clock, check the key; raises KeyRefused where it may withdraw or may not trade."""
        ...

    async def close(self) -> None:
        """End every task and connection; safe to call twice."""
        ...

    async def server_time(self) -> int:
        """The exchange's clock, ms UTC."""
        ...

    async def instruments(self, symbols: Sequence[str]) -> Sequence[Instrument]:
        """Status, assets, filters and order types, as they are now; raises UnknownSymbol."""
        ...

    async def commission(self, symbol: str) -> Commission:
        """The account's rates for a symbol."""
        ...

    async def balances(self) -> Sequence[Balance]:
        """The assets the account has any of."""
        ...

    async def place(self, order: NewOrder) -> OrderReport:
        """Place an order; the report has its fills so far. Raises FilterRefused, OrderRefused, StatusUnknown."""
        ...

    async def place_list(self, orders: NewOrderList) -> OrderListReport:
        """Place an OCO, OTO or OTOCO as one; raises as `place`."""
        ...

    async def cancel(self, symbol: str, client_order_id: str) -> OrderReport:
        """Cancel an order, and with it its list; raises CancelRefused where it is not open, StatusUnknown."""
        ...

    async def cancel_list(self, symbol: str, client_list_id: str) -> OrderListReport:
        """Cancel every order of a list; raises as `cancel`."""
        ...

    async def cancel_all(self, symbol: str) -> Sequence[OrderReport]:
        """Cancel all open orders of a symbol; none open is no error."""
        ...

    async def order(self, symbol: str, client_order_id: str) -> OrderReport:
        """An order by our own id, open or not; raises OrderNotFound once that is certain, seconds after a doubt."""
        ...

    async def open_orders(self, symbol: str | None = None) -> Sequence[OrderReport]:
        """Open orders, oldest first."""
        ...

    async def order_list(self, client_list_id: str) -> OrderListReport:
        """A list by our own id; raises OrderNotFound."""
        ...

    async def open_lists(self) -> Sequence[OrderListReport]:
        """Lists of which an order is open, oldest first."""
        ...

    async def fills(self, symbol: str, *, from_id: int | None = None, order_id: int | None = None) -> Sequence[Fill]:
        """The account's trades, oldest first, at most 1,000; from a trade id on, or of one order, else the newest."""
        ...

    def events(self) -> AsyncIterator[AccountEvent]:
        """What happens to the account from the call on; one reader at a time.

        Ends when the venue closes. After a lost connection it goes on by itself, between StreamLost and StreamResumed.
        """
        ...


class MarketData(Protocol):
    """Public prices of one exchange."""

    @property
    def data(self) -> DataProvenance:
        """Where its prices come from."""
        ...

    async def candles(self, symbol: str, timeframe: Timeframe, start: int, end: int) -> Candles:
        """The closed candles that open in [start, end), ms UTC, oldest first; raises UnknownSymbol."""
        ...

    def stream(self, streams: Sequence[Stream]) -> AsyncIterator[MarketEvent]:
        """Events of these streams from now on, reconnecting by itself; a slow reader loses nothing but order books.

        Raises OutOfRange for more than 1,024 streams. Ends when the iteration is left.
        """
        ...
