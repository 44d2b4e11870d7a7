"""The code stays small: budgets for files and functions."""

import ast
from pathlib import Path
from statistics import median

from tests.conftest import REPOSITORY

FILES = sorted((REPOSITORY / "tradingbot").rglob("*.py"))
MOST_FILE_LINES, MOST_FUNCTION_LINES, MEDIAN_FILE, MEDIAN_FUNCTION = 400, 60, 120, 12


def lines(path: Path) -> int:
    """Of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> list[tuple[str, int]]:
    """Name and length of each function of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(f"{path.name}:{one.name}", (one.end_lineno or one.lineno) - one.lineno + 1) for one in found]


def test_no_file_is_too_long() -> None:
    """At most 400 lines, and half of them at most 120."""
    assert [path.name for path in FILES if lines(path) > MOST_FILE_LINES] == []
    assert median(lines(path) for path in FILES if path.name != "__init__.py") <= MEDIAN_FILE


def test_no_function_is_too_long() -> None:
    """At most 60 lines, and half of them at most 12."""
    found = [one for path in FILES for one in functions(path)]

    assert [one for one in found if one[1] > MOST_FUNCTION_LINES] == []
    assert median(length for _, length in found) <= MEDIAN_FUNCTION
