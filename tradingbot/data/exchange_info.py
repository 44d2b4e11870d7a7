"""The exchange's filters per symbol, from its own exchangeInfo, kept with date and source."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from tradingbot.data.atomic import OpenFile, open_for_writing, put
from tradingbot.data.calendar import day_of
from tradingbot.domain.errors import BadFile, NoData
from tradingbot.domain.filters import SymbolFilters
from tradingbot.domain.symbols import PREDECESSORS

LARGEST_JSON = 200 << 20

_REMEDY = "Give the answer of GET /api/v3/exchangeInfo of the exchange's spot market"


class _Symbol(msgspec.Struct, frozen=True):
    symbol: str
    filters: list[dict[str, Any]]
    is_margin_trading_allowed: bool = msgspec.field(name="isMarginTradingAllowed", default=False)
    contract_type: str | None = msgspec.field(name="contractType", default=None)


class _Answer(msgspec.Struct, frozen=True):
    symbols: list[_Symbol]
    server_time: int | None = msgspec.field(name="serverTime", default=None)
    futures_type: str | None = msgspec.field(name="futuresType", default=None)


class Snapshot(msgspec.Struct, frozen=True):
    """What the exchange stated at one moment. `sha256` is that of the original at `origin`."""

    as_of: int
    origin: str
    sha256: str
    fetched_at: int
    filters: Mapping[str, SymbolFilters]


@dataclass(frozen=True, slots=True)
class ExchangeInfo:
    """A parsed answer; `server_time` (ms UTC) is None where only the symbols were kept."""

    server_time: int | None
    symbols: Sequence[_Symbol]


def gunzip(content: bytes, name: str) -> bytes:
    """The content of a .json.gz; raises BadFile where it is damaged or unpacks to over 200 MiB."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(content, LARGEST_JSON)
    except zlib.error as error:
        raise BadFile(name, f"truncated or corrupted gzip ({error})", "Get the file again") from None
    if not unpacker.eof:
        raise BadFile(name, "truncated gzip, or unpacks to more than 200 MiB", "Get the file again")
    return text


def parse(content: bytes, name: str) -> ExchangeInfo:
    """Read the whole answer or its `symbols` array; raises BadFile unless it is the spot market's real one.

    The test network offers no margin trading on any symbol: that is how its answer is told.
    """
    try:
        answer = msgspec.json.decode(content, type=_Answer | list[_Symbol])
    except msgspec.MsgspecError as error:
        raise BadFile(name, f"not an exchangeInfo answer ({error})", _REMEDY) from None
    if isinstance(answer, list):
        answer = _Answer(answer)
    if answer.futures_type or any(symbol.contract_type for symbol in answer.symbols):
        raise BadFile(name, "the futures market's exchangeInfo", _REMEDY)
    if not any(symbol.is_margin_trading_allowed for symbol in answer.symbols):
        raise BadFile(name, "no symbol allows margin trading, as on the test network", _REMEDY)
    return ExchangeInfo(answer.server_time, answer.symbols)


def snapshot(info: ExchangeInfo, as_of: int, origin: str, sha256: str, fetched_at: int) -> Snapshot:
    """The filters of an answer; raises BadFile where a symbol's are incomplete."""
    source = f"exchangeInfo of {day_of(as_of)}"
    filters = {symbol.symbol: _filters(symbol, as_of, source) for symbol in info.symbols}
    return Snapshot(as_of, origin, sha256, fetched_at, filters)


def _filters(symbol: _Symbol, as_of: int, source: str) -> SymbolFilters:
    by_type = {str(one.get("filterType")): one for one in symbol.filters}
    try:
        price, lot = by_type["PRICE_FILTER"], by_type["LOT_SIZE"]
        notional = by_type.get("NOTIONAL") or by_type.get("MIN_NOTIONAL") or {}
        up_down = by_type.get("PERCENT_PRICE_BY_SIDE") or by_type.get("PERCENT_PRICE") or {}
        up, down = up_down.get("multiplierUp", "0"), up_down.get("multiplierDown", "0")
        return SymbolFilters(
            symbol=symbol.symbol,
            tick_size=Decimal(price["tickSize"]),
            step_size=Decimal(lot["stepSize"]),
            min_qty=Decimal(lot["minQty"]),
            max_qty=Decimal(lot["maxQty"]),
            min_notional=Decimal(notional.get("minNotional", "0")),
            bid_multiplier_up=Decimal(up_down.get("bidMultiplierUp", up)),
            bid_multiplier_down=Decimal(up_down.get("bidMultiplierDown", down)),
            ask_multiplier_up=Decimal(up_down.get("askMultiplierUp", up)),
            ask_multiplier_down=Decimal(up_down.get("askMultiplierDown", down)),
            as_of=as_of,
            source=source,
        )
    except (KeyError, TypeError, ArithmeticError, ValueError) as error:
        raise BadFile(symbol.symbol, f"its filters are incomplete ({error!r})", _REMEDY) from None


def filters_of(snapshots: Sequence[Snapshot], symbol: str, at: int | None = None) -> SymbolFilters:
    """The filters stated last at or before `at` (ms UTC; None is the newest), else the earliest known.

    `snapshots` are oldest first. Of a symbol that nothing is known of, its predecessor's, under the predecessor's
    name. Raises NoData.
    """
    before = PREDECESSORS.get(symbol)
    for name in (symbol, before.symbol) if before else (symbol,):
        stated = [taken.filters[name] for taken in snapshots if name in taken.filters]
        in_force = [filters for filters in stated if at is None or filters.as_of <= at]
        if stated:
            return in_force[-1] if in_force else stated[0]
    raise NoData(
        "symbol",
        f"no exchange filters are stored for {symbol}",
        "Run 'tradingbot data import' with a file of the spot exchangeInfo, or 'tradingbot data download'",
    )


@dataclass(frozen=True, slots=True)
class FilterStore:
    """Snapshots of the exchange's filters in a store's folder, one file each."""

    root: Path
    open_file: OpenFile = open_for_writing

    @property
    def folder(self) -> Path:
        """Where the snapshots are."""
        return self.root / "filters" / "market=spot"

    def save(self, taken: Snapshot) -> None:
        """Keep a snapshot; the same one again changes nothing. Raises StorageFull."""
        path = self.folder / f"{taken.as_of:013d}-{taken.sha256[:12]}.json"
        if not path.exists():
            put(path, msgspec.json.encode(taken), self.open_file)

    def snapshots(self) -> Sequence[Snapshot]:
        """All snapshots, oldest first; raises BadFile."""
        return [self._read(path) for path in self._paths()]

    def get(self, symbol: str, at: int | None = None) -> SymbolFilters:
        """`filters_of` all snapshots."""
        return filters_of(self.snapshots(), symbol, at)

    def _paths(self) -> Sequence[Path]:
        return sorted(self.folder.glob("*.json"))

    def _read(self, path: Path) -> Snapshot:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Snapshot)
        except msgspec.MsgspecError as error:
            raise BadFile(str(path), f"not a snapshot of filters ({error})", "Delete it and import it again") from None
