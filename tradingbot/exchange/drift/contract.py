"""The contract: what we rely on at the exchange, written down with source and date in binance-spot.json.

Nothing in it is a setting: the check reads it, and a person renews it from the documentation and from what
`tradingbot exchange drift --record FILE` has kept.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from tradingbot.exchange.drift.findings import Severity
from tradingbot.exchange.drift.shape import Enums, Node, tree

Fields = Mapping[str, str]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the contract: the `source` it was taken from, and the file of ours that relies on it."""

    used_by: str
    source: str = "docs"


class Shaped(_Part, frozen=True, kw_only=True):
    """Something with fields: those our code reads, and those documented `also`."""

    fields: Fields = {}
    also: Fields = {}

    @property
    def shape(self) -> Node:
        """Both as one shape."""
        return tree(self.fields, self.also)


class Question(Shaped, frozen=True, kw_only=True):
    """A request and the shape of its answer. `{symbol}` in a parameter stands for the symbol asked about.

    With a `code` the exchange has to refuse it, with exactly that code. `headers` are those we read. `only` names the
    one kind of exchange (by its data) that answers it; "" is every one.
    """

    ask: str
    params: Mapping[str, Any] = {}
    signed: bool = False
    only: str = ""
    headers: Sequence[str] = ()
    code: int | None = None

    @property
    def is_by_symbol(self) -> bool:
        """Whether it is asked anew for each symbol."""
        return any("{symbol}" in str(value) for value in self.params.values())


class StreamPart(Shaped, frozen=True, kw_only=True):
    """A market stream and the shape of its payload."""

    stream: str


class Told(Shaped, frozen=True, kw_only=True):
    """What comes only when an order is placed or something happens to the account, so that it cannot be asked for."""

    name: str


class Endpoint(_Part, frozen=True, kw_only=True):
    """A request that needs a key: without one it is refused, which shows that it exists."""

    ask: str


class TriedOrder(_Part, frozen=True, kw_only=True):
    """An order that `order/test` must take. `{...}` are prices and quantities that the symbol's filters allow."""

    name: str
    params: Mapping[str, str]


class FilterPart(Shaped, frozen=True, kw_only=True):
    """A filter. `at_least` and `at_most` are the limits we count on, and `why`; `if_gone` is what its absence means."""

    if_gone: Severity | None = None
    at_least: Mapping[str, str] = {}
    at_most: Mapping[str, str] = {}
    why: str = ""


class RateLimit(_Part, frozen=True, kw_only=True):
    """A limit of exchangeInfo that we count on."""

    kind: str
    interval: str
    number: int
    limit: int


class SymbolPart(_Part, frozen=True, kw_only=True):
    """What a symbol must allow: order types and flags."""

    order_types: Sequence[str]
    known_order_types: Sequence[str]
    flags: Sequence[str]


class Contract(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it."""

    exchange: str
    as_of: str
    sources: Mapping[str, str]
    enums: Mapping[str, Sequence[str]]
    questions: Sequence[Question]
    websocket: Sequence[Question]
    streams: Sequence[StreamPart]
    envelope: Shaped
    symbol: SymbolPart
    filters: Mapping[str, FilterPart]
    rate_limits: Sequence[RateLimit]
    unasked: Sequence[Told]
    endpoints: Sequence[Endpoint]
    orders: Sequence[TriedOrder]

    @property
    def name(self) -> str:
        """What and from when."""
        return f"{self.exchange}, {self.as_of}"

    @property
    def known(self) -> Enums:
        """The values of each enum."""
        return {name: frozenset(values) for name, values in self.enums.items()}


@cache
def recorded() -> Contract:
    """The contract of this version."""
    text = files("tradingbot.exchange.drift").joinpath("binance-spot.json").read_bytes()
    return msgspec.json.decode(text, type=Contract)
