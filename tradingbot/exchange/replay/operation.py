"""What the exchange can be asked: one entry an operation, whether it comes over REST or over the WebSocket API."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from tradingbot.exchange.replay.params import Params

World = TypeVar("World")


class Security(StrEnum):
    """Binance's security types; all but NONE are signed."""

    NONE = "NONE"
    USER_DATA = "USER_DATA"
    TRADE = "TRADE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[World]):
    """`handle` answers with what JSON can say: strings for prices and quantities, integers for times and ids.

    `weight` may depend on the parameters. `orders` is what a success adds to the unfilled order count; a success of an
    operation that `is_order` costs no weight. `ws` is "" where the WebSocket API does not offer it.
    An operation `counts_itself` where whether it adds to that count is not a matter of its success.
    """

    verb: str
    path: str
    ws: str
    security: Security
    weight: Callable[[Params], int]
    handle: Callable[[World, Params], Any]
    orders: int = 0
    counts_itself: bool = False
    is_order: bool = False

    @property
    def tells_counts(self) -> bool:
        """Whether the answer to a success says how many unfilled orders there are."""
        return self.orders > 0 or self.counts_itself
