"""The shape of an answer: which fields it has and of what type each is.

A contract writes it flat, one line a field: `{"symbol": "text", "fills[].price": "decimal", "[][0]": "integer"}`.
`[]` is each element of a list, `[0]` its first. Types: text, decimal (a number written as text), integer, number,
boolean, null, object, list, `enum:NAME`; `a|b` allows either, a `?` at the end allows the field to be absent.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tradingbot.exchange.drift.findings import Severity

_STEP = re.compile(r"\[\d*\]|[^.\[\]]+")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_WIDER: Mapping[str, frozenset[str]] = {
    "text": frozenset({"text", "decimal"}),
    "number": frozenset({"number", "integer"}),
}

Enums = Mapping[str, frozenset[str]]


@dataclass(slots=True)
class Node:
    """A field with what is below it; `relied` where our code reads it. No children: anything may be below."""

    types: frozenset[str] = frozenset()
    optional: bool = False
    relied: bool = False
    children: dict[str, "Node"] = field(default_factory=dict)

    @property
    def expected(self) -> str:
        """Its types in words."""
        return " or ".join(sorted(self.types))

    def at(self, path: str) -> "Node":
        """The field at a path below; raises KeyError."""
        node = self
        for step in _STEP.findall(path):
            node = node.children[step]
        return node


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A field that is not as the shape says; `what` is one of missing, new, type, value."""

    path: str
    what: str
    expected: str
    found: str
    severity: Severity


def tree(relied: Mapping[str, str], also: Mapping[str, str]) -> Node:
    """The shape that two flat lists describe: the fields we read, and those documented besides."""
    root = Node()
    for fields, is_relied in ((relied, True), (also, False)):
        for path, types in fields.items():
            _put(root, path, types, is_relied)
    return root


def _put(root: Node, path: str, types: str, is_relied: bool) -> None:  # noqa: FBT001  (which of the two lists)
    node = root
    for step in _STEP.findall(path):
        if not node.types:
            node.types = frozenset({"list" if step.startswith("[") else "object"})
        node.relied = node.relied or is_relied
        node = node.children.setdefault(step, Node())
    node.optional = types.endswith("?")
    node.types = frozenset(types.removesuffix("?").split("|"))
    node.relied = node.relied or is_relied


def mismatches(node: Node, value: Any, enums: Enums, path: str = "") -> Iterator[Mismatch]:
    """Each way in which a value is not of the shape; a path may come more than once."""
    kind = kind_of(value)
    if not _allows(node, kind):
        yield Mismatch(path or "(all)", "type", node.expected, f"{kind} {_short(value)}", _severity(node))
    elif unknown := _unknown(node, value, enums):
        yield Mismatch(path or "(all)", "value", unknown, _short(value), _severity(node))
    elif isinstance(value, dict) and node.children:
        yield from _of_object(node, value, enums, path)
    elif isinstance(value, list) and node.children:
        yield from _of_list(node, value, enums, path)


def _of_object(node: Node, value: Mapping[str, Any], enums: Enums, path: str) -> Iterator[Mismatch]:
    for name, child in node.children.items():
        below = f"{path}.{name}" if path else name
        if name in value:
            yield from mismatches(child, value[name], enums, below)
        elif not child.optional:
            yield Mismatch(below, "missing", child.expected, "", _severity(child))
    for name in value:
        if name not in node.children:
            below = f"{path}.{name}" if path else name
            yield Mismatch(below, "new", "", f"{kind_of(value[name])} {_short(value[name])}", Severity.INFORMATION)


def _of_list(node: Node, value: list[Any], enums: Enums, path: str) -> Iterator[Mismatch]:
    each = node.children.get("[]")
    if each is not None:
        for one in value:
            yield from mismatches(each, one, enums, f"{path}[]")
        return
    for step, child in node.children.items():
        number = int(step[1:-1])
        if number < len(value):
            yield from mismatches(child, value[number], enums, f"{path}[{number}]")
        else:
            yield Mismatch(f"{path}[{number}]", "missing", child.expected, "", _severity(child))
    for number in range(len(node.children), len(value)):
        yield Mismatch(f"{path}[{number}]", "new", "", _short(value[number]), Severity.INFORMATION)


def kind_of(value: Any) -> str:
    """The type of a JSON value in the words of a contract."""
    if isinstance(value, str):
        return "decimal" if _DECIMAL.fullmatch(value) else "text"
    kinds = {bool: "boolean", int: "integer", float: "number", dict: "object", list: "list"}
    return kinds.get(type(value), "null")


def _allows(node: Node, kind: str) -> bool:
    if not node.types:
        return True
    allowed = {one for types in node.types for one in _WIDER.get(types.split(":")[0], {types})}
    return kind in allowed or (kind in {"text", "decimal"} and any(one.startswith("enum:") for one in node.types))


def _unknown(node: Node, value: Any, enums: Enums) -> str:
    """The name of the enum that does not know the value; "" where none was asked for or it does."""
    names = [one.removeprefix("enum:") for one in node.types if one.startswith("enum:")]
    known = not isinstance(value, str) or any(value in enums[name] for name in names)
    return "" if known or not names else f"one of {' '.join(sorted(enums[names[0]]))}"


def _severity(node: Node) -> Severity:
    return Severity.BREAKS if node.relied else Severity.INFORMATION


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
