"""Names of strategies and parameters, and what to say when one is not known."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from tradingbot.domain.errors import UnknownName


def kebab_case(class_name: str) -> str:
    """`SmaCross` as it is typed on a command line: `sma-cross`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", class_name).lower()


def unknown(field: str, name: str, known: Iterable[str]) -> UnknownName:
    """The error for a name that is not among the known ones, with the nearest of them."""
    names = sorted(known)
    near = get_close_matches(name, names, 1)
    hint = f"Did you mean {near[0]}? " if near else ""
    return UnknownName(field, f"'{name}' is not known", f"{hint}Use one of: {' '.join(names) or '(there are none)'}")
