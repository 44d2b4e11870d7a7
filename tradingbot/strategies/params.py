"""A strategy's parameters: declared once, as fields, and read by the command line, sweeps and optimisers.

fast: Annotated[int, Range(5, 100)] = 20
exit_at: Annotated[str, Choice("middle", "upper")] = "middle"
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar, get_type_hints

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
        raise OutOfRange(self.name, f"'{given}' is not one of its choices", f"Use one of: {names}")

    def _number(self, given: object) -> Value:
        assert self.low is not None
        assert self.high is not None
        kind = "a whole number" if self.type is int else "a number"
        remedy = f"Use {kind} from {self.low:g} to {self.high:g}"
        try:
            number: float = self.type(str(given))
        except ValueError:
            raise OutOfRange(self.name, f"'{given}' is not {kind}", remedy) from None
        if not self.low <= number <= self.high:
            raise OutOfRange(self.name, f"{number} is outside its range", remedy)
        return number


def parameters(strategy: type) -> Sequence[Parameter]:
    """The declared parameters in order; raises BadStrategy for one without a default, a range or choices."""
    try:
        hints = get_type_hints(strategy, include_extras=True)
    except NameError as error:
        name = kebab_case(strategy.__name__)
        raise BadStrategy(name, f"an annotation cannot be read: {error}", "Import the name at the file's top") from None
    return [_parameter(strategy, field.name, field.default, hints[field.name]) for field in fields(strategy)]


def _parameter(strategy: type, name: str, default: Any, hint: Any) -> Parameter:
    kind = getattr(hint, "__origin__", hint)
    implied = {bool: Choice(False, True), Timeframe: Choice(*Timeframe)}
    declared = (one for one in getattr(hint, "__metadata__", ()) if isinstance(one, Range | Choice))
    rule = next(declared, implied.get(kind))
    where = f"{kebab_case(strategy.__name__)}.{name}"
    if default is MISSING:
        raise BadStrategy(where, "the parameter has no default", "Give its field one")
    if rule is None or (isinstance(rule, Range) and kind not in (int, float)):
        raise BadStrategy(where, "the parameter has no range", "Declare Annotated[int, Range(low, high)], or a Choice")
    if isinstance(rule, Choice):
        return _with_allowed_default(where, Parameter(name, kind, default, choices=rule.values))
    return _with_allowed_default(where, Parameter(name, kind, default, low=rule.low, high=rule.high))


def _with_allowed_default(where: str, parameter: Parameter) -> Parameter:
    try:
        parameter.parse(parameter.default)
    except OutOfRange as error:
        raise BadStrategy(where, f"the default {error.problem}", error.remedy) from None
    return parameter


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
