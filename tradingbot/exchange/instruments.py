"""What can be traded, and on which rules: one row of Binance's exchangeInfo."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec


class Instrument(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A symbol as the exchange states it. `filters` stay as they came, so that an unknown one is not lost."""

    symbol: str
    status: str
    base_asset: str
    quote_asset: str
    order_types: tuple[str, ...]
    filters: tuple[Mapping[str, Any], ...]
    base_asset_precision: int = 8
    quote_precision: int = 8
    quote_asset_precision: int = 8
    base_commission_precision: int = 8
    quote_commission_precision: int = 8
    iceberg_allowed: bool = True
    oco_allowed: bool = True
    oto_allowed: bool = True
    opo_allowed: bool = False
    quote_order_qty_market_allowed: bool = True
    allow_trailing_stop: bool = True
    cancel_replace_allowed: bool = True
    amend_allowed: bool = True
    peg_instructions_allowed: bool = False
    is_spot_trading_allowed: bool = True
    is_margin_trading_allowed: bool = False
    permissions: tuple[str, ...] = ()
    permission_sets: tuple[tuple[str, ...], ...] = (("SPOT",),)
    default_self_trade_prevention_mode: str = "EXPIRE_MAKER"
    allowed_self_trade_prevention_modes: tuple[str, ...] = ("EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "DECREMENT")

    def filter(self, name: str) -> Mapping[str, Any] | None:
        """The filter of that filterType; None where the symbol has none."""
        return next((one for one in self.filters if one.get("filterType") == name), None)

    def number(self, name: str, key: str) -> Decimal:
        """A number of a filter; 0, which switches a rule off, where it is not stated."""
        return Decimal(str((self.filter(name) or {}).get(key, "0")))
