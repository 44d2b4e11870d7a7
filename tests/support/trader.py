"""A trader that follows a script and never guesses: what it does not know it asks for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from tradingbot.exchange.errors import (
    CancelRefused,
    ClockOff,
    ExchangeError,
    OrderNotFound,
    OrderRefused,
    Overloaded,
    RateLimited,
    StatusUnknown,
    Unavailable,
)
from tradingbot.exchange.orders import NewOco, NewOrder, OrderType, Side, TimeInForce
from tradingbot.exchange.port import Venue

BTC = "BTCUSDT"
ATTEMPTS = 20
Answer = TypeVar("Answer")


@dataclass
class Trader:
    """Places and cancels orders of one symbol around a price; `placed` are the ids the exchange has confirmed.

    `refused` are those it has said no to, or says it has never had.
    """

    venue: Venue
    rng: Random
    now: Callable[[], int]
    placed: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    doubts: int = 0
    _number: int = 0

    async def act(self, price: int) -> None:
        """One thing of the script: an order to rest or to take, a pair, or a cancel."""
        action = self.rng.choice([self._limit, self._limit, self._market, self._pair, self._cancel])
        await action(price)

    async def cancel_everything(self) -> None:
        """Until nothing is open."""
        await self._patiently(lambda: self.venue.cancel_all(BTC))

    async def _limit(self, price: int) -> None:
        side = self.rng.choice(list(Side))
        away = self.rng.choice([-200, -20, 20, 200])
        await self._place(self._order(side, OrderType.LIMIT, price + away, time_in_force=TimeInForce.GTC))

    async def _market(self, _price: int) -> None:
        await self._place(self._order(self.rng.choice(list(Side)), OrderType.MARKET, None))

    async def _pair(self, price: int) -> None:
        above = self._order(Side.SELL, OrderType.LIMIT_MAKER, price + 500)
        stop = {"stop_price": Decimal(price - 500), "quantity": above.quantity}
        below = self._order(Side.SELL, OrderType.STOP_LOSS, None, **stop)
        pair = NewOco(client_list_id=f"{above.client_order_id}-pair", above=above, below=below)
        await self._settled(above.client_order_id, lambda: self.venue.place_list(pair), others=[below.client_order_id])

    async def _cancel(self, _price: int) -> None:
        if not self.placed:
            return
        name = self.rng.choice(sorted(self.placed))
        try:
            await self.venue.cancel(BTC, name)
        except (CancelRefused, ExchangeError):
            await self._known(name)

    async def _place(self, order: NewOrder) -> None:
        await self._settled(order.client_order_id, lambda: self.venue.place(order))

    async def _settled(self, name: str, send: Callable[[], Awaitable[object]], others: list[str] | None = None) -> None:
        """Send once; where the outcome is unknown, ask."""
        try:
            await send()
            known = True
        except OrderRefused:
            known = False
        except (Unavailable, Overloaded, RateLimited, ClockOff) as error:
            await self._wait(error)
            known = False  # the exchange did nothing
        except StatusUnknown:
            self.doubts += 1
            known = await self._known(name)
        (self.placed if known else self.refused).update([name, *(others or [])])

    async def _known(self, name: str) -> bool:
        try:
            await self._patiently(lambda: self.venue.order(BTC, name))
        except OrderNotFound:
            return False
        return True

    async def _patiently(self, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        for _ in range(ATTEMPTS):
            try:
                return await ask()
            except (Unavailable, Overloaded, RateLimited, ClockOff, StatusUnknown) as error:
                await self._wait(error)
        raise AssertionError("the exchange never answered")

    async def _wait(self, error: ExchangeError) -> None:
        retry_at = error.retry_at if isinstance(error, RateLimited) else None
        await asyncio.sleep(max(0.05, ((retry_at or 0) - self.now()) / 1000))

    def _order(self, side: Side, kind: OrderType, price: int | None, **more: Any) -> NewOrder:
        self._number += 1
        values = {
            "price": None if price is None else Decimal(price),
            "quantity": Decimal(self.rng.randint(1, 5)) / 1000,
        }
        name = f"script-{self._number}"
        return NewOrder(symbol=BTC, side=side, type=kind, client_order_id=name, **{**values, **more})
