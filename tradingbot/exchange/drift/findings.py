"""What a check found: differences between the contract and the exchange, and what could not be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a difference means for us."""

    BREAKS = "breaks us"
    LOOK = "look at it"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference. `where` is a question, stream or symbol; `used_by` our file that relies on it, or ""."""

    severity: Severity
    where: str
    what: str
    expected: str = ""
    found: str = ""
    used_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """A part that was not looked at; `expected` where that is no fault, as for signed questions without a key."""

    where: str
    why: str
    expected: bool


Outcome = Difference | Unchecked


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """A whole check. `at` is the exchange's own time, ms UTC; `checked` names what was looked at."""

    venue: str
    contract: str
    at: int
    checked: Sequence[str]
    differences: Sequence[Difference]
    unchecked: Sequence[Unchecked]

    @property
    def holds(self) -> bool:
        """Whether nothing breaks us and nothing that ought to be looked at was left out."""
        breaks = any(one.severity is Severity.BREAKS for one in self.differences)
        return not breaks and all(one.expected for one in self.unchecked)
