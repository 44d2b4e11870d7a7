"""A spot account at Binance, or at what speaks its protocol. What is asked goes over REST, what happens is heard."""

import json
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import Any

import msgspec

from tradingbot.domain.provenance import DataProvenance, ExecutionProvenance
from tradingbot.exchange.binance.account.account_answers import AccountAnswer, CommissionAnswer
from tradingbot.exchange.binance.account.doubts import Doubts
from tradingbot.exchange.binance.account.key_check import permissions_of, refuse_unsafe
from tradingbot.exchange.binance.account.order_params import list_params, members, order_params
from tradingbot.exchange.binance.account.user_stream import user_events
from tradingbot.exchange.binance.wire import calls
from tradingbot.exchange.binance.wire.answers import ExchangeInfoAnswer, ListAnswer, OrderAnswer, TradeAnswer
from tradingbot.exchange.binance.wire.budget import Budget, Limit
from tradingbot.exchange.binance.wire.clock import MOST_OFF_MS, ServerClock
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.binance.wire.mailbox import Subscription
from tradingbot.exchange.binance.wire.provenance import Provenance
from tradingbot.exchange.binance.wire.refusals import unreadable
from tradingbot.exchange.binance.wire.rest import Call, CallSettings, Rest
from tradingbot.exchange.errors import CancelRefused, Unavailable, UnknownSymbol
from tradingbot.exchange.events import AccountEvent
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import (
    Balance,
    Commission,
    Fill,
    KeyPermissions,
    NewOco,
    NewOrder,
    NewOrderList,
    NewOto,
    NewOtoco,
    OrderListReport,
    OrderReport,
)

MOST_FILLS = 1_000
_LIST_CALLS: dict[type, tuple[Call, int]] = {
    NewOco: (calls.PLACE_OCO, 2),
    NewOto: (calls.PLACE_OTO, 2),
    NewOtoco: (calls.PLACE_OTOCO, 3),
}


