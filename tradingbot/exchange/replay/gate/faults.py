"""Misbehaviour on purpose: a plan of named faults, or a schedule that a seed fixes.

A rule says: the next `times` requests (or frames) that match get this fault, after the first `after`. Requests match by
path (`/api/v3/order`, with the verb in front if wanted) or by method of the WebSocket API (`order.place`); frames by
stream (`btcusdt@trade`), those of the user stream by `user`. `*` and `?` stand for any characters and for one.
"""

from collections.abc import Sequence
from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec
import numpy as np

from tradingbot.domain.errors import InputError


class Fault(StrEnum):
    """What can go wrong; `value` of the rule in brackets."""

    DELAY = "delay"  # the request reaches the exchange late [ms]
    SERVER_ERROR = "server_error"  # not executed [the HTTP status, 500 to 504]
    UNKNOWN = "unknown"  # executed, but answered with -1007
    RATE_LIMIT = "rate_limit"  # not executed, answered with 429 and -1003 [ms to wait]
    BAN = "ban"  # not executed, answered with 418 [ms to wait]
    CLOCK_SKEW = "clock_skew"  # the server's clock is off for this request [ms; below 0 it is slow]
    DISCONNECT = "disconnect"  # executed, and the connection closed without an answer; or closed before a frame
    SLOW = "slow"  # the answer or frame comes in pieces, or late [ms]
    STALE_BOOK = "stale_book"  # the last answer about the book again; a frame about the book not at all
    PARTIAL_FILLS = "partial_fills"  # the order takes no more than this on arrival [percent of its quantity]
    LOST = "lost"  # a frame is not sent
    DUPLICATED = "duplicated"  # a frame is sent twice
    OUT_OF_ORDER = "out_of_order"  # a frame is sent after the next one


REQUEST_FAULTS = frozenset(Fault) - {Fault.LOST, Fault.DUPLICATED, Fault.OUT_OF_ORDER}
FRAME_FAULTS = frozenset(
    {Fault.LOST, Fault.DUPLICATED, Fault.OUT_OF_ORDER, Fault.DISCONNECT, Fault.SLOW, Fault.STALE_BOOK}
)
_DEFAULTS = {
    Fault.DELAY: 300,
    Fault.SERVER_ERROR: 503,
    Fault.RATE_LIMIT: 1_000,
    Fault.BAN: 1_000,
    Fault.CLOCK_SKEW: 10_000,
    Fault.SLOW: 300,
    Fault.PARTIAL_FILLS: 10,
}
_LEAST = {Fault.SERVER_ERROR: 500, Fault.CLOCK_SKEW: -86_400_000, Fault.PARTIAL_FILLS: 1}
_MOST = {Fault.SERVER_ERROR: 504, Fault.CLOCK_SKEW: 86_400_000, Fault.PARTIAL_FILLS: 100}
_LONGEST_MS = 600_000
CHAOS_REQUESTS, CHAOS_FRAMES = 0.05, 0.01  # the share that a seed spoils


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The next `times` that match, after the first `after` of them, get the fault; `value` None is the usual one."""

    fault: Fault
    match: str = "*"
    times: int = 1
    after: int = 0
    value: int | None = None

    def check(self) -> None:
        """Raise InputError where a figure means nothing."""
        least, most = _LEAST.get(self.fault, 0), _MOST.get(self.fault, _LONGEST_MS)
        if self.times < 1 or self.after < 0:
            raise InputError("times", f"{self.times} after {self.after} is never", "Give times >= 1 and after >= 0")
        if self.value is not None and not least <= self.value <= most:
            raise InputError("value", f"{self.value} does not suit '{self.fault}'", f"Give {least} to {most}")


class Spell(msgspec.Struct, frozen=True):
    """A fault that has come due, with its value."""

    fault: Fault
    value: int


class _Planned:
    """A rule with what it has left."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.to_skip = rule.after
        self.left = rule.times

    def due(self, names: Sequence[str]) -> bool:
        """Whether it strikes one of that name, which it counts."""
        if not any(fnmatchcase(name, self.rule.match) for name in names):
            return False
        if self.to_skip:
            self.to_skip -= 1
            return False
        self.left -= 1
        return True


class Faults:
    """The plan, and the schedule of a seed where one is set; both are asked in the order of the requests."""

    def __init__(self, seed: int | None = None) -> None:
        self._planned: list[_Planned] = []
        self._connections = 0
        self.seed = seed
        self._chance = _chance(seed, 0)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is going to go wrong."""
        return self.seed is None and not self._planned

    @property
    def rules(self) -> Sequence[Rule]:
        """What is planned still, with the times that are left."""
        return [msgspec.structs.replace(one.rule, times=one.left, after=one.to_skip) for one in self._planned]

    def plan(self, rules: Sequence[Rule]) -> None:
        """Put these in place of the plan; raises InputError."""
        for rule in rules:
            rule.check()
        self._planned = [_Planned(rule) for rule in rules]

    def reseed(self, seed: int | None) -> None:
        """Begin the schedule of this seed; None ends it."""
        self.seed = seed
        self._connections = 0
        self._chance = _chance(seed, 0)

    def of_request(self, names: Sequence[str]) -> Spell | None:
        """What happens to a request that has these names."""
        return self._next(names, REQUEST_FAULTS, self._chance, CHAOS_REQUESTS)

    def of_connection(self) -> "ConnectionFaults":
        """The faults of the frames of a new connection, which have a chance of their own by its number."""
        self._connections += 1
        return ConnectionFaults(self, self._connections)

    def of_frame(self, stream: str, chance: np.random.Generator | None) -> Spell | None:
        """What happens to a frame of that stream."""
        return self._next((stream,), FRAME_FAULTS, chance, CHAOS_FRAMES)

    def _next(
        self, names: Sequence[str], kinds: frozenset[Fault], chance: np.random.Generator | None, share: float
    ) -> Spell | None:
        for planned in self._planned:
            if planned.rule.fault in kinds and planned.due(names):
                self._planned = [one for one in self._planned if one.left]
                value = planned.rule.value
                return Spell(planned.rule.fault, _DEFAULTS.get(planned.rule.fault, 0) if value is None else value)
        if chance is None or chance.random() >= share:
            return None
        fault = sorted(kinds)[chance.integers(len(kinds))]
        return Spell(fault, _DEFAULTS.get(fault, 0))


class ConnectionFaults:
    """The faults of one connection's frames, and the frame it holds back."""

    def __init__(self, faults: Faults, number: int) -> None:
        self._faults = faults
        self._number = number
        self._seed: int | None = None
        self._chance: np.random.Generator | None = None
        self._held: bytes | None = None

    def of_frame(self, stream: str) -> Spell | None:
        """What happens to the next frame of that stream."""
        if self._faults.is_quiet:
            return None
        if self._faults.seed != self._seed:
            self._seed = self._faults.seed
            self._chance = _chance(self._seed, self._number)
        return self._faults.of_frame(stream, self._chance)

    def reorder(self, frame: bytes, *, hold: bool) -> Sequence[bytes]:
        """What to send now: nothing where this frame is held back, else it, then the one held back before."""
        if hold and self._held is None:
            self._held = frame
            return ()
        held, self._held = self._held, None
        return (frame,) if held is None else (frame, held)


def _chance(seed: int | None, number: int) -> np.random.Generator | None:
    return None if seed is None else np.random.default_rng([seed, number])
