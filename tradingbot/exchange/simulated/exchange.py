"""The simulated exchange: one account under Binance's order rules, whose fills come from the core's `match`.

Synchronous, and time is handed in (ms UTC): the same calls give the same events. A whole candle (`bar`) meets orders as
the backtest does: an order that takes waits for the next candle's open. A trade or a book (`trade`, `book`) meets them
at once. How a symbol moved last decides which of the two holds for it. Before the first price nothing can be taken.

At most `max_participation` of what was traded is filled: of a candle, or without a book of a trade and of a minute
(this or the last one, whichever is more). What a market order does not get expires; in candles it waits for the next.
An iceberg order rests as its whole, for no other trader sees it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal

from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.events import AccountEvent, TransferEvent
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import (
    Amendment,
    Balance,
    Commission,
    Fill,
    NewOrder,
    NewOrderList,
    OrderListReport,
    OrderReport,
    OrderStatus,
    PreventedMatch,
)
from tradingbot.exchange.simulated import refusals
from tradingbot.exchange.simulated.booking import Books
from tradingbot.exchange.simulated.candles import CandlePass
from tradingbot.exchange.simulated.desk import Desk
from tradingbot.exchange.simulated.ledger import Ledger
from tradingbot.exchange.simulated.life import OrderLife, ignore
from tradingbot.exchange.simulated.market import CandleValues, Market, commission_of
from tradingbot.exchange.simulated.matching import Matching
from tradingbot.exchange.simulated.records import CoreRecords, Figures


class SimulatedExchange:
    """One account at an exchange of our own. Every refusal is the exchange's own code and text.

    `listener` hears every event in order; it must not call back into the exchange.
    """

    def __init__(
        self,
        instruments: Sequence[Instrument],
        balances: Mapping[str, Decimal],
        costs: CostSettings,
        listener: Callable[[AccountEvent], None] = ignore,
    ) -> None:
        self._costs = costs
        self._markets = {one.symbol: Market(one, self._costs) for one in instruments}
        self._ledger = Ledger(balances)
        self._records = CoreRecords(instruments, balances)
        self._life = OrderLife(Books(self._ledger, self._records, self.last_price), self._markets, listener)
        self._matching = Matching(self._life)
        self._desk = Desk(self._life, self._matching)
        self._register = self._desk.register

    @property
    def listener(self) -> Callable[[AccountEvent], None]:
        """Who hears the events."""
        return self._life.listener

    @listener.setter
    def listener(self, listener: Callable[[AccountEvent], None]) -> None:
        self._life.listener = listener

    def bar(self, symbol: str, candle: CandleValues, now: int) -> None:
        """A whole candle has closed; one without volume, as a missing one, says nothing."""
        market = self._market(symbol)
        if not candle.quote_volume > 0.0:
            return
        low, high = candle.low, candle.high
        if any(held.reacts(low, high) for held in market.orders.values()):
            market.by_candles = True
            market.forget_book()
            CandlePass(self._matching, market, candle, now).run()
        market.candle(candle, now)

    def trade(self, symbol: str, price: Decimal, quantity: Decimal, now: int) -> None:
        """Somebody has traded: at most `max_participation` of it fills own orders."""
        market = self._markets.get(symbol) or self._market(symbol)
        market.trade(price, quantity, now)
        if market.orders:
            self._matching.trade(market, price, quantity, now)

    def book(
        self,
        symbol: str,
        bids: Sequence[tuple[Decimal, Decimal]],
        asks: Sequence[tuple[Decimal, Decimal]],
        now: int,
    ) -> None:
        """The best levels (price, quantity), best first; what own orders take of them is gone until the next book."""
        market = self._market(symbol)
        market.book(bids, asks)
        if market.orders:
            self._matching.book(market, now)

    def forget_book(self, symbol: str) -> None:
        """There is no book any more: from now on spread and slippage are those of the costs."""
        self._market(symbol).forget_book()

    @contextmanager
    def filling_at_most(self, share: Decimal) -> Iterator[None]:
        """While it lasts, an arriving order takes at most this share (0 to 1) of its quantity: a test of its owner."""
        self._matching.share = share
        try:
            yield
        finally:
            self._matching.share = None

    def place(self, order: NewOrder, now: int) -> OrderReport:
        """Place an order; the report has its fills so far. Raises BadRequest, FilterRefused, OrderRefused."""
        return self._desk.place(self._market(order.symbol), order, now)

    def check(self, order: NewOrder, now: int) -> None:
        """Raise what `place` would raise before the engine: parameters, filters. Balance and prices are its affair."""
        self._desk.check(self._market(order.symbol), order, now)

    def place_list(self, orders: NewOrderList, now: int) -> OrderListReport:
        """Place an OCO, OTO or OTOCO as one; raises as `place`. Pending orders are PENDING_NEW in the answer."""
        return self._desk.place_list(self._market(orders.symbol), orders, now)

    def cancel(
        self,
        symbol: str,
        now: int,
        *,
        order_id: int | None = None,
        client_order_id: str | None = None,
        cancel_id: str,
        only: OrderStatus | None = None,
    ) -> OrderReport:
        """Cancel an order, with it its list; raises CancelRefused where it is not open or not in the status `only`."""
        self._market(symbol)
        return self._desk.cancel((symbol, order_id, client_order_id), cancel_id, only, now)

    def cancel_list(
        self, symbol: str, now: int, *, list_id: int | None = None, client_list_id: str | None = None, cancel_id: str
    ) -> OrderListReport:
        """Cancel every order of a list; raises CancelRefused."""
        self._market(symbol)
        return self._desk.cancel_list((symbol, list_id, client_list_id), cancel_id, now)

    def cancel_all(self, symbol: str, now: int, cancel_id: str) -> Sequence[OrderReport | OrderListReport]:
        """Cancel all open orders of a symbol, lists as lists; raises CancelRefused where there is none."""
        return self._desk.cancel_all(self._market(symbol), cancel_id, now)

    def amend(
        self,
        symbol: str,
        now: int,
        *,
        order_id: int | None = None,
        client_order_id: str | None = None,
        new_client_order_id: str,
        quantity: Decimal,
    ) -> OrderReport:
        """Make an order smaller without losing its place; raises CancelRefused, FilterRefused, BadRequest (-2038)."""
        which = (symbol, order_id, client_order_id)
        return self._desk.amend(self._market(symbol), which, new_client_order_id, quantity, now)

    def order(self, symbol: str, *, order_id: int | None = None, client_order_id: str | None = None) -> OrderReport:
        """An order, open or not; raises OrderNotFound."""
        self._market(symbol)
        return self._register.find((symbol, order_id, client_order_id)).report()

    def orders(self, symbol: str) -> Sequence[OrderReport]:
        """All orders of a symbol there ever were, oldest first."""
        self._market(symbol)
        return [held.report() for held in self._register.of(symbol)]

    def order_times(self, symbol: str) -> Sequence[tuple[int, int]]:
        """Id and creation (ms UTC) of all orders of a symbol there ever were, oldest first."""
        self._market(symbol)
        return [(held.order_id, held.created_at) for held in self._register.of(symbol)]

    def open_orders(self, symbol: str | None = None) -> Sequence[OrderReport]:
        """Open orders, pending ones included, oldest first."""
        markets = self._markets.values() if symbol is None else [self._market(symbol)]
        held = [one for market in markets for one in market.orders.values()]
        return [one.report() for one in sorted(held, key=lambda one: one.order_id)]

    def has_orders(self, symbol: str) -> bool:
        """Whether an order of the symbol is open."""
        return bool(self._market(symbol).orders)

    def order_list(self, *, list_id: int | None = None, client_list_id: str | None = None) -> OrderListReport:
        """A list, open or not; raises OrderNotFound."""
        return self._register.find_list(list_id, client_list_id).report()

    def order_lists(self) -> Sequence[OrderListReport]:
        """All lists there ever were, oldest first."""
        return [one.report() for one in self._life.lists.values()]

    def open_lists(self) -> Sequence[OrderListReport]:
        """Lists of which an order is open, oldest first."""
        open_now = {held.list_id for market in self._markets.values() for held in market.orders.values()} - {-1}
        return [self._life.lists[number].report() for number in sorted(open_now)]

    def fills(self, symbol: str) -> Sequence[Fill]:
        """The account's trades of a symbol, oldest first."""
        self._market(symbol)
        return list(self._markets[symbol].fills)

    def amendments(self, symbol: str, order_id: int) -> Sequence[Amendment]:
        """The amendments of an order, oldest first; raises OrderNotFound."""
        self._market(symbol)
        return tuple(self._register.find((symbol, order_id, None)).amendments)

    def prevented_matches(self, symbol: str) -> Sequence[PreventedMatch]:
        """Matches of own orders with each other that were prevented, oldest first."""
        self._market(symbol)
        return [one for one in self._life.prevented if one.symbol == symbol]

    def balances(self) -> Sequence[Balance]:
        """Every asset of which the account has any."""
        return self._ledger.balances()

    @property
    def updated_at(self) -> int:
        """When the balances changed last (ms UTC), 0 before the first change."""
        return self._life.balances_at

    @property
    def rates(self) -> Commission:
        """The account's rates for a symbol that has none of its own."""
        return commission_of("", self._costs)

    def commission(self, symbol: str) -> Commission:
        """The account's rates for a symbol."""
        return self._market(symbol).commission

    @property
    def symbols(self) -> Sequence[str]:
        """The symbols it has, in the order in which they came."""
        return tuple(self._markets)

    def instrument(self, symbol: str) -> Instrument:
        """The symbol's rules as they are now; raises UnknownSymbol."""
        return self._market(symbol).instrument

    def set_instruments(self, instruments: Sequence[Instrument]) -> None:
        """Change rules and status, or add symbols, while running; open orders stay."""
        self._records.add(instruments)
        for one in instruments:
            if one.symbol in self._markets:
                self._markets[one.symbol].set_instrument(one)
            else:
                self._markets[one.symbol] = Market(one, self._costs)

    def transfer(self, asset: str, change: Decimal, now: int) -> None:
        """A deposit, or a withdrawal of what is free; raises OrderRefused where that is too little."""
        if self._ledger.free(asset) + change < 0:
            raise refusals.refused(refusals.BALANCE)
        self._ledger.add(asset, change)
        self._records.transfer(asset, change)
        self._life.listener(TransferEvent(asset=asset, change=change, time=now))
        self._life.tell_balances(now)

    def last_price(self, symbol: str) -> Decimal | None:
        """The last price, None before the first and for an unknown symbol."""
        market = self._markets.get(symbol)
        return market.last if market else None

    def average_price(self, symbol: str, now: int) -> Decimal | None:
        """The volume-weighted price of the last five minutes; the last price where nothing was traded in them."""
        return self._market(symbol).average(now)

    def top(self, symbol: str) -> tuple[Decimal | None, Decimal | None]:
        """Best bid and ask that orders meet: of the book, or half the spread of the costs around the last price."""
        return self._market(symbol).top()

    def figures(self, quote: str) -> Figures:
        """Equity, turnover, fees and slippage in a quote asset, from the core's own records."""
        return self._records.figures(quote, lambda symbol: float(self.last_price(symbol) or 0))

    def _market(self, symbol: str) -> Market:
        market = self._markets.get(symbol)
        if market is None:
            raise refusals.unknown_symbol()
        return market
