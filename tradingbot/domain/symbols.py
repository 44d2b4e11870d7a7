"""Symbols: how they are named and which of them carry on another's history."""

import re
from dataclasses import dataclass

from tradingbot.domain.errors import UnknownName

QUOTE_ASSETS = ("USDT", "USDC", "FDUSD", "BUSD", "BTC", "ETH", "BNB", "EUR", "TRY")

DEFAULT_UNIVERSE = (
    "BTCUSDT",
    "ETHUSDT",
    "BNBUSDT",
    "SOLUSDT",
    "XRPUSDT",
    "ADAUSDT",
    "DOGEUSDT",
    "AVAXUSDT",
    "DOTUSDT",
    "POLUSDT",
)


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The symbol whose history a renamed coin carries on, 1:1, before `until_ms` (exclusive)."""

    symbol: str
    until_ms: int


# MATIC was taken off the exchange on 2024-09-10 03:00 UTC; POL opened on 2024-09-13 10:00 UTC, 1 MATIC = 1 POL.
PREDECESSORS = {"POLUSDT": Predecessor("MATICUSDT", 1_726_221_600_000)}


def parse_symbol(text: str) -> str:
    """The symbol in the exchange's spelling; raises UnknownName when it cannot be one."""
    symbol = text.strip().upper().replace("/", "")
    if not re.fullmatch(r"[A-Z0-9]{5,20}", symbol) or not symbol.endswith(QUOTE_ASSETS):
        raise UnknownName(
            "symbol", f"'{text}' is not a spot symbol", "Write base and quote asset together, as in BTCUSDT"
        )
    return symbol


def split_symbol(symbol: str) -> tuple[str, str]:
    """Base and quote asset of a symbol."""
    quote = next(q for q in QUOTE_ASSETS if symbol.endswith(q) and symbol != q)
    return symbol.removesuffix(quote), quote
