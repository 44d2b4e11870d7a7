"""A shape tells each way in which a value is not of it, and nothing of one that is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tradingbot.exchange.drift.findings import Severity
from tradingbot.exchange.drift.shape import Mismatch, kind_of, mismatches, tree

ENUMS = {"colour": frozenset({"RED", "GREEN"})}
SHAPE = tree(
    {"id": "integer", "name": "text", "price": "decimal", "rows[].q": "decimal|null", "pairs[][0]": "decimal"},
    {"colour": "enum:colour", "note": "text?", "pairs[][1]": "integer"},
)
GOOD: dict[str, Any] = {
    "id": 1,
    "name": "12",
    "price": "1.5",
    "rows": [{"q": "1"}, {"q": None}],
    "pairs": [["1.0", 2]],
    "colour": "RED",
}


def told(**changes: Any) -> list[Mismatch]:
    """What is said of a value that is good but for the changes."""
    return list(mismatches(SHAPE, {**GOOD, **changes}, ENUMS))


def test_a_value_of_the_shape_has_no_mismatch() -> None:
    """Text may look like a number, what is optional may be absent, a list may be empty."""
    assert told() == []
    assert told(rows=[], pairs=[], note="x") == []


@pytest.mark.parametrize(
    ("changes", "path", "what", "severity"),
    [
        ({"id": "1"}, "id", "type", Severity.BREAKS),
        ({"id": True}, "id", "type", Severity.BREAKS),
        ({"price": 1.5}, "price", "type", Severity.BREAKS),
        ({"price": "1e5"}, "price", "type", Severity.BREAKS),
        ({"rows": {}}, "rows", "type", Severity.BREAKS),
        ({"rows": [{}]}, "rows[].q", "missing", Severity.BREAKS),
        ({"pairs": [["1.0"]]}, "pairs[][1]", "missing", Severity.INFORMATION),
        ({"pairs": [["1.0", 2, 3]]}, "pairs[][2]", "new", Severity.INFORMATION),
        ({"colour": "BLUE"}, "colour", "value", Severity.INFORMATION),
        ({"note": 1}, "note", "type", Severity.INFORMATION),
        ({"more": 1}, "more", "new", Severity.INFORMATION),
    ],
)
def test_a_deviation_is_told_with_its_path(changes: Any, path: str, what: str, severity: Severity) -> None:
    """One deviation, one line."""
    (one,) = told(**changes)

    assert (one.path, one.what, one.severity) == (path, what, severity)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(JSON)
def test_any_json_can_be_judged(value: Any) -> None:
    """Whatever an exchange answers ends in mismatches, not in an error of ours."""
    found = list(mismatches(SHAPE, value, ENUMS))

    assert isinstance(value, dict) or [one.what for one in found] == ["type"]
    assert all(one.found for one in found if one.what in {"type", "new", "value"})


@pytest.mark.parametrize(
    ("value", "kind"), [("1.0", "decimal"), ("-1", "decimal"), ("1.", "text"), (1, "integer"), (1.0, "number")]
)
def test_numbers_as_text_are_told_from_text(value: Any, kind: str) -> None:
    """Prices come as text and are still numbers."""
    assert kind_of(value) == kind
