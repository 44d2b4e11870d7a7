"""Strategies are found by discovery, a user's own among them."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.support.generated import walk
from tradingbot.domain.errors import BadStrategy, InputError, UnknownName
from tradingbot.strategies.guard import evaluate
from tradingbot.strategies.naming import kebab_case
from tradingbot.strategies.params import build
from tradingbot.strategies.registry import discover, find

OWN = '''
from dataclasses import dataclass
from typing import Annotated

from tradingbot.domain.candles import Candles, Signals
from tradingbot.domain.timeframe import Timeframe
from tradingbot.features.columns import before
from tradingbot.strategies.params import Range
from tradingbot.strategies.sma_cross import SmaCross


@dataclass(frozen=True, slots=True)
class TwoUp:
    """Buy after a rise."""

    timeframe: Timeframe = Timeframe.H1
    n: Annotated[int, Range(1, 9)] = 2

    @property
    def warmup(self) -> int:
        return self.n + 1

    def signals(self, candles: Candles) -> Signals:
        earlier = before(candles.close, self.n)
        return Signals(enter=candles.close > earlier, exit=candles.close < earlier)


@dataclass(frozen=True)
class _Helper:
    """Not a strategy of its own."""

    def signals(self, candles: Candles) -> Signals:
        raise NotImplementedError
'''

Folder = Callable[[str], Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    def write(text: str) -> Path:
        (tmp_path / "own.py").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_the_built_in_strategies_are_found() -> None:
    """The four strategies, by the names that are typed."""
    assert list(discover()) == ["bollinger-bounce", "channel-breakout", "rsi-reversion", "sma-cross"]


def test_a_users_strategy_loads_like_any_other(folder: Folder) -> None:
    """It is found by name, its parameters are checked, and it runs; what it imports or hides is not listed."""
    found = discover([folder(OWN)])
    candles = walk(50)
    signals = evaluate(build(find("two-up", found), {"n": "3"}), candles)

    assert set(found) - set(discover()) == {"two-up"}
    np.testing.assert_array_equal(signals.enter[3:], candles.close[3:] > candles.close[:-3])


def test_loading_a_folder_twice_gives_the_same_strategy(folder: Folder) -> None:
    """Discovery keeps no memory that would make the second time fail."""
    path = folder(OWN)

    assert list(discover([path])) == list(discover([path]))


def test_two_folders_may_hold_files_of_one_name(tmp_path: Path) -> None:
    """A file hides no other, and no module of the system either."""
    for name, text in (("a", OWN), ("b", OWN.replace("TwoUp", "ThreeUp"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "random.py").write_text(text, encoding="utf-8")

    assert {"two-up", "three-up"} <= set(discover([tmp_path / "a", tmp_path / "b"]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ndef broken(:\n", r"own\.py, line 2: SyntaxError: "),
        ("x = 1\n\ny = x / 0\n", r"own\.py, line 3: ZeroDivisionError: division by zero"),
        ("import no_such_module\n", r"own\.py, line 1: ModuleNotFoundError: No module named 'no_such_module'"),
        (
            OWN.replace("TwoUp", "SmaCross").replace("import SmaCross", "import SmaCross as _"),
            "name sma-cross is taken",
        ),
        (OWN.replace("Annotated[int, Range(1, 9)]", "int"), r"two-up\.n: the parameter has no range"),
        (OWN.replace("Annotated[int, Range(1, 9)]", "'Foo'"), "two-up: an annotation cannot be read: name 'Foo'"),
        (OWN.replace("@dataclass(frozen=True, slots=True)", ""), "TwoUp: it has signals but is no frozen dataclass"),
        (OWN.replace("(frozen=True, slots=True)", ""), "TwoUp: it has signals but is no frozen dataclass"),
        (OWN.replace("timeframe: Timeframe =", "frame: Timeframe ="), "TwoUp: it has signals but no timeframe"),
        (OWN.replace("def warmup", "def warm_up"), "TwoUp: it has signals but no warmup"),
        ("raise SystemExit(0)\n", r"own\.py, line 1: SystemExit: 0"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(folder: Folder, text: str, message: str) -> None:
    """The error names file and line, or the strategy and what it lacks."""
    with pytest.raises(BadStrategy, match=message):
        discover([folder(text)])


def test_a_file_that_does_not_run_leaves_no_module(folder: Folder) -> None:
    """Nothing half-made can be imported afterwards."""
    path = folder("x = 1 / 0\n")
    loaded = set(sys.modules)
    with pytest.raises(BadStrategy):
        discover([path])

    assert set(sys.modules) == loaded


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The error names the option."""
    with pytest.raises(InputError, match=f"strategy-path: {re.escape(str(tmp_path / 'no'))} is not a folder"):
        discover([tmp_path / "no"])


def test_an_unknown_strategy_is_refused_with_the_nearest_one() -> None:
    """A slip of the hand is named and set right; what is like nothing gets the list."""
    with pytest.raises(UnknownName, match=r"strategy: 'sma-cros' is not known\. Did you mean sma-cross\?"):
        find("sma-cros", discover())
    with pytest.raises(UnknownName, match=r"'x' is not known\. Use one of: bollinger-bounce channel-breakout"):
        find("x", discover())


@pytest.mark.parametrize(
    ("name", "kebab"), [("SmaCross", "sma-cross"), ("RSIReversion", "rsi-reversion"), ("Turtle2", "turtle2")]
)
def test_names_are_the_class_names_in_kebab_case(name: str, kebab: str) -> None:
    """Words are joined with hyphens, abbreviations kept together."""
    assert kebab_case(name) == kebab
