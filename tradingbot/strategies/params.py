"""A strategy's parameters: declared once, as fields, and read by the command line, sweeps and optimisers.

    fast: Annotated[int, Range(5, 100)] = 20
    exit_at: Annotated[str, Choice("middle", "upper")] = "middle"
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from tradingbot.domain.errors import BadStrategy, OutOfRange
from tradingbot.domain.timeframe import Timeframe
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.naming import kebab_case, unknown

_Strategy = TypeVar("_Strategy", bound=Strategy)

Value = int | float | str | Timeframe


@dataclass(frozen=True, slots=True)
class Range:
    """The lowest and the highest value of a number, both allowed."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, init=False)
class Choice:
    """The values that are allowed."""

    values: tuple[Value, ...]

    def __init__(self, *values: Value) -> None:
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: a number between `low` and `high`, or one of `choices`."""

    name: str
    type: type
    default: Value
    low: float | None = None
    high: float | None = None
    choices: Sequence[Value] = ()

    def parse(self, given: object) -> Value:
        """The value meant by a text or a number; raises OutOfRange when it is none or is not allowed."""
        return self._choose(given) if self.choices else self._number(given)

    def _choose(self, given: object) -> Value:
        for choice in self.choices:
            if str(choice).lower() == str(given).lower():
                return choice
        names = " ".join(str(choice) for choice in self.choices)
        raise OutOfRange(self.name, f"'{given}' is not allowed", f"Use one of: {names}")

    def _number(self, given: object) -> Value:
        kind = "a whole number" if self.type is int else "a number"
        remedy = f"Use {kind} from {self.low} to {self.high}"
        try:
            number: float = self.type(str(given))
        except ValueError:
            raise OutOfRange(self.name, f"'{given}' is not {kind}", remedy) from None
        assert self.low is not None
        assert self.high is not None
        if math.isnan(number) or not self.low <= number <= self.high:
            raise OutOfRange(self.name, f"{number} is outside its range", remedy)
        return number


def parameters(strategy: type[Strategy]) -> Sequence[Parameter]:
    """The declared parameters in order; raises BadStrategy where a field has no default, range or choice."""
    hints = get_type_hints(strategy, include_extras=True)
    return [_parameter(strategy, field, hints[field.name]) for field in fields(strategy)]  # type: ignore[arg-type]


def _parameter(strategy: type, field: "Field[Any]", hint: Any) -> Parameter:
    where = f"{kebab_case(strategy.__name__)}.{field.name}"
    if field.default is MISSING:
        raise BadStrategy(where, "a parameter without a default", "Give it one")
    kind, rules = get_args(hint)[0] if get_origin(hint) is Annotated else hint, getattr(hint, "__metadata__", ())
    for rule in rules:
        if isinstance(rule, Range) and kind in (int, float):
            return Parameter(field.name, kind, field.default, low=rule.low, high=rule.high)
        if isinstance(rule, Choice):
            return Parameter(field.name, kind, field.default, choices=rule.values)
    if kind is Timeframe:
        return Parameter(field.name, kind, field.default, choices=tuple(Timeframe))
    if kind is bool:
        return Parameter(field.name, kind, field.default, choices=(False, True))
    raise BadStrategy(where, "a parameter without a range", "Declare Annotated[int or float, Range(low, high)] or Choice")


def build(strategy: type[_Strategy], given: Mapping[str, object]) -> _Strategy:
    """The strategy with those parameters, texts or values; the others keep their defaults.

    Raises UnknownName for a parameter it does not have, OutOfRange for a value that is not allowed, and whatever
    InputError the strategy itself raises for values that do not go together.
    """
    known = {parameter.name: parameter for parameter in parameters(strategy)}
    for name in given:
        if name not in known:
            raise unknown(f"parameter of {kebab_case(strategy.__name__)}", name, known)
    return strategy(**{name: known[name].parse(value) for name, value in given.items()})
