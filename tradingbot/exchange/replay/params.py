"""The parameters of a request: text that becomes typed values, or the exchange's own refusal."""

import re
from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from tradingbot.exchange.errors import ExchangeError, typed

Choice = TypeVar("Choice", bound=StrEnum)

_NUMBER = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")


def refusal(code: int, message: str, *, status: int = 400) -> ExchangeError:
    """The error that the exchange answers with."""
    return typed(code, message, status=status, changes=True)


class Params:
    """Parameters by name, as text; what is read is remembered, so that what is left over can be refused (-1104)."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._read: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """A mandatory parameter; raises -1102."""
        found = self.optional(name)
        if found is None:
            raise refusal(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")
        return found

    def optional(self, name: str) -> str | None:
        """A parameter, None where it was not sent; raises -1105 where it is empty."""
        self._read.add(name)
        found = self._values.get(name)
        if found == "":
            raise refusal(-1105, f"Parameter '{name}' was empty.")
        return found

    def decimal(self, name: str) -> Decimal | None:
        """A number without sign and exponent, None where it was not sent; raises -1100."""
        found = self.optional(name)
        if found is None:
            return None
        if not _NUMBER.fullmatch(found):
            raise self._illegal(name, "^([0-9]{1,20})(\\.[0-9]{1,20})?$")
        return Decimal(found)

    def integer(self, name: str) -> int | None:
        """A whole number, None where it was not sent; raises -1100."""
        found = self.optional(name)
        if found is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,19}", found):
            raise self._illegal(name, "^[0-9]{1,20}$")
        return int(found)

    def choice(self, name: str, kind: type[Choice], code: int, message: str) -> Choice | None:
        """One of an enum's values, None where it was not sent; raises `code` with `message`."""
        found = self.optional(name)
        if found is None:
            return None
        try:
            return kind(found)
        except ValueError:
            raise refusal(code, message) from None

    def refuse_unknown(self) -> None:
        """Raise -1104 where something was sent that nothing has read."""
        extra = [name for name in self._values if name not in self._read]
        if extra:
            read = len(self._values) - len(extra)
            raise refusal(
                -1104,
                f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{len(self._values)}'.",
            )

    @staticmethod
    def _illegal(name: str, legal: str) -> ExchangeError:
        return refusal(-1100, f"Illegal characters found in parameter '{name}'; legal range is '{legal}'.")
