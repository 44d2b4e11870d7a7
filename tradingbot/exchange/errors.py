"""What an exchange may answer instead of what was asked; each error says whether the same request may be sent again.

ExchangeError
├── Refused              NEVER          the request itself is wrong
│   ├── BadRequest                      parameters (-1100 and their like), -1013 without a filter's name
│   ├── FilterRefused                   -1013 "Filter failure: NAME"; `filter` is the name
│   ├── UnknownSymbol                   -1121
│   ├── OrderRefused                    -2010; `reason` tells which of its texts it was
│   ├── CancelRefused                   -2011: ask for the order
│   ├── OrderNotFound                   -2013, -2018, -2026
│   ├── ReplaceFailed                   -2021, -2022; `data` has both halves
│   ├── SignatureRefused                -1022
│   └── ContractChanged                 410, -4120 and their like: the exchange no longer offers what we use
├── KeyRefused           NEVER          wrong, expired, bound to another address, or may do too much or little
├── ClockOff             AFTER_RESYNC   -1021
├── RateLimited          AFTER_WAIT     429: `retry_at`
│   ├── TooManyOrders                   -1015
│   └── Banned                          418
├── Overloaded           AFTER_WAIT     -1008; a placed order is to be asked for first
├── Unavailable          AFTER_WAIT     nobody answered a question that changes nothing
├── StatusUnknown        ASK_FIRST      may have been executed: -1006, -1007, 5xx, timeout, connection lost when sent
└── ProtocolBroken       NEVER          an answer that is not what the documentation says
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from tradingbot.domain.errors import TradingBotError


class Retry(StrEnum):
    """Whether the same request may be sent again."""

    NEVER = "never"
    AFTER_WAIT = "after waiting"
    AFTER_RESYNC = "after setting the clock"
    ASK_FIRST = "only after asking what became of it"


class ExchangeError(TradingBotError):
    """Base; `code` is the exchange's (None where it gave none), `status` the HTTP status, `message` its words."""

    retry = Retry.NEVER

    def __init__(self, message: str, *, code: int | None = None, status: int | None = None) -> None:
        super().__init__(f"{message} (code {code})" if code is not None else message)
        self.message = message
        self.code = code
        self.status = status


class Refused(ExchangeError):
    """The request itself is wrong."""


class BadRequest(Refused):
    """A parameter is missing, unknown, malformed or contradictory."""


class FilterRefused(Refused):
    """A filter of the symbol was not passed."""

    @property
    def filter(self) -> str:
        """Its name, as LOT_SIZE."""
        return self.message.removeprefix("Filter failure: ")


class UnknownSymbol(Refused):
    """The exchange has no such symbol."""

    exit_code = 2


class Reason(StrEnum):
    """Why the matching engine refused an order (the texts of -2010)."""

    BALANCE = "balance"
    DUPLICATE = "duplicate"
    WOULD_TRIGGER = "would trigger immediately"
    WOULD_MATCH = "would match immediately"
    PRICE_RELATION = "price relation"
    MARKET_CLOSED = "market closed"
    FILTER = "filter"
    NOT_ALLOWED = "not allowed"
    OTHER = "other"


class OrderRefused(Refused):
    """The matching engine refused an order."""

    @property
    def reason(self) -> Reason:
        """Which of its texts it was."""
        return next((reason for text, reason in _REASONS if text in self.message), Reason.OTHER)


class CancelRefused(Refused):
    """The order is not open, or never was."""


class OrderNotFound(Refused):
    """No such order or list."""


class ReplaceFailed(Refused):
    """A cancel-and-replace failed in half or wholly; `data` is the exchange's account of both halves."""

    def __init__(self, message: str, *, code: int | None, status: int | None, data: Mapping[str, Any]) -> None:
        super().__init__(message, code=code, status=status)
        self.data = data


class SignatureRefused(Refused):
    """The signature does not fit the request and the key."""

    exit_code = 2


class ContractChanged(Refused):
    """The exchange no longer offers what was asked: `tradingbot exchange drift` says what else has changed."""


class KeyRefused(ExchangeError):
    """The API key cannot be used."""

    exit_code = 2


class ClockOff(ExchangeError):
    """Our clock and the exchange's differ by more than the request allows."""

    exit_code = 2
    retry = Retry.AFTER_RESYNC


