"""Finds every declared feature: a module put into `features/catalogue` is all it takes to add some."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from tradingbot.domain.errors import InvariantBroken
from tradingbot.features import catalogue
from tradingbot.features.feature import Feature


def discover_features() -> Mapping[str, Feature]:
    """All features by name, sorted; raises InvariantBroken when two modules declare the same name."""
    found: dict[str, Feature] = {}
    for module in iter_modules(catalogue.__path__, f"{catalogue.__name__}."):
        for declared in vars(import_module(module.name)).values():
            if isinstance(declared, Feature) and found.setdefault(declared.name, declared) is not declared:
                raise InvariantBroken(f"two features are called {declared.name}")
    return dict(sorted(found.items()))
