"""How much may still be asked: Binance's limits, counted as it counts them, and never run into.

Windows are aligned to the calendar of the exchange's clock. Within one we count what we send, and believe the exchange
where it counts more (other programs may share our address). Ordinary questions stop at 80 % of a limit and wait for
the next window; orders and cancels may go on to 95 %, and do not wait: a late order is a wrong one. The rest is room
for what others send between two answers, and for what is on its way.
Source: "LIMITS" of Binance's REST documentation.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tradingbot.exchange.errors import Banned, RateLimited, TooManyOrders

QUESTIONS_SHARE = 0.80
ORDERS_SHARE = 0.95
QUESTIONS_PATIENCE_MS = 61_000  # a whole window of weight
ORDERS_PATIENCE_MS = 5_000  # as long as the exchange itself accepts a request after its timestamp
_GUARD_MS = 500  # after a window's start, as our notion of the exchange's clock is off by a little
_LETTERS = {"SECOND": (1_000, "S"), "MINUTE": (60_000, "M"), "HOUR": (3_600_000, "H"), "DAY": (86_400_000, "D")}
_HEADERS = {"REQUEST_WEIGHT": "X-MBX-USED-WEIGHT-", "ORDERS": "X-MBX-ORDER-COUNT-"}


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `limit` of a kind (REQUEST_WEIGHT, RAW_REQUESTS, ORDERS) in `number` of `interval`."""

    kind: str
    interval: str
    number: int
    limit: int

    @property
    def is_known(self) -> bool:
        """Whether its interval is one that the documents name; another cannot be counted, only run into."""
        return self.interval in _LETTERS

    @property
    def length(self) -> int:
        """Of the window, ms."""
        return self.number * _LETTERS[self.interval][0]

    @property
    def header(self) -> str:
        """In which an answer says how much was used; "" where none does."""
        name = _HEADERS.get(self.kind)
        return f"{name}{self.number}{_LETTERS[self.interval][1]}" if name else ""


# Until exchangeInfo has told: the lowest that Binance's documents have named.
DOCUMENTED = (
    Limit("REQUEST_WEIGHT", "MINUTE", 1, 6_000),
    Limit("RAW_REQUESTS", "MINUTE", 5, 61_000),
    Limit("ORDERS", "SECOND", 10, 50),
    Limit("ORDERS", "DAY", 1, 160_000),
)


@dataclass(slots=True)
class _Window:
    limit: Limit
    start: int = 0
    used: int = 0

    def turn(self, now: int) -> None:
        start = now - now % self.limit.length
        if start > self.start or start < self.start - self.limit.length:  # a little back is our clock, much is theirs
            self.start, self.used = start, 0

    def free_at(self, amount: int, share: float, now: int) -> int:
        """From when that much more fits; what is more than the share by itself goes into an empty window."""
        if amount == 0 or self.used == 0 or self.used + amount <= self.limit.limit * share:
            return now
        return self.start + self.limit.length + _GUARD_MS


@dataclass(slots=True)
class Budget:
    """One for each address and account, shared by all that ask. `now` is the exchange's clock, ms UTC."""

    now: Callable[[], int]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _windows: list[_Window] = field(default_factory=lambda: [_Window(limit) for limit in DOCUMENTED], init=False)
    _closed_until: int = field(default=0, init=False)
    _orders_closed_until: int = field(default=0, init=False)
    _banned_until: int = field(default=0, init=False)

    def set_limits(self, limits: Sequence[Limit]) -> None:
        """What exchangeInfo says; counts go on where a limit's kind and interval stay."""
        used = {(one.limit.kind, one.limit.length): one for one in self._windows}
        self._windows = []
        for limit in [one for one in limits if one.is_known]:
            known = used.get((limit.kind, limit.length))
            self._windows.append(_Window(limit, known.start, known.used) if known else _Window(limit))

    async def spend(self, weight: int, *, orders: int = 0, urgent: bool = False) -> None:
        """Return when a request of that weight, and that many orders, may be sent, and count it.

        Raises Banned, TooManyOrders or RateLimited, each with `retry_at`, where that is further off than a minute
        (5 s when `urgent`): nothing was sent then.
        """
        patience = ORDERS_PATIENCE_MS if urgent else QUESTIONS_PATIENCE_MS
        while True:
            now = self.now()
            free_at, kind = self._free_at(now, weight, orders, ORDERS_SHARE if urgent else QUESTIONS_SHARE)
            if free_at <= now:
                break
            if free_at - now > patience:
                raise self._refusal(kind, free_at, now)
            await self.sleep((free_at - now) / 1000)
        for window in self._windows:
            window.used += _amount(window.limit.kind, weight, orders)

    def saw(self, headers: Mapping[str, str], asked_at: int | None = None) -> None:
        """Take note of what an answer says was used in the present windows.

        What was asked at `asked_at` before a window began, or as it did, may have been counted in the one before:
        believed, a full minute that is over would hold back the next one.
        """
        now = self.now()
        for window in self._windows:
            told = headers.get(window.limit.header, "") if window.limit.header else ""
            if told.isdecimal():
                window.turn(now)
                if asked_at is None or asked_at >= window.start + _GUARD_MS:
                    window.used = max(window.used, int(told))

    def heed(self, error: Exception) -> None:
        """Send nothing (after TooManyOrders: no order) before the moment that a refusal names."""
        if not isinstance(error, RateLimited) or error.retry_at is None:
            return
        if isinstance(error, TooManyOrders):
            self._orders_closed_until = max(self._orders_closed_until, error.retry_at)
            return
        if isinstance(error, Banned):
            self._banned_until = max(self._banned_until, error.retry_at)
        self._closed_until = max(self._closed_until, error.retry_at)

    def used(self) -> Mapping[str, tuple[int, int]]:
        """For each limit, as "REQUEST_WEIGHT 1M": what is used of it in its present window, and the limit."""
        now = self.now()
        for window in self._windows:
            window.turn(now)
        return {
            f"{one.limit.kind} {one.limit.number}{_LETTERS[one.limit.interval][1]}": (one.used, one.limit.limit)
            for one in self._windows
        }

    def _free_at(self, now: int, weight: int, orders: int, share: float) -> tuple[int, str]:
        moments = [(self._closed_until, "REQUEST_WEIGHT")]
        if orders:
            moments.append((self._orders_closed_until, "ORDERS"))
        for window in self._windows:
            window.turn(now)
            amount = _amount(window.limit.kind, weight, orders)
            moments.append((window.free_at(amount, share, now), window.limit.kind))
        return max(moments)

    def _refusal(self, kind: str, retry_at: int, now: int) -> RateLimited:
        wait = f"for another {(retry_at - now) / 1000:.0f} s"
        if retry_at <= self._banned_until:
            return Banned(f"Not sent: the exchange has banned this address {wait}", retry_at=retry_at)
        if kind == "ORDERS":
            return TooManyOrders(f"Not sent: the account's limit of new orders is used up {wait}", retry_at=retry_at)
        return RateLimited(f"Not sent: the address's limit of requests is used up {wait}", retry_at=retry_at)


def _amount(kind: str, weight: int, orders: int) -> int:
    return {"REQUEST_WEIGHT": weight, "ORDERS": orders, "RAW_REQUESTS": 1}.get(kind, 0)
