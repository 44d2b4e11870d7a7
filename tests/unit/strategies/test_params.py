"""Parameters are declared once, and everything that is given for them is checked."""

from dataclasses import dataclass
from typing import Annotated, Any

import pytest

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.errors import BadStrategy, OutOfRange, UnknownName
from tradingbot.domain.timeframe import Timeframe
from tradingbot.strategies.bollinger_bounce import BollingerBounce
from tradingbot.strategies.params import Choice, Parameter, Range, build, parameters
from tradingbot.strategies.sma_cross import SmaCross


@dataclass(frozen=True)
class Switched:
    """A strategy with a switch."""

    timeframe: Timeframe = Timeframe.D1
    on: bool = True
    share: Annotated[float, Range(0.0, 1.0)] = 0.5
    warmup = 1

    def signals(self, candles: Candles) -> Signals:
        """Nothing."""
        raise NotImplementedError


def test_parameters_are_read_from_the_fields() -> None:
    """Name, type, default and limits, in the order of the fields."""
    timeframe, fast, slow = parameters(SmaCross)

    assert (timeframe.name, timeframe.default, list(timeframe.choices)) == ("timeframe", Timeframe.H1, list(Timeframe))
    assert fast == Parameter("fast", int, 20, low=5, high=100)
    assert slow == Parameter("slow", int, 50, low=10, high=400)


@pytest.mark.parametrize(
    ("given", "built"),
    [
        ({}, SmaCross()),
        ({"fast": "10", "slow": "30"}, SmaCross(fast=10, slow=30)),
        ({"fast": 10, "timeframe": "15m"}, SmaCross(fast=10, timeframe=Timeframe.M15)),
        ({"timeframe": Timeframe.D1}, SmaCross(timeframe=Timeframe.D1)),
    ],
)
def test_texts_and_values_build_a_strategy(given: dict[str, object], built: SmaCross) -> None:
    """What is not given keeps its default."""
    assert build(SmaCross, given) == built


@pytest.mark.parametrize(("text", "on"), [("true", True), ("False", False), (True, True), (False, False)])
def test_a_switch_is_true_or_false(text: object, on: bool) -> None:
    """A boolean field needs no declared choice."""
    assert build(Switched, {"on": text}).on is on


@pytest.mark.parametrize(
    ("strategy", "given", "message"),
    [
        (SmaCross, {"fast": "4"}, "fast: 4 is outside its range. Use a whole number from 5 to 100"),
        (SmaCross, {"fast": "101"}, "fast: 101 is outside its range. Use a whole number from 5 to 100"),
        (SmaCross, {"fast": "20.5"}, "fast: '20.5' is not a whole number. Use a whole number from 5 to 100"),
        (SmaCross, {"fast": "many"}, "fast: 'many' is not a whole number. Use a whole number from 5 to 100"),
        (SmaCross, {"fast": True}, "fast: 'True' is not a whole number. Use a whole number from 5 to 100"),
        (SmaCross, {"fast": 50, "slow": 50}, "fast: 50 is not below slow = 50. Choose fast < slow"),
        (Switched, {"share": "nan"}, "share: nan is outside its range. Use a number from 0 to 1"),
        (Switched, {"share": "inf"}, "share: inf is outside its range. Use a number from 0 to 1"),
        (BollingerBounce, {"exit_at": "top"}, "exit_at: 'top' is not one of its choices. Use one of: middle upper"),
        (Switched, {"on": "maybe"}, "on: 'maybe' is not one of its choices. Use one of: False True"),
    ],
)
def test_what_is_not_allowed_is_refused(strategy: type[Any], given: dict[str, object], message: str) -> None:
    """The error names the parameter, what was given, and what is allowed."""
    with pytest.raises(OutOfRange) as error:
        build(strategy, given)

    assert str(error.value) == message


def test_an_unknown_parameter_is_refused_with_the_nearest_one() -> None:
    """A slip of the hand is named and set right."""
    with pytest.raises(UnknownName) as error:
        build(SmaCross, {"fats": 10})

    assert error.value.field == "parameter of sma-cross"
    assert error.value.remedy == "Did you mean fast? Use one of: fast slow timeframe"


@dataclass(frozen=True)
class NoDefault:
    """Lacks a default."""

    n: Annotated[int, Range(1, 2)]


@dataclass(frozen=True)
class NoRange:
    """Lacks a range."""

    n: int = 1


@dataclass(frozen=True)
class RangeOfText:
    """Has a range of texts."""

    n: Annotated[str, Range(1, 2)] = "1"


@dataclass(frozen=True)
class DefaultOutside:
    """Breaks its own range."""

    n: Annotated[int, Range(1, 2)] = 3


@dataclass(frozen=True)
class NotChosen:
    """Breaks its own choice."""

    n: Annotated[str, Choice("a", "b")] = "c"


@pytest.mark.parametrize(
    ("strategy", "problem"),
    [
        (NoDefault, "no-default.n: the parameter has no default"),
        (NoRange, "no-range.n: the parameter has no range"),
        (RangeOfText, "range-of-text.n: the parameter has no range"),
        (DefaultOutside, "default-outside.n: the default 3 is outside its range"),
        (NotChosen, "not-chosen.n: the default 'c' is not one of its choices"),
    ],
)
def test_a_wrong_declaration_is_the_strategys_fault(strategy: type, problem: str) -> None:
    """A parameter without default, range or an allowed default is refused before anything runs."""
    with pytest.raises(BadStrategy) as error:
        parameters(strategy)

    assert str(error.value).startswith(problem)
