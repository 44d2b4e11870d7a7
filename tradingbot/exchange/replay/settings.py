"""What a replay exchange is told when it starts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tradingbot.exchange.replay.gate.connection import ConnectionSettings
from tradingbot.exchange.replay.gate.keys import ApiKey
from tradingbot.exchange.replay.gate.limits import LimitSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """Where it listens, who may use it, and its limits. Port 0 is any free one.

    Seconds: a body has to be whole within `request_within`, and a connection that asks nothing, be it that the head of
    its request never ends, is closed after `idle`. `chaos` is the seed of a schedule of faults; None is none.
    """

    keys: Sequence[ApiKey] = ()
    host: str = "127.0.0.1"
    port: int = 8080
    limits: LimitSettings = field(default_factory=LimitSettings)
    connections: ConnectionSettings = field(default_factory=ConnectionSettings)
    chaos: int | None = None
    largest_body: int = 65_536
    request_within: float = 10.0
    idle: float = 60.0
