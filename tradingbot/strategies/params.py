"""Parameters of a strategy: declared once on its fields, read by sweeps, optimisers and the command line."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, get_type_hints

from tradingbot.domain.errors import OutOfRange, UnknownName
from tradingbot.domain.timeframe import Timeframe

_Built = TypeVar("_Built")


@dataclass(frozen=True, slots=True)
class Range:
    """The values a number may take, both ends included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The values that may be taken."""

    options: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One field of a strategy."""

    name: str
    kind: type
    default: Any
    limits: Range | Choice | None

    def parse(self, value: object) -> Any:
        """The value in the parameter's type and limits; raises OutOfRange."""
        try:
            parsed = _converted(value, self.kind)
        except (TypeError, ValueError):
            raise OutOfRange(self.name, f"'{value}' is not of type {self.kind.__name__}", self.allowed()) from None
        inside = True
        if isinstance(self.limits, Range):
            inside = self.limits.low <= parsed <= self.limits.high
        elif isinstance(self.limits, Choice):
            inside = parsed in self.limits.options
        if not inside:
            raise OutOfRange(self.name, f"{value} is outside its range", self.allowed())
        return parsed

    def allowed(self) -> str:
        """The limits in words."""
        if isinstance(self.limits, Range):
            return f"Give a value from {self.limits.low:g} to {self.limits.high:g}"
        if isinstance(self.limits, Choice):
            return "Give one of: " + " ".join(str(option) for option in self.limits.options)
        return f"Give a value of type {self.kind.__name__}"


def _converted(value: object, kind: type) -> Any:
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    if kind is bool:
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[str(value).lower()]
    if kind is int and isinstance(value, float) and not value.is_integer():
        raise ValueError(value)
    return kind(value)


def parameters(strategy: type) -> Sequence[Parameter]:
    """The declared fields of a strategy, in order."""
    hints = get_type_hints(strategy, include_extras=True)
    found = []
    for field in fields(strategy):
        hint = hints[field.name]
        kind = getattr(hint, "__origin__", hint)
        limits = next((m for m in getattr(hint, "__metadata__", ()) if isinstance(m, Range | Choice)), None)
        if limits is None and kind is Timeframe:
            limits = Choice(tuple(Timeframe))
        found.append(Parameter(field.name, kind, None if field.default is MISSING else field.default, limits))
    return found


def build(strategy: type[_Built], values: Mapping[str, object]) -> _Built:
    """A strategy with these parameters; raises UnknownName and OutOfRange, which name the parameter."""
    known = {parameter.name: parameter for parameter in parameters(strategy)}
    for name in values:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"Did you mean '{near[0]}'? " if near else ""
            raise UnknownName("parameter", f"{strategy.__name__} has no '{name}'", hint + "It has: " + " ".join(known))
    return strategy(**{name: known[name].parse(value) for name, value in values.items()})


def values_of(strategy: object) -> Mapping[str, Any]:
    """All parameters of a built strategy as plain values."""
    return {
        p.name: str(v) if isinstance(v := getattr(strategy, p.name), Timeframe) else v
        for p in parameters(type(strategy))
    }
