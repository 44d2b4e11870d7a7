"""Answers that are none, as typed errors."""

import re
from collections.abc import Mapping

import msgspec

from tradingbot.domain.timeframe import MINUTE_MS
from tradingbot.exchange.binance.wire.answers import ErrorAnswer
from tradingbot.exchange.binance.wire.transport import HttpAnswer
from tradingbot.exchange.errors import (
    BadRequest,
    ExchangeError,
    KeyRefused,
    ProtocolBroken,
    SignatureRefused,
    StatusUnknown,
    Unavailable,
    typed,
)

SHORTEST_BAN_MS = 2 * MINUTE_MS  # where the exchange bans without saying for how long
_UNTIL = re.compile(r"banned until (\d{13})\b")
_REMEDIES: Mapping[type[ExchangeError], str] = {
    KeyRefused: "Check that the key is of this network, that it may read and trade, that it has not been deleted or"
    " expired, and that this machine's address is on its list",
    SignatureRefused: "Check that the secret is the one that was shown together with this key",
}
_PLACES: Mapping[int, str] = {
    403: "The exchange's firewall refuses this machine's address, or what was asked",
    451: "The exchange does not serve the place where this machine is",
}


def refused(name: str, answer: HttpAnswer, *, changes: bool, now: int) -> ExchangeError:
    """The error for an answer that is no success; `now` is the exchange's time, ms UTC, for its "retry after"."""
    code, message, data = _told(name, answer)
    status = answer.status
    if code is None and status < 400:
        return unreadable(name, message, changes=changes)
    if code is None and status == 408:  # a proxy on the way gave up: nobody says that it was not executed
        return unanswered(name, message, changes=changes)
    retry_at = _retry_at(answer, message, now) if status in (418, 429) else None
    return remedied(typed(code, message, status=status, changes=changes, retry_at=retry_at, data=data))


def remedied(error: ExchangeError) -> ExchangeError:
    """The error with what its user can do about it, where that is known."""
    remedy = _REMEDIES.get(type(error)) or (_PLACES.get(error.status or 0) if type(error) is BadRequest else None)
    if remedy is None:
        return error
    return type(error)(f"{error.message.rstrip('.')}. {remedy}", code=error.code, status=error.status)


def unanswered(name: str, reason: str, *, changes: bool) -> ExchangeError:
    """The error for a request that was sent and not answered."""
    if changes:
        return StatusUnknown(f"{name}: {reason}. It may have been carried out: ask before it is sent again")
    return Unavailable(f"{name}: {reason}")


def unreadable(name: str, reason: str, *, changes: bool) -> ExchangeError:
    """The error for an answer that nobody can read: what was to be changed may well be changed."""
    message = f"{name} was answered with what Binance does not document: {reason}"
    return StatusUnknown(message) if changes else ProtocolBroken(message)


def _told(name: str, answer: HttpAnswer) -> tuple[int | None, str, Mapping[str, object] | None]:
    try:
        told = msgspec.json.decode(answer.body, type=ErrorAnswer)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):  # a page of a firewall or a proxy
        return None, f"{name}: HTTP {answer.status} without an explanation", None
    return told.code, told.msg, told.data if isinstance(told.data, dict) else None


def _retry_at(answer: HttpAnswer, message: str, now: int) -> int:
    found = _UNTIL.search(message)
    until = int(found.group(1)) if found else 0
    seconds = answer.headers.get("Retry-After", "")
    if seconds.isdecimal():
        return max(until, now + 1000 * int(seconds))
    return until or (now + SHORTEST_BAN_MS if answer.status == 418 else now - now % MINUTE_MS + MINUTE_MS)
