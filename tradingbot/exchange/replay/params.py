"""The parameters of a request: text that becomes typed values, or the exchange's own refusal.

Source of codes and texts: errors.md of Binance's spot API; the legal ranges are those that the exchange names.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from tradingbot.exchange.errors import ExchangeError, typed

Choice = TypeVar("Choice", bound=StrEnum)
Value = TypeVar("Value")

_NUMBER = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
_INTEGER = "^[0-9]{1,20}$"
_CLIENT_ID = "^[a-zA-Z0-9-_]{1,36}$"
_SYMBOL = r"^[\w\-._&&[^a-z]]{1,50}$"  # in the notation of the exchange: word characters but no small letters
_LARGEST = 2**63 - 1
_FIRST_MICROSECOND = 10**14  # a later moment cannot be meant in milliseconds before the year 5138


def refusal(code: int, message: str, *, status: int = 400) -> ExchangeError:
    """The error that the exchange answers with."""
    return typed(code, message, status=status, changes=True)


def required(name: str, value: Value | None) -> Value:
    """The value of a mandatory parameter; raises -1102 where it was not sent."""
    if value is None:
        raise refusal(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
    return value


def either(first: str, second: str) -> ExchangeError:
    """The error (-1102) where one of two parameters must be sent and neither was."""
    return refusal(-1102, f"Param '{first}' or '{second}' must be sent, but both were empty/null!")


class Params:
    """Parameters by name, as text; what is read is remembered, so that what is left over can be refused (-1104)."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """A mandatory parameter; raises -1102."""
        return required(name, self.optional(name))

    def optional(self, name: str) -> str | None:
        """A parameter, None where it was not sent; raises -1105 where it is empty."""
        self._read.add(name)
        found = self._values.get(name)
        if found == "":
            raise refusal(-1105, f"Parameter '{name}' was empty.")
        return found

    def symbol(self) -> str:
        """The mandatory symbol; raises -1102, and -1100 for small letters. It may not exist."""
        found = self.text("symbol")
        if not re.fullmatch(r"[\w\-.]{1,50}", found) or re.search("[a-z]", found):
            raise self._illegal("symbol", _SYMBOL)
        return found

    def client_id(self, name: str) -> str | None:
        """An id that a client gave, None where it was not sent; raises -1100."""
        found = self.optional(name)
        if found is not None and not re.fullmatch(_CLIENT_ID, found):
            raise self._illegal(name, _CLIENT_ID)
        return found

    def decimal(self, name: str) -> Decimal | None:
        """A number without sign and exponent, None where it was not sent; raises -1100."""
        found = self.optional(name)
        if found is None:
            return None
        if not re.fullmatch(_NUMBER, found, re.ASCII):
            raise self._illegal(name, _NUMBER)
        return Decimal(found)

    def integer(self, name: str) -> int | None:
        """A whole number from 0, None where it was not sent; raises -1100, -1108 beyond 64 bits."""
        found = self.optional(name)
        if found is None:
            return None
        if not re.fullmatch(_INTEGER, found, re.ASCII):
            raise self._illegal(name, _INTEGER)
        if int(found) > _LARGEST:
            raise refusal(-1108, f"Parameter '{name}' overflowed.")
        return int(found)

    def moment(self, name: str) -> int | None:
        """A moment, ms UTC, sent in milliseconds or microseconds; None where it was not sent."""
        found = self.integer(name)
        return found // 1000 if found is not None and found >= _FIRST_MICROSECOND else found

    def limit(self, default: int = 500, maximum: int = 1000) -> int:
        """How many rows are wanted, at most `maximum`; raises -1130 for none."""
        found = self.integer("limit")
        if found == 0:
            raise self.invalid("limit")
        return default if found is None else min(found, maximum)

    def flag(self, name: str) -> bool:
        """A boolean, False where it was not sent; raises -1130."""
        found = self.optional(name)
        if found is None or found.lower() == "false":
            return False
        if found.lower() != "true":
            raise self.invalid(name)
        return True

    def choice(self, name: str, kind: type[Choice], code: int = -1130, message: str | None = None) -> Choice | None:
        """One of an enum's values, None where it was not sent; raises `code` with `message`, -1130 by default."""
        found = self.optional(name)
        if found is None:
            return None
        try:
            return kind(found)
        except ValueError:
            raise (refusal(code, message) if message else self.invalid(name)) from None

    def refuse_unknown(self) -> None:
        """Raise where something was sent that nothing has read: -1101 if nothing is read at all, else -1104.

        What changes anything calls it before it acts.
        """
        read = sum(name in self._read for name in self._values)
        sent = len(self._values)
        if sent and not read:
            raise refusal(-1101, f"Too many parameters; expected '0' and received '{sent}'.")
        if read < sent:
            raise refusal(
                -1104, f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{sent}'."
            )

    @staticmethod
    def invalid(name: str) -> ExchangeError:
        """The error for a value that means nothing."""
        return refusal(-1130, f"Data sent for parameter '{name}' is not valid.")

    @staticmethod
    def _illegal(name: str, legal: str) -> ExchangeError:
        return refusal(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")