class BinanceVenue:
    """Implements `exchange.port.Venue`. It is given this machine's clock, ms UTC; `rng` spreads what is asked again.

    `budget` is to be shared with whatever else asks from the same address, as market data; `clock` tells the
    exchange's time.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        credentials: Credentials,
        clock: Callable[[], int],
        *,
        rng: Random | None = None,
        settings: CallSettings | None = None,
    ) -> None:
        self._rng = rng or Random()  # noqa: S311  (spreads pauses; no secret)
        self.clock = ServerClock(clock, None if endpoints.data == "replay" else MOST_OFF_MS)
        self.budget = Budget(self.clock.time)
        used = settings or CallSettings()
        self._rest = Rest(endpoints, credentials, self.clock, self.budget, self._rng, used)
        self._doubts = Doubts(used.settle)
        self._provenance = Provenance(endpoints, used.timeout)
        self._events: Subscription[AccountEvent] | None = None

    @property
    def data(self) -> DataProvenance:
        """By the address: live, testnet or replay; once open, synthetic where a replay says that it is."""
        return self._provenance.data

    @property
    def execution(self) -> ExecutionProvenance:
        """By the address: real, testnet or simulated."""
        return self._rest.endpoints.execution

    async def open(self) -> None:
        """Set the clock and check the key; raises KeyRefused, ClockOff, Unavailable. Nothing stays open then."""
        try:
            await self._rest.open()
            await self._rest.synchronise()
            await self._provenance.learn()
            refuse_unsafe(await self.permissions())
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End every task and connection; safe to call twice."""
        events, self._events = self._events, None
        if events is not None:
            await events.aclose()
        await self._rest.close()

    async def permissions(self) -> KeyPermissions:
        """What the key may do; raises KeyRefused where the exchange does not know it."""
        return await permissions_of(self._rest)

    async def server_time(self) -> int:
        """The exchange's clock, ms UTC."""
        return await self._rest.server_time()

    async def instruments(self, symbols: Sequence[str]) -> Sequence[Instrument]:
        """As they are now, in the order asked for; also learns the limits of requests. Raises UnknownSymbol."""
        if not symbols:
            return ()
        wanted = {"symbols": json.dumps(list(symbols), ensure_ascii=False, separators=(",", ":"))}
        try:
            found = await self._rest.ask(calls.EXCHANGE_INFO, ExchangeInfoAnswer, wanted)
        except UnknownSymbol as error:
            asked = f"{error.message.rstrip('.')}: one of {', '.join(symbols)}"
            raise UnknownSymbol(asked, code=error.code, status=error.status) from None
        self.budget.set_limits([Limit(*msgspec.structs.astuple(one)) for one in found.rate_limits])
        rows = {row.symbol: row for row in found.symbols}
        missing = [symbol for symbol in symbols if symbol not in rows]
        if missing:
            raise unreadable(calls.EXCHANGE_INFO.words, f"{missing} are not among the answers", changes=False)
        return [rows[symbol] for symbol in symbols]

    async def commission(self, symbol: str) -> Commission:
        """The account's rates for a symbol: standard, special and tax together."""
        return (await self._rest.ask(calls.COMMISSION, CommissionAnswer, {"symbol": symbol})).commission()

    async def balances(self) -> Sequence[Balance]:
        """The assets the account has any of."""
        return (await self._rest.ask(calls.ACCOUNT, AccountAnswer, {"omitZeroBalances": "true"})).owned()

    async def place(self, order: NewOrder) -> OrderReport:
        """Place an order exactly as it is; raises BadRequest for a client id that the exchange does not take."""
        params = order_params(order)
        await self._listening()
        with self._doubts.about(order.client_order_id):
            answer = await self._rest.ask(calls.PLACE, OrderAnswer, params, orders=1)
            if answer.client_order_id != order.client_order_id:
                raise unreadable(calls.PLACE.words, "it is about another order", changes=True)
        return answer.report()

    async def place_list(self, orders: NewOrderList) -> OrderListReport:
        """Place an OCO, OTO or OTOCO exactly as it is; raises BadRequest where its members do not fit together."""
        call, count = _LIST_CALLS[type(orders)]
        params = list_params(orders)
        await self._listening()
        with self._doubts.about(orders.client_list_id, *(one.client_order_id for one in members(orders))):
            return _whole(call, await self._rest.ask(call, ListAnswer, params, orders=count))

    async def cancel(self, symbol: str, client_order_id: str) -> OrderReport:
        """Cancel an order; where it is of a list, the exchange may answer with the whole list."""
        params = {"symbol": symbol, "origClientOrderId": client_order_id}
        answer = await self._rest.ask(calls.CANCEL, dict[str, Any], params)
        cancelled = [one for one in _cancelled(answer) if one.client_order_id == client_order_id]
        if not cancelled:
            raise unreadable(calls.CANCEL.words, f"{client_order_id} is not in the answer", changes=True)
        return cancelled[0]

    async def cancel_list(self, symbol: str, client_list_id: str) -> OrderListReport:
        """Cancel every order of a list."""
        params = {"symbol": symbol, "listClientOrderId": client_list_id}
        return _whole(calls.CANCEL_LIST, await self._rest.ask(calls.CANCEL_LIST, ListAnswer, params))

    async def cancel_all(self, symbol: str) -> Sequence[OrderReport]:
        """Cancel all open orders of a symbol; none open is no error."""
        try:
            answers = await self._rest.ask(calls.CANCEL_ALL, list[dict[str, Any]], {"symbol": symbol})
        except CancelRefused:
            return ()
        return [order for answer in answers for order in _cancelled(answer)]

    async def order(self, symbol: str, client_order_id: str) -> OrderReport:
        """An order by our own id; raises OrderNotFound, after an unknown placing only once it cannot come any more."""
        params = {"symbol": symbol, "origClientOrderId": client_order_id}
        asking = partial(self._rest.ask, calls.ORDER, OrderAnswer, params)
        return (await self._doubts.settled(client_order_id, asking)).report()

    async def open_orders(self, symbol: str | None = None) -> Sequence[OrderReport]:
        """Open orders, oldest first; asking for one symbol costs a thirteenth of asking for all."""
        call, params = (calls.ALL_OPEN_ORDERS, {}) if symbol is None else (calls.OPEN_ORDERS, {"symbol": symbol})
        found = await self._rest.ask(call, list[OrderAnswer], params)
        return sorted((one.report() for one in found), key=lambda order: order.order_id)

    async def order_list(self, client_list_id: str) -> OrderListReport:
        """A list by our own id; raises OrderNotFound as `order` does. Each of its orders is asked for by itself."""
        asking = partial(self._rest.ask, calls.ORDER_LIST, ListAnswer, {"origClientOrderId": client_list_id})
        return await self._with_members(await self._doubts.settled(client_list_id, asking))

    async def open_lists(self) -> Sequence[OrderListReport]:
        """Lists of which an order is open, oldest first; each of their orders is asked for by itself."""
        answers = await self._rest.ask(calls.OPEN_LISTS, list[ListAnswer])
        return [await self._with_members(one) for one in sorted(answers, key=lambda one: one.order_list_id)]

    async def fills(self, symbol: str, *, from_id: int | None = None, order_id: int | None = None) -> Sequence[Fill]:
        """The account's trades, oldest first, at most 1,000: for more, ask again from the last one's id + 1."""
        params: dict[str, Any] = {"symbol": symbol, "limit": MOST_FILLS}
        params |= {} if from_id is None else {"fromId": from_id}
        params |= {} if order_id is None else {"orderId": order_id}
        call = calls.TRADES if order_id is None else calls.TRADES_OF_ORDER
        return [one.fill() for one in await self._rest.ask(call, list[TradeAnswer], params)]

    def events(self) -> Subscription[AccountEvent]:
        """What happens to the account from the call on; a new reader ends the one before.

        An order placed next waits until it can be heard, or until the reader has been told that it cannot (2 s at
        most): it would rather be placed unheard than late. Raises Unavailable where the venue is not open.
        """
        if not self._rest.is_open:
            raise Unavailable("The account cannot be heard: not open, or closed already")
        if self._events is not None:
            self._events.cancel()
        self._events = user_events(
            self._rest.endpoints,
            self._rest.credentials,
            self.clock.time,
            budget=self.budget,
            resync=self._rest.synchronise,
            rng=self._rng,
        )
        return self._events

    async def _listening(self) -> None:
        if self._events is not None:
            await self._events.settled()

    async def _with_members(self, answer: ListAnswer) -> OrderListReport:
        orders = []
        for member in answer.orders:
            params = {"symbol": member.symbol, "orderId": member.order_id}
            orders.append((await self._rest.ask(calls.ORDER, OrderAnswer, params)).report())
        return answer.report(orders)


def _whole(call: Call, answer: ListAnswer) -> OrderListReport:
    """A list with the reports of all its orders, which the exchange promises after a change."""
    if {one.order_id for one in answer.orders} != {one.order_id for one in answer.order_reports}:
        raise unreadable(call.words, "its orders are not those that it names", changes=True)
    return answer.report([order.report() for order in answer.order_reports])


def _cancelled(answer: dict[str, Any]) -> Sequence[OrderReport]:
    """The orders of one cancel answer, which is an order, or a list with the reports of its orders."""
    try:
        if "contingencyType" in answer:
            return _whole(calls.CANCEL, msgspec.convert(answer, ListAnswer)).orders
        return [msgspec.convert(answer, OrderAnswer).report()]
    except msgspec.ValidationError as error:
        raise unreadable(calls.CANCEL.words, str(error), changes=True) from None
