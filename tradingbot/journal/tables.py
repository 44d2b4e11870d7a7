"""The tables of a journal in a database: the entries, where they end, and one table a read model."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_type_hints

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Dialect, MetaData, Table, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from tradingbot.journal.rows import READ_MODELS, Row

METADATA = MetaData()


class Exact(TypeDecorator[Decimal]):
    """A Decimal as its text, digit for digit."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (its base names it)
        """To the database."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002  (its base names it)
        """From the database."""
        return None if value is None else Decimal(value)


class ExactByName(TypeDecorator[Mapping[str, Decimal]]):
    """Decimals by name, as JSON of their texts."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Decimal] | None, dialect: Dialect) -> str | None:  # noqa: ARG002  (its base names it)
        """To the database."""
        return msgspec.json.encode(value).decode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Mapping[str, Decimal] | None:  # noqa: ARG002  (its base names it)
        """From the database."""
        return msgspec.json.decode(value or "", type=dict[str, Decimal])


ENTRIES = Table(
    "journal_entries",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

HEAD = Table(
    "journal_head",
    METADATA,
    Column("one", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)

_TYPES: Mapping[Any, type[TypeEngine[Any]]] = {
    int: BigInteger,
    str: Text,
    bool: Boolean,
    Decimal: Exact,
    Mapping[str, Decimal]: ExactByName,
}


def _columns(kind: type[Row]) -> list[Column[Any]]:
    """A column a field; the fields of the key are the primary key."""
    hints = get_type_hints(kind)
    columns: list[Column[Any]] = []
    for name in kind.__struct_fields__:
        type_ = next((known for known in _TYPES if hints[name] == known or hints[name] == known | None), None)
        in_key = name in kind.KEY
        optional = hints[name] != type_
        columns.append(
            Column(
                name,
                _TYPES[type_],
                primary_key=in_key,
                nullable=optional,
                autoincrement=False,
                index=name == "entry" and not in_key,
            )
        )
    return columns


TABLES: Mapping[type[Row], Table] = {kind: Table(name, METADATA, *_columns(kind)) for name, kind in READ_MODELS.items()}
"""The table of every read model; its columns are the fields of the row."""
