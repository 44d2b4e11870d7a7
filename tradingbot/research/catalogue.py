"""Strategies as a run names them: resolved, built, and fingerprinted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tradingbot.research.provenance import strategy_sha256
from tradingbot.research.settings import StrategySpec
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.params import build, parameters
from tradingbot.strategies.registry import discover, find


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The strategies that can be named, a person's own among them."""

    known: Mapping[str, type[Strategy]]
    paths: Sequence[Path]

    @classmethod
    def of(cls, paths: Sequence[Path] = ()) -> "Catalogue":
        """Built-in strategies and those of the folders; raises BadStrategy."""
        return cls(discover(paths), tuple(paths))

    def build(self, specs: Sequence[StrategySpec]) -> Sequence[tuple[str, Strategy]]:
        """Named strategies; the same one twice is numbered. Raises UnknownName, OutOfRange."""
        built: list[tuple[str, Strategy]] = []
        for spec in specs:
            strategy = build(find(spec.name, self.known), spec.parameters)
            same = sum(1 for name, _ in built if name.split("#")[0] == spec.name)
            built.append((f"{spec.name}#{same + 1}" if same else spec.name, strategy))
        return built

    def fingerprint(self) -> str:
        """Of a person's own files; empty without any."""
        files = sorted(file for path in self.paths for file in path.glob("*.py"))
        return strategy_sha256(files) if files else ""


def full_specs(built: Sequence[tuple[str, Strategy]]) -> Sequence[Mapping[str, Any]]:
    """Names with all parameters, defaults included."""
    return [{"name": name.split("#")[0], "parameters": dict(values_of(strategy))} for name, strategy in built]


def values_of(strategy: Strategy) -> Mapping[str, Any]:
    """All parameters of a strategy as plain values."""
    values = {one.name: getattr(strategy, one.name) for one in parameters(type(strategy))}
    return {name: value if isinstance(value, int | float | str) else str(value) for name, value in values.items()}
