"""Rows in tables: read in a transaction, changed in it, written at its end."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Connection, and_, bindparam, insert, select, update

from tradingbot.journal.rows import Row
from tradingbot.journal.tables import TABLES

R = TypeVar("R", bound=Row)
Key = tuple[str | int, ...]


class SqlRows:
    """The port `Rows` in a transaction; nothing is written before `flush`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._put: defaultdict[type[Row], dict[Key, Row]] = defaultdict(dict)
        self._stored: defaultdict[type[Row], set[Key]] = defaultdict(set)

    def find(self, kind: type[R], *key: str | int) -> R | None:
        """The row with this key; asks the database unless it was put here."""
        put = self._put[kind].get(key)
        if isinstance(put, kind):
            return put
        table = TABLES[kind]
        same = (table.c[name] == value for name, value in zip(kind.KEY, key, strict=True))
        found = self._connection.execute(select(table).where(*same)).mappings().first()
        if found is None:
            return None
        self._stored[kind].add(key)
        return kind(**found)

    def put(self, row: Row) -> None:
        """Add the row, or replace the one that was found with its key."""
        self._put[type(row)][row.key] = row

    def flush(self) -> None:
        """Write all rows that were put."""
        for kind, rows in self._put.items():
            stored = self._stored[kind]
            if new := [asdict(row) for key, row in rows.items() if key not in stored]:
                self._connection.execute(insert(TABLES[kind]), new)
            if changed := [_by_key(row) for key, row in rows.items() if key in stored]:
                self._connection.execute(update(TABLES[kind]).where(_same_key(kind)), changed)


def _by_key(row: Row) -> Mapping[str, Any]:
    return {f"key_{name}" if name in row.KEY else name: value for name, value in asdict(row).items()}


def _same_key(kind: type[Row]) -> ColumnElement[bool]:
    return and_(*(TABLES[kind].c[name] == bindparam(f"key_{name}") for name in kind.KEY))
