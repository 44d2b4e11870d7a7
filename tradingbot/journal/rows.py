"""The read models: what the entries amount to, as rows that are asked for.

`entry` is the number of the entry that last changed a row. Money, prices and quantities are exact; moments are ms UTC.
Rows of one journal are of one account with one provenance, which `AccountRow` states.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from msgspec import Struct

ZERO = Decimal(0)


class Row(Struct, frozen=True, kw_only=True):
    """Base; `KEY` names the fields that make a row unique."""

    KEY: ClassVar[tuple[str, ...]] = ("entry",)
    entry: int

    @property
    def key(self) -> tuple[str | int, ...]:
        """The values of those fields."""
        return tuple(getattr(self, name) for name in self.KEY)


class AccountRow(Row, frozen=True, kw_only=True):
    """Whose journal it is, and what its numbers are made of. There is one."""

    KEY: ClassVar[tuple[str, ...]] = ("one",)
    one: int = 1
    account: str
    data: str
    execution: str


class SessionRow(Row, frozen=True, kw_only=True):
    """A session, from entry `first` to `entry` once it has ended; one that died has no `ended_at`."""

    KEY: ClassVar[tuple[str, ...]] = ("session",)
    session: str
    first: int
    started_at: int
    config_hash: str
    version: str
    ended_at: int | None = None
    reason: str | None = None


class OrderRow(Row, frozen=True, kw_only=True):
    """An order of ours. `state` is INTENT, UNKNOWN, ABSENT or what the exchange said last."""

    KEY: ClassVar[tuple[str, ...]] = ("client_order_id",)
    client_order_id: str
    trade: str
    lane: str
    symbol: str
    side: str
    type: str
    purpose: str
    quantity: Decimal | None
    quote_quantity: Decimal | None
    price: Decimal | None
    stop_price: Decimal | None
    client_list_id: str | None
    state: str
    intended_at: int
    order_id: int | None = None
    executed_quantity: Decimal = ZERO
    executed_value: Decimal = ZERO
    updated_at: int | None = None
    reason: str | None = None


class FillRow(Row, frozen=True, kw_only=True):
    """One trade of an order; `trade` is the position it belongs to."""

    KEY: ClassVar[tuple[str, ...]] = ("symbol", "trade_id")
    symbol: str
    trade_id: int
    client_order_id: str
    trade: str
    side: str
    price: Decimal
    quantity: Decimal
    commission: Decimal
    commission_asset: str
    is_maker: bool
    traded_at: int


class TradeRow(Row, frozen=True, kw_only=True):
    """A position from its first fill to its end: quantities in the base asset, values in the quote asset.

    `commissions` are by asset; what they are worth in the quote asset is not the journal's to guess. `protected_by` is
    the order or list on the exchange that protects it now.
    """

    KEY: ClassVar[tuple[str, ...]] = ("trade",)
    trade: str
    lane: str
    symbol: str
    opened_at: int
    bought: Decimal = ZERO
    bought_value: Decimal = ZERO
    sold: Decimal = ZERO
    sold_value: Decimal = ZERO
    commissions: Mapping[str, Decimal] = {}
    protected_by: str | None = None
    stop: Decimal | None = None
    target: Decimal | None = None
    closed_at: int | None = None
    reason: str | None = None
    dust: Decimal | None = None


class EquityRow(Row, frozen=True, kw_only=True):
    """The account marked to the market."""

    time: int
    asset: str
    equity: Decimal
    cash: Decimal
    peak: Decimal
    day_open: Decimal


class DecisionRow(Row, frozen=True, kw_only=True):
    """What was decided."""

    time: int
    lane: str
    symbol: str
    candle_time: int
    action: str
    reason: str
    quantity: Decimal | None
    stop: Decimal | None
    target: Decimal | None


class RefusalRow(Row, frozen=True, kw_only=True):
    """What was refused, and by which rule."""

    time: int
    lane: str
    symbol: str
    candle_time: int
    rule: str


class LatchRow(Row, frozen=True, kw_only=True):
    """A latch as it stands; it holds while `released_at` is None. Earlier turns are in the entries."""

    KEY: ClassVar[tuple[str, ...]] = ("latch", "symbol")
    latch: str
    symbol: str
    set_at: int
    reason: str
    released_at: int | None = None
    released_by: str | None = None
    release_reason: str | None = None


READ_MODELS: Mapping[str, type[Row]] = {
    "account": AccountRow,
    "sessions": SessionRow,
    "orders": OrderRow,
    "fills": FillRow,
    "trades": TradeRow,
    "equity": EquityRow,
    "decisions": DecisionRow,
    "refusals": RefusalRow,
    "latches": LatchRow,
}
"""Every read model by the name of its table."""
