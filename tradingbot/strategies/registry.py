"""Finding strategies: those in this package, and a person's own in a folder."""

import difflib
import importlib
import importlib.util
import inspect
import pkgutil
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

import tradingbot.strategies
from tradingbot.domain.errors import BadStrategy, UnknownName
from tradingbot.strategies.base import Strategy


def kebab(name: str) -> str:
    """SmaCross -> sma-cross."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def discover(paths: Sequence[Path] = ()) -> Mapping[str, type[Strategy]]:
    """All strategies by name; raises BadStrategy for a file that cannot be loaded or takes a name that is in use."""
    found = dict(_built_in())
    for path in paths:
        for name, strategy in _of_folder(path).items():
            if name in found:
                raise BadStrategy(
                    "strategy-path", f"'{name}' in {path} is taken by another strategy", "Rename its class"
                )
            found[name] = strategy
    return found


def find(name: str, known: Mapping[str, type[Strategy]]) -> type[Strategy]:
    """The strategy of that name; raises UnknownName with the nearest one."""
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean '{near[0]}'? " if near else ""
    raise UnknownName("strategy", f"'{name}' is not known", hint + "Known: " + " ".join(known))


def _built_in() -> Mapping[str, type[Strategy]]:
    names = [module.name for module in pkgutil.iter_modules(tradingbot.strategies.__path__)]
    modules = [importlib.import_module(f"tradingbot.strategies.{name}") for name in names]
    return {name: one for module in modules for name, one in _strategies(module).items()}


def _strategies(module: ModuleType) -> Mapping[str, type[Strategy]]:
    own = (one for one in vars(module).values() if inspect.isclass(one) and one.__module__ == module.__name__)
    return {kebab(one.__name__): one for one in own if is_dataclass(one) and _has_signals(one)}


def _has_signals(one: type) -> TypeGuard[type[Strategy]]:
    return hasattr(one, "signals")


def _of_folder(folder: Path) -> Mapping[str, type[Strategy]]:
    if not folder.is_dir():
        raise BadStrategy("strategy-path", f"{folder} is not a folder", "Give a folder with strategy files (*.py)")
    found: dict[str, type[Strategy]] = {}
    for path in sorted(folder.glob("*.py")):
        found |= _strategies(_load(path))
    return found


def _load(path: Path) -> ModuleType:
    name = f"tradingbot_user_strategies.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise BadStrategy(str(path), "it cannot be loaded", "Give a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up by name
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        line = error.lineno if isinstance(error, SyntaxError) else _last_line(error, path)
        raise BadStrategy(str(path), f"line {line}: {type(error).__name__}: {error}", "Mend the file") from error
    return module


def _last_line(error: BaseException, path: Path) -> int | str:
    lines = (
        [frame.lineno for frame in inspect.getinnerframes(error.__traceback__) if frame.filename == str(path)]
        if error.__traceback__
        else []
    )
    return lines[-1] if lines else "?"
