"""Acceptance cases of a venue: numbered, written once, run against every venue that they concern."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

import pytest

from tradingbot.engine.costs import CostSettings

Test = TypeVar("Test", bound=Callable[..., Awaitable[None]])

SIMULATED, REPLAY, TESTNET = "simulated", "replay", "testnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`steered`: the market must be moved, so not on the testnet; `sockets`: of the protocol, so not in process.

    `planted`: needs faults or keys that only the replay exchange has. `costs` are those of a simulated account.
    """

    number: str
    truth: str
    steered: bool
    sockets: bool
    planted: bool
    costs: CostSettings

    @property
    def venues(self) -> tuple[str, ...]:
        """Those it runs against."""
        left_out = {
            SIMULATED: self.sockets or self.planted,
            REPLAY: False,
            TESTNET: self.steered or self.planted,
        }
        return tuple(name for name, out in left_out.items() if not out)


class _Carrier(Protocol):
    case: Case


def case(
    number: str,
    *,
    steered: bool = True,
    sockets: bool = False,
    planted: bool = False,
    costs: CostSettings | None = None,
) -> Callable[[Test], Test]:
    """Make a test a case; its docstring says what must be true."""

    def mark(test: Test) -> Test:
        truth = (test.__doc__ or "").strip()
        made = Case(
            number=number, truth=truth, steered=steered, sockets=sockets, planted=planted, costs=costs or CostSettings()
        )
        cast("_Carrier", test).case = made
        return cast("Test", pytest.mark.anyio(test))

    return mark


def case_of(test: object) -> Case | None:
    """The case that a test is, if it is one."""
    return getattr(test, "case", None)
