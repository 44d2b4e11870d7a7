"""Finds strategies: those of this package, and a user's own in any folder."""

import hashlib
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TypeGuard

from tradingbot.domain.errors import BadStrategy, InputError
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.naming import kebab_case, unknown
from tradingbot.strategies.params import parameters


def discover(paths: Sequence[Path] = ()) -> Mapping[str, type[Strategy]]:
    """All strategies by name, `sma-cross` for SmaCross: the built-in ones, then those in the files of each folder.

    A user's file is run, so load only what you trust. Raises BadStrategy for a file that does not run, a strategy
    whose parameters are not declared, and a name that is taken; InputError for a folder that is not there.
    """
    found: dict[str, type[Strategy]] = {}
    for module in _modules(paths):
        for name, strategy in _declared(module).items():
            if name in found:
                raise BadStrategy(f"{module.__file__}", f"the name {name} is taken", "Rename the class")
            parameters(strategy)
            found[name] = strategy
    return dict(sorted(found.items()))


def find(name: str, strategies: Mapping[str, type[Strategy]]) -> type[Strategy]:
    """The strategy of that name; raises UnknownName with the nearest known one."""
    if name not in strategies:
        raise unknown("strategy", name, strategies)
    return strategies[name]


def _modules(paths: Sequence[Path]) -> Iterator[ModuleType]:
    package = __name__.rpartition(".")[0]
    for found in iter_modules(sys.modules[package].__path__, f"{package}."):
        yield import_module(found.name)
    for folder in paths:
        if not folder.is_dir():
            raise InputError("strategy-path", f"{folder} is not a folder", "Name the folder that holds the strategies")
        for path in sorted(folder.glob("[!_]*.py")):
            yield _load(path.resolve())


def _declared(module: ModuleType) -> Mapping[str, type[Strategy]]:
    """The strategies that the module itself defines, none of them unfinished."""
    found: dict[str, type[Strategy]] = {}
    for name, value in vars(module).items():
        if not name.startswith("_") and _is_strategy(value, module):
            _refuse_unfinished(f"{module.__file__}, {name}", value)
            found[kebab_case(name)] = value
    return found


def _is_strategy(value: object, module: ModuleType) -> TypeGuard[type[Strategy]]:
    """Whether it is a class of this module that gives signals; the protocol itself gives none."""
    own = isinstance(value, type) and value.__module__ == module.__name__
    return own and value is not Strategy and hasattr(value, "signals")


def _refuse_unfinished(where: str, strategy: type) -> None:
    declared = getattr(strategy, "__dataclass_params__", None)
    if declared is None or not declared.frozen:
        problem = "it has signals but is no frozen dataclass"
        raise BadStrategy(where, problem, "Put @dataclass(frozen=True, slots=True) above the class")
    for name in ("timeframe", "warmup"):
        if not hasattr(strategy, name):
            raise BadStrategy(where, f"it has signals but no {name}", "Declare it, as in docs/strategies.md")


def _load(path: Path) -> ModuleType:
    """The module of that file under a name of its own, so that it can hide no other."""
    name = f"_user_strategy_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}_{path.stem}"
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    # Dataclasses look their module up by name while they are being made.
    module = sys.modules[name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        line = _line(error, path)
        raise BadStrategy(f"{path}, line {line}", f"{type(error).__name__}: {error}", "Mend the file") from error
    return module


def _line(error: BaseException, path: Path) -> int | str:
    """The line of the file at which it failed."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == str(path) and frame.lineno), "?")
