"""The rules of the symbols that are served: as the exchange stated them, or as far as the recording shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tradingbot.data.exchange_info import FilterStore
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.store import no_candles
from tradingbot.domain.errors import NoData
from tradingbot.domain.filters import SymbolFilters
from tradingbot.exchange.instrument_files import instrument_of, read_instruments
from tradingbot.exchange.instruments import Instrument

MOST_DECIMALS = 8
RECORDED = "tick and step of the recorded candles, no smallest value, no bounds of price or quantity"
ADDED = "and the limits that Binance documents for every symbol"
_SAMPLE = 10_000  # candles whose decimals are counted


@dataclass(frozen=True, slots=True)
class Rules:
    """A symbol's instrument, and where its filters come from, for people."""

    instrument: Instrument
    source: str


def find_rules(
    store: ParquetStore, symbols: Sequence[str], exchange_info: Path | None, at: int | None
) -> Sequence[Rules]:
    """The rules of the symbols: of the exchangeInfo file where one is given, else as the store knows them.

    `at` is in ms UTC, None for now. Where the store does not know a symbol, tick and step are the finest decimals of
    its recorded prices and volumes. Raises NoData for one without candles, UnknownName for one that the file lacks,
    BadFile.
    """
    if exchange_info is not None:
        return [Rules(one, "the exchangeInfo file") for one in read_instruments(exchange_info, symbols)]
    filters = [_filters(store, symbol, at) for symbol in symbols]
    return [
        Rules(instrument_of(symbol, one), f"{one.source}, {ADDED}")
        for symbol, one in zip(symbols, filters, strict=True)
    ]


def _filters(store: ParquetStore, symbol: str, at: int | None) -> SymbolFilters:
    try:
        return FilterStore(store.root).get(symbol, at)
    except NoData:
        return _recorded_filters(store, symbol)


def _recorded_filters(store: ParquetStore, symbol: str) -> SymbolFilters:
    stored = store.timeframes(symbol)
    if not stored:
        raise no_candles(symbol)
    _, end = store.span(symbol, stored[0])
    candles = store.load(symbol, stored[0], end - _SAMPLE * stored[0].ms, end).candles
    tick = max(_places(column) for column in (candles.open, candles.high, candles.low, candles.close))
    step = Decimal(1).scaleb(-_places(candles.volume))
    off = Decimal(0)
    return SymbolFilters(
        symbol=symbol,
        tick_size=Decimal(1).scaleb(-tick),
        step_size=step,
        min_qty=step,
        max_qty=off,
        min_notional=off,
        bid_multiplier_up=off,
        bid_multiplier_down=off,
        ask_multiplier_up=off,
        ask_multiplier_down=off,
        as_of=end,
        source=RECORDED,
    )


def _places(numbers: NDArray[np.float64]) -> int:
    """How many decimals they have, at most eight."""
    known = numbers[np.isfinite(numbers)]
    for places in range(MOST_DECIMALS):
        if np.allclose(known, np.round(known, places), rtol=0.0, atol=0.5 * 10.0**-MOST_DECIMALS):
            return places
    return MOST_DECIMALS
