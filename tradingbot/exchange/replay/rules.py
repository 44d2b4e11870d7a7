"""The rules of the symbols that are served: as the exchange stated them, or as far as the recording shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from tradingbot.data.calendar import day_of
from tradingbot.data.exchange_info import FilterStore, gunzip
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.store import no_candles
from tradingbot.domain.errors import BadFile, NoData, UnknownName
from tradingbot.domain.filters import SymbolFilters
from tradingbot.domain.symbols import split_symbol
from tradingbot.exchange.instruments import Instrument

ORDER_TYPES = ("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")
MOST_DECIMALS = 8
RECORDED = "tick and step of the recorded candles, and no other filters"
_SAMPLE = 10_000  # candles whose decimals are counted
_REMEDY = "Give the answer of GET /api/v3/exchangeInfo of a spot market"


@dataclass(frozen=True, slots=True)
class Rules:
    """A symbol's instrument, and where its filters come from, for people."""

    instrument: Instrument
    source: str


class _Answer(msgspec.Struct):
    symbols: list[Instrument]


def read_exchange_info(path: Path) -> Mapping[str, Instrument]:
    """The symbols of an exchangeInfo answer (.json or .json.gz), or of its `symbols` alone; raises BadFile."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadFile("exchange-info", f"{path}: {error.strerror}", _REMEDY) from None
    text = gunzip(content, path.name) if path.suffix == ".gz" else content
    try:
        answer = msgspec.json.decode(text, type=_Answer | list[Instrument])
    except msgspec.MsgspecError as error:
        raise BadFile("exchange-info", f"{path} is no exchangeInfo answer ({error})", _REMEDY) from None
    rows = answer if isinstance(answer, list) else answer.symbols
    return {one.symbol: one for one in rows}


def rules_of(store: ParquetStore, symbol: str, stated: Mapping[str, Instrument] | None, at: int | None) -> Rules:
    """The rules of a symbol: of the file where one is given, else as the store knows them at `at` (ms UTC, None: now).

    Where neither knows the symbol, tick and step are the finest decimals of its recorded prices and volumes, and there
    are no other filters. Raises NoData where it has no candles, UnknownName where a file is given that lacks it.
    """
    if stated is not None:
        if symbol not in stated:
            raise UnknownName("exchange-info", f"it lacks {symbol}", "Leave the symbol out, or give another file")
        return Rules(stated[symbol], "the exchangeInfo file")
    try:
        known = FilterStore(store.root).get(symbol, at)
    except NoData:
        return Rules(_instrument(symbol, _recorded_filters(store, symbol)), RECORDED)
    return Rules(_instrument(symbol, _stored_filters(known)), f"exchangeInfo of {day_of(known.as_of)}")


def _instrument(symbol: str, filters: Sequence[Mapping[str, Any]]) -> Instrument:
    base, quote = split_symbol(symbol)
    return Instrument(
        symbol=symbol,
        status="TRADING",
        base_asset=base,
        quote_asset=quote,
        order_types=ORDER_TYPES,
        filters=tuple(filters),
    )


def _stored_filters(known: SymbolFilters) -> Sequence[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = [
        _price_filter(known.tick_size),
        _lot_size(known.step_size, known.min_qty, known.max_qty),
    ]
    if known.bid_multiplier_up:
        multipliers = {
            "bidMultiplierUp": known.bid_multiplier_up,
            "bidMultiplierDown": known.bid_multiplier_down,
            "askMultiplierUp": known.ask_multiplier_up,
            "askMultiplierDown": known.ask_multiplier_down,
        }
        found.append({"filterType": "PERCENT_PRICE_BY_SIDE", **_texts(multipliers), "avgPriceMins": 5})
    if known.min_notional:
        least = _texts({"minNotional": known.min_notional})
        found.append({"filterType": "MIN_NOTIONAL", **least, "applyToMarket": True, "avgPriceMins": 5})
    return found


def _recorded_filters(store: ParquetStore, symbol: str) -> Sequence[Mapping[str, Any]]:
    stored = store.timeframes(symbol)
    if not stored:
        raise no_candles(symbol)
    _, end = store.span(symbol, stored[0])
    candles = store.load(symbol, stored[0], end - _SAMPLE * stored[0].ms, end).candles
    tick = max(_places(column) for column in (candles.open, candles.high, candles.low, candles.close))
    step = Decimal(1).scaleb(-_places(candles.volume))
    return [_price_filter(Decimal(1).scaleb(-tick)), _lot_size(step, step, Decimal(0))]


def _places(numbers: NDArray[np.float64]) -> int:
    """How many decimals they have, at most eight."""
    known = numbers[np.isfinite(numbers)]
    for places in range(MOST_DECIMALS):
        if np.allclose(known, np.round(known, places), rtol=0.0, atol=0.5 * 10.0**-MOST_DECIMALS):
            return places
    return MOST_DECIMALS


def _price_filter(tick: Decimal) -> Mapping[str, Any]:
    bounds = {"minPrice": tick, "maxPrice": Decimal(0), "tickSize": tick}
    return {"filterType": "PRICE_FILTER", **_texts(bounds)}


def _lot_size(step: Decimal, least: Decimal, most: Decimal) -> Mapping[str, Any]:
    return {"filterType": "LOT_SIZE", **_texts({"minQty": least, "maxQty": most, "stepSize": step})}


def _texts(values: Mapping[str, Decimal]) -> Mapping[str, str]:
    return {name: f"{value:.8f}" for name, value in values.items()}