class RateLimited(ExchangeError):
    """Too many requests; `retry_at` (ms UTC) is when the exchange will listen again, None where it did not say."""

    retry = Retry.AFTER_WAIT

    def __init__(
        self, message: str, *, code: int | None = None, status: int | None = None, retry_at: int | None = None
    ) -> None:
        super().__init__(message, code=code, status=status)
        self.retry_at = retry_at


class TooManyOrders(RateLimited):
    """Too many unfilled orders in an interval."""


class Banned(RateLimited):
    """The address is banned until `retry_at`."""


class Overloaded(ExchangeError):
    """The exchange has too much to do."""

    retry = Retry.AFTER_WAIT


class Unavailable(ExchangeError):
    """Nobody answered; nothing was changed."""

    retry = Retry.AFTER_WAIT


class StatusUnknown(ExchangeError):
    """The request may have been executed."""

    retry = Retry.ASK_FIRST


class ProtocolBroken(ExchangeError):
    """An answer that is not what the documentation says; nothing was taken from it."""


_REASONS = (
    ("insufficient balance", Reason.BALANCE),
    ("Duplicate order", Reason.DUPLICATE),
    ("would trigger immediately", Reason.WOULD_TRIGGER),
    ("would immediately match", Reason.WOULD_MATCH),
    ("relationship of the prices", Reason.PRICE_RELATION),
    ("Market is closed", Reason.MARKET_CLOSED),
    ("Filter failure", Reason.FILTER),
    ("not supported", Reason.NOT_ALLOWED),
    ("not allowed", Reason.NOT_ALLOWED),
    ("not permitted", Reason.NOT_ALLOWED),
    ("not enabled", Reason.NOT_ALLOWED),
    ("is disabled", Reason.NOT_ALLOWED),
)

_BY_CODE: Mapping[int, type[ExchangeError]] = {
    -1000: Unavailable,
    -1001: Unavailable,
    -1002: KeyRefused,
    -1003: RateLimited,
    -1006: StatusUnknown,
    -1007: StatusUnknown,
    -1008: Overloaded,
    -1013: BadRequest,
    -1015: TooManyOrders,
    -1016: Unavailable,  # the service is shutting down
    -1021: ClockOff,
    -1022: SignatureRefused,
    -1121: UnknownSymbol,
    -2008: KeyRefused,
    -2010: OrderRefused,
    -2011: CancelRefused,
    -2013: OrderNotFound,
    -2014: KeyRefused,
    -2015: KeyRefused,
    -2018: OrderNotFound,
    -2026: OrderNotFound,
    -2039: OrderNotFound,
    -4120: ContractChanged,
}

_CHANGES_NOTHING: Mapping[type[ExchangeError], type[ExchangeError]] = {StatusUnknown: Unavailable}
_MAY_HAVE_CHANGED: Mapping[type[ExchangeError], type[ExchangeError]] = {
    Unavailable: StatusUnknown,
    Overloaded: StatusUnknown,
}


def typed(
    code: int | None,
    message: str,
    *,
    status: int | None = None,
    changes: bool,
    retry_at: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> ExchangeError:
    """The error for an answer of the exchange.

    `changes` tells whether the request could change anything (an order, a cancel): only then is the outcome of a
    request that was answered with -1007, -1008 or 5xx unknown. Source of the codes: errors.md of Binance's spot API.
    """
    if status == 418:
        return Banned(message, code=code, status=status, retry_at=retry_at)
    if changes and status is not None and status >= 500:  # whatever the code says, the exchange knows no more than we
        return StatusUnknown(message, code=code, status=status)
    if code in (-2021, -2022):
        return ReplaceFailed(message, code=code, status=status, data=data or {})
    if code == -1013 and message.startswith("Filter failure"):
        return FilterRefused(message, code=code, status=status)
    kind = _kind(code, status)
    kind = (_MAY_HAVE_CHANGED if changes else _CHANGES_NOTHING).get(kind, kind)
    if issubclass(kind, RateLimited):
        return kind(message, code=code, status=status, retry_at=retry_at)
    return kind(message, code=code, status=status)


def _kind(code: int | None, status: int | None) -> type[ExchangeError]:
    if code is not None and code in _BY_CODE:
        return _BY_CODE[code]
    if status is not None and status >= 500:
        return StatusUnknown
    if status == 429:
        return RateLimited
    if status == 410:
        return ContractChanged
    if status == 401:
        return KeyRefused
    return BadRequest
