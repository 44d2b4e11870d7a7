"""The trading and account operations of the replay exchange, asked without a network."""

from dataclasses import dataclass
from typing import Any, cast

import pytest

from tests.support.instruments import instrument
from tests.support.simulated import FREE, SYMBOL, Watched
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.replay.gate.limits import Limits, LimitSettings
from tradingbot.exchange.replay.operation import Operation
from tradingbot.exchange.replay.operations import (
    account_history,
    account_state,
    trading_lists,
    trading_orders,
    trading_replace,
)
from tradingbot.exchange.replay.params import Params
from tradingbot.exchange.replay.playing.clock import ReplayClock
from tradingbot.exchange.replay.world import World
from tradingbot.exchange.simulated.exchange import SimulatedExchange

EVERY: tuple[Operation[World], ...] = (
    *trading_orders.OPERATIONS,
    *trading_replace.OPERATIONS,
    *trading_lists.OPERATIONS,
    *account_state.OPERATIONS,
    *account_history.OPERATIONS,
)
OPERATIONS = {(one.verb, one.path): one for one in EVERY}


@dataclass(frozen=True, slots=True)
class _Part:
    """What trading and account operations know of the world."""

    exchange: SimulatedExchange
    clock: ReplayClock
    limits: Limits


class Desk:
    """A world whose one symbol last traded at 100, asked as a client asks it; each look at its clock is a second."""

    def __init__(self, costs: CostSettings = FREE, limits: LimitSettings | None = None, **changes: Any) -> None:
        self.watched = Watched(costs, instruments=(instrument("BTC", step="0.001", **changes),))
        self.watched.trade(100)
        self.limits = Limits(limits or LimitSettings())
        clock = ReplayClock(self.watched.later, self.watched.now)
        self.world = _Part(self.watched.exchange, clock, self.limits)

    def ask(self, verb: str, path: str, **params: str | int) -> Any:
        """The answer to a request on the symbol, unless it says otherwise."""
        return self.bare(verb, path, **{"symbol": SYMBOL, **params})

    def bare(self, verb: str, path: str, **params: str | int) -> Any:
        """The answer to a request of these parameters alone."""
        asked = {name: str(value) for name, value in params.items() if value != ""}
        return operation(verb, path).handle(cast("World", self.world), Params(asked))

    def refusal(self, verb: str, path: str, **params: str | int) -> ExchangeError:
        """The error that the request is answered with."""
        with pytest.raises(ExchangeError) as caught:
            self.ask(verb, path, **params)
        return caught.value

    def order(self, **changes: str | int) -> Any:
        """Place a limit order to buy 1 at 90, or what is said otherwise; an empty value leaves a parameter out."""
        return self.ask("POST", "order", **{**LIMIT, **changes})

    def refused_order(self, **changes: str | int) -> tuple[int | None, str]:
        """Code and words that such an order is refused with."""
        error = self.refusal("POST", "order", **{**LIMIT, **changes})
        return error.code, error.message


LIMIT: dict[str, str | int] = {
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "90",
}
OCO: dict[str, str | int] = {
    "side": "SELL",
    "quantity": "1",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "120",
    "belowType": "STOP_LOSS_LIMIT",
    "belowStopPrice": "90",
    "belowPrice": "89",
    "belowTimeInForce": "GTC",
}


def operation(verb: str, path: str) -> Operation[World]:
    """The entry of an operation."""
    return OPERATIONS[verb, f"/api/v3/{path}"]
