"""What every operation of the replay exchange works on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tradingbot.exchange.replay.faults import Faults
from tradingbot.exchange.replay.keys import ApiKey, KeyRing
from tradingbot.exchange.replay.limits import Limits
from tradingbot.exchange.replay.users import Users
from tradingbot.exchange.simulated.exchange import SimulatedExchange


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One account at one exchange; `caller` is the key of the request at hand, None for a public one."""

    exchange: SimulatedExchange
    market: Any
    clock: Any
    hub: Any
    symbols: Sequence[str]
    keys: KeyRing
    limits: Limits
    faults: Faults
    users: Users
    caller: ApiKey | None = None
