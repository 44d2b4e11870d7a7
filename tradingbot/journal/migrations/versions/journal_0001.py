"""The first tables: entries, where they end, and nine read models."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _whole(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger, nullable=optional, autoincrement=False) for name in names]


def _text(*names: str, optional: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Text, nullable=optional) for name in names]


def _table(name: str, key: tuple[str, ...], *columns: sa.Column[Any]) -> None:
    op.create_table(name, *columns, sa.PrimaryKeyConstraint(*key))
    if key != ("entry",) and any(column.name == "entry" for column in columns):
        op.create_index(f"ix_{name}_entry", name, ["entry"])


def upgrade() -> None:
    """Make them."""
    _chain()
    _orders()
    _observations()


def _chain() -> None:
    _table("journal_entries", ("number",), *_whole("number", "time"), *_text("kind", "body", "previous", "hash"))
    _table("journal_head", ("one",), *_whole("one", "number"), *_text("hash"))
    _table("account", ("one",), *_whole("entry", "one"), *_text("account", "data", "execution"))
    _table(
        "sessions",
        ("session",),
        *_whole("entry", "first", "started_at"),
        *_text("session", "config_hash", "version"),
        *_whole("ended_at", optional=True),
        *_text("reason", optional=True),
    )


def _orders() -> None:
    _table(
        "orders",
        ("client_order_id",),
        *_whole("entry", "intended_at"),
        *_text("client_order_id", "trade", "lane", "symbol", "side", "type", "purpose", "state"),
        *_text("executed_quantity", "executed_value"),
        *_text("quantity", "quote_quantity", "price", "stop_price", "client_list_id", "reason", optional=True),
        *_whole("order_id", "updated_at", optional=True),
    )
    _table(
        "fills",
        ("symbol", "trade_id"),
        *_whole("entry", "trade_id", "traded_at"),
        *_text("symbol", "client_order_id", "trade", "side", "price", "quantity", "commission", "commission_asset"),
        sa.Column("is_maker", sa.Boolean, nullable=False),
    )
    _table(
        "trades",
        ("trade",),
        *_whole("entry", "opened_at"),
        *_text("trade", "lane", "symbol", "bought", "bought_value", "sold", "sold_value", "commissions"),
        *_text("protected_by", "stop", "target", "reason", "dust", optional=True),
        *_whole("closed_at", optional=True),
    )


def _observations() -> None:
    _table("equity", ("entry",), *_whole("entry", "time"), *_text("asset", "equity", "cash", "peak", "day_open"))
    _table(
        "decisions",
        ("entry",),
        *_whole("entry", "time", "candle_time"),
        *_text("lane", "symbol", "action", "reason"),
        *_text("quantity", "stop", "target", optional=True),
    )
    _table("refusals", ("entry",), *_whole("entry", "time", "candle_time"), *_text("lane", "symbol", "rule"))
    _table(
        "latches",
        ("latch", "symbol"),
        *_whole("entry", "set_at"),
        *_text("latch", "symbol", "reason"),
        *_whole("released_at", optional=True),
        *_text("released_by", "release_reason", optional=True),
    )
