"""Rate limits: request weight and raw requests by address, unfilled orders of the account, connection attempts.

Intervals are aligned with the calendar of the server's clock, as Binance's are. How often a 429 may be ignored before
it becomes a ban is not documented; `LimitSettings.patience` is ours. Source: rest-api.md "LIMITS" and
order_count_decrement.md of Binance's spot API.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS, SECOND_MS
from tradingbot.exchange.errors import ExchangeError, typed
from tradingbot.exchange.events import AccountEvent, OrderEvent
from tradingbot.exchange.orders import ExecutionType

_LENGTH = {"SECOND": SECOND_MS, "MINUTE": MINUTE_MS, "DAY": DAY_MS}
_LONGEST_BAN = 3 * DAY_MS
_TAKER_CREDIT, _MAKER_CREDIT = 1, 5
_ADVICE = "Please use WebSocket Streams for live updates to avoid polling the API."
ACCOUNT = "account"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """Binance's limits of 2026-09; `connections` None switches the limit of attempts off."""

    weight: int = 6_000
    raw_requests: int = 300_000
    orders_10s: int = 100
    orders_day: int = 200_000
    connections: int | None = 300
    patience: int = 10
    first_ban_ms: int = 2 * MINUTE_MS


class Window:
    """Counts by name within one kind of interval; those of an interval that has passed are dropped.

    What belongs to one that has passed, as a request that took long, counts no more.
    """

    def __init__(self, kind: str, interval: str, number: int, limit: int) -> None:
        self.kind = kind
        self.interval = interval
        self.number = number
        self.limit = limit
        self._length = number * _LENGTH[interval]
        self._current = 0
        self._counts: dict[str, int] = {}

    def count(self, name: str, now: int) -> int:
        """So far in the interval of `now`."""
        return self._at(now).get(name, 0)

    def add(self, name: str, amount: int, now: int) -> int:
        """Count up, or down but never below 0; the new count."""
        counts = self._at(now)
        counts[name] = max(0, counts.get(name, 0) + amount)
        return counts[name]

    def end(self, now: int) -> int:
        """When the interval of `now` ends, ms UTC."""
        return (now // self._length + 1) * self._length

    def row(self, name: str | None = None, now: int = 0) -> dict[str, Any]:
        """As Binance states a limit, with the count of a name where one is given."""
        stated = {
            "rateLimitType": self.kind,
            "interval": self.interval,
            "intervalNum": self.number,
            "limit": self.limit,
        }
        return stated if name is None else {**stated, "count": self.count(name, now)}

    def _at(self, now: int) -> dict[str, int]:
        interval = now // self._length
        if interval < self._current:
            return {}
        if interval > self._current:
            self._current, self._counts = interval, {}
        return self._counts


class Limits:
    """What each address and the account have used. `now` is the server's clock, ms UTC."""

    def __init__(self, settings: LimitSettings) -> None:
        self._weight = Window("REQUEST_WEIGHT", "MINUTE", 1, settings.weight)
        self._raw = Window("RAW_REQUESTS", "MINUTE", 5, settings.raw_requests)
        self._orders = (
            Window("ORDERS", "SECOND", 10, settings.orders_10s),
            Window("ORDERS", "DAY", 1, settings.orders_day),
        )
        self._connections = Window("CONNECTIONS", "MINUTE", 5, settings.connections or 0)
        self._settings = settings
        self._ignored: dict[str, int] = {}
        self._bans: dict[str, tuple[int, int]] = {}  # until when, and how long that was

    def rules(self) -> Sequence[dict[str, Any]]:
        """As exchangeInfo lists them."""
        return [window.row() for window in (self._weight, *self._orders, self._raw)]

    def order_counts(self, now: int) -> Sequence[dict[str, Any]]:
        """As `rateLimit/order` lists them."""
        return [window.row(ACCOUNT, now) for window in self._orders]

    def weight_count(self, address: str, now: int) -> dict[str, Any]:
        """The weight used, as an answer of the WebSocket API states it."""
        return self._weight.row(address, now)

    def used_weight(self, address: str, now: int) -> int:
        """The weight used in this minute."""
        return self._weight.count(address, now)

    def request(self, address: str, weight: int, now: int) -> None:
        """Count a request before it is looked at; raises RateLimited, and Banned where that was ignored."""
        self.check_ban(address, now)
        if self._raw.add(address, 1, now) > self._raw.limit:
            text = f"Too many requests; current limit is {self._raw.limit} requests per 5 MINUTE. {_ADVICE}"
            raise self._too_much(address, text, self._raw.end(now), now)
        if self._weight.add(address, weight, now) > self._weight.limit:
            limit = f"{self._weight.limit} request weight per 1 MINUTE"
            text = f"Too much request weight used; current limit is {limit}. {_ADVICE}"
            raise self._too_much(address, text, self._weight.end(now), now)
        self._ignored.pop(address, None)

    def refund(self, address: str, weight: int, now: int) -> None:
        """A successful order costs no weight."""
        self._weight.add(address, -weight, now)

    def check_ban(self, address: str, now: int) -> None:
        """Raise Banned while an address is."""
        until, _ = self._bans.get(address, (0, 0))
        if now < until:
            raise banned(until)

    def connect(self, address: str, now: int) -> bool:
        """Count an attempt to open a WebSocket; False where there were too many."""
        attempts = self._connections.add(address, 1, now)
        return self._settings.connections is None or attempts <= self._connections.limit

    def check_orders(self, orders: int, now: int) -> None:
        """Raise TooManyOrders where so many more would exceed a limit."""
        for window in self._orders:
            if orders and window.count(ACCOUNT, now) + orders > window.limit:
                text = f"{window.limit} orders per {window.number} {window.interval}"
                message = f"Too many new orders; current limit is {text}."
                raise typed(-1015, message, status=429, changes=False, retry_at=window.end(now))

    def add_orders(self, orders: int, now: int) -> None:
        """Count accepted orders."""
        for window in self._orders:
            window.add(ACCOUNT, orders, now)

    def account(self, event: AccountEvent, now: int) -> None:
        """An order's first fill lowers the count of unfilled orders, a maker's more."""
        if not (isinstance(event, OrderEvent) and event.execution is ExecutionType.TRADE and event.fill):
            return
        if event.report.executed_quantity == event.fill.quantity:
            credit = _MAKER_CREDIT if event.fill.is_maker else _TAKER_CREDIT
            self.add_orders(-credit, now)

    def _too_much(self, address: str, text: str, until: int, now: int) -> ExchangeError:
        self._ignored[address] = self._ignored.get(address, 0) + 1
        if self._ignored[address] <= self._settings.patience:
            return typed(-1003, text, status=429, changes=False, retry_at=until)
        _, last = self._bans.get(address, (0, 0))
        length = min(_LONGEST_BAN, last * 2 or self._settings.first_ban_ms)
        self._bans[address] = (now + length, length)
        del self._ignored[address]
        return banned(now + length)


def banned(until: int) -> ExchangeError:
    """What an address that ignored 429 is answered, ms UTC."""
    text = f"Way too much request weight used; IP banned until {until}. "
    advice = "Please use WebSocket Streams for live updates to avoid bans."
    return typed(-1003, text + advice, status=418, changes=False, retry_at=until)
