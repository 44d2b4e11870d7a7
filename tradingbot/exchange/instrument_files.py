"""Instruments from what is on disk: a recorded exchangeInfo, or the rules of a symbol that our own store keeps."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import msgspec

from tradingbot.data.exchange_info import LARGEST_JSON, gunzip
from tradingbot.domain.errors import BadFile, UnknownName
from tradingbot.domain.filters import SymbolFilters
from tradingbot.domain.symbols import split_symbol
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import OrderType, SelfTradePrevention

_REMEDY = "Give the answer of GET /api/v3/exchangeInfo of Binance's spot market or test network, .json or .json.gz"

# What a filter must state as a number, where it is there at all.
_NUMBERS: Mapping[str, Sequence[str]] = {
    "PRICE_FILTER": ("minPrice", "maxPrice", "tickSize"),
    "LOT_SIZE": ("minQty", "maxQty", "stepSize"),
    "MARKET_LOT_SIZE": ("minQty", "maxQty", "stepSize"),
    "ICEBERG_PARTS": ("limit",),
    "TRAILING_DELTA": (
        "minTrailingAboveDelta",
        "maxTrailingAboveDelta",
        "minTrailingBelowDelta",
        "maxTrailingBelowDelta",
    ),
    "PERCENT_PRICE": ("multiplierUp", "multiplierDown", "avgPriceMins"),
    "PERCENT_PRICE_BY_SIDE": (
        "bidMultiplierUp",
        "bidMultiplierDown",
        "askMultiplierUp",
        "askMultiplierDown",
        "avgPriceMins",
    ),
    "NOTIONAL": ("minNotional", "maxNotional", "avgPriceMins"),
    "MIN_NOTIONAL": ("minNotional", "avgPriceMins"),
    "MAX_NUM_ORDERS": ("maxNumOrders",),
    "MAX_NUM_ALGO_ORDERS": ("maxNumAlgoOrders",),
    "MAX_NUM_ICEBERG_ORDERS": ("maxNumIcebergOrders",),
    "MAX_NUM_ORDER_LISTS": ("maxNumOrderLists",),
    "MAX_NUM_ORDER_AMENDS": ("maxNumOrderAmends",),
    "MAX_POSITION": ("maxPosition",),
}

# The rules that our store does not keep, as the exchange stated them for every spot symbol: the counts in 2026-09, the
# trailing deltas, applicability and largest notional in 2023-10, 2024-09 and since. Source: filters.md of Binance's
# spot API, and recorded exchangeInfo of the spot market (2023-10) and of the test network (2024-09-08).
_TRAILING_DELTA = {
    "filterType": "TRAILING_DELTA",
    "minTrailingAboveDelta": 10,
    "maxTrailingAboveDelta": 2000,
    "minTrailingBelowDelta": 10,
    "maxTrailingBelowDelta": 2000,
}
_COUNTS = (
    {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
    {"filterType": "MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20},
    {"filterType": "MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 5},
    {"filterType": "MAX_NUM_ORDER_AMENDS", "maxNumOrderAmends": 10},
)
_LARGEST_ICEBERG = 100
_AVERAGE_MINUTES = 5
_MAX_NOTIONAL = Decimal(9_000_000)
_MAX_NOTIONAL_OF = {"TRY": Decimal(90_000_000)}


def read_instruments(path: Path, symbols: Sequence[str] | None = None) -> Sequence[Instrument]:
    """The spot symbols of a recorded exchangeInfo, or of its `symbols` array; all of them where none are named.

    What a symbol does not state, as flags that came later, is as on the exchange of September 2026. Raises BadFile
    naming the field, UnknownName for a symbol that is not in it.
    """
    rows = _rows(_content(path), str(path))
    if symbols is None:
        return [_instrument(row, str(path)) for row in rows]
    by_name = {row.get("symbol"): row for row in rows if isinstance(row, dict)}
    missing = [symbol for symbol in symbols if symbol not in by_name]
    if missing:
        raise UnknownName("symbols", f"{path} has no {', '.join(missing)}", "Name symbols that are in the file")
    return [_instrument(by_name[symbol], str(path)) for symbol in symbols]


def check_instrument(instrument: Instrument, source: str) -> None:
    """Raise BadFile, naming the field of `source`, where a number of a filter or a name is none."""
    if not (instrument.symbol and instrument.base_asset and instrument.quote_asset):
        raise _bad(source, "a symbol, baseAsset or quoteAsset is empty")
    mode = instrument.default_self_trade_prevention_mode
    if mode not in list(SelfTradePrevention):
        raise _bad(source, f"{instrument.symbol}: defaultSelfTradePreventionMode is '{mode}'")
    for name in ("PRICE_FILTER", "LOT_SIZE"):
        if instrument.filter(name) is None:
            raise _bad(source, f"{instrument.symbol}: there is no {name}")
    for values in instrument.filters:
        for key in _NUMBERS.get(str(values.get("filterType")), ()):
            if not _is_number(values.get(key)):
                where = f"{instrument.symbol}: {values['filterType']}.{key}"
                raise _bad(source, f"{where} is {values.get(key)!r}, not a number of at least 0")


def instrument_of(symbol: str, rules: SymbolFilters) -> Instrument:
    """A symbol by the rules that our store keeps of it, and by the exchange's general ones for what it does not keep.

    The smallest price is one tick, there is no largest; a market order is bounded as any other.
    """
    base, quote = split_symbol(symbol)
    return Instrument(
        symbol=symbol,
        status="TRADING",
        base_asset=base,
        quote_asset=quote,
        order_types=tuple(OrderType),
        filters=(
            {
                "filterType": "PRICE_FILTER",
                "minPrice": _text(rules.tick_size),
                "maxPrice": _text(Decimal(0)),
                "tickSize": _text(rules.tick_size),
            },
            _lot("LOT_SIZE", rules.min_qty, rules.max_qty, rules.step_size),
            {"filterType": "ICEBERG_PARTS", "limit": _LARGEST_ICEBERG},
            _lot("MARKET_LOT_SIZE", Decimal(0), rules.max_qty, Decimal(0)),
            _TRAILING_DELTA,
            {
                "filterType": "PERCENT_PRICE_BY_SIDE",
                "bidMultiplierUp": str(rules.bid_multiplier_up),
                "bidMultiplierDown": str(rules.bid_multiplier_down),
                "askMultiplierUp": str(rules.ask_multiplier_up),
                "askMultiplierDown": str(rules.ask_multiplier_down),
                "avgPriceMins": _AVERAGE_MINUTES,
            },
            {
                "filterType": "NOTIONAL",
                "minNotional": _text(rules.min_notional),
                "applyMinToMarket": True,
                "maxNotional": _text(_MAX_NOTIONAL_OF.get(quote, _MAX_NOTIONAL)),
                "applyMaxToMarket": False,
                "avgPriceMins": _AVERAGE_MINUTES,
            },
            *_COUNTS,
        ),
    )


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise _bad(str(path), f"larger than {LARGEST_JSON >> 20} MiB")
        content = path.read_bytes()
    except OSError as error:
        raise _bad(str(path), f"cannot be read ({error.strerror})") from None
    return gunzip(content, str(path)) if content[:2] == b"\x1f\x8b" else content


def _rows(content: bytes, source: str) -> Sequence[Any]:
    try:
        answer = msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _bad(source, f"no JSON ({error})") from None
    rows = answer.get("symbols") if isinstance(answer, dict) else answer
    if not isinstance(rows, list) or not rows:
        raise _bad(source, "symbols: no list of symbols")
    if any(isinstance(row, dict) and "contractType" in row for row in rows):
        raise _bad(source, "symbols: contracts of the futures market")
    return rows


def _instrument(row: Any, source: str) -> Instrument:
    try:
        instrument = msgspec.convert(row, Instrument)
    except msgspec.ValidationError as error:
        name = row.get("symbol") if isinstance(row, dict) else row
        raise _bad(source, f"{name}: {error}") from None
    check_instrument(instrument, source)
    return instrument


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return False
    return number.is_finite() and number >= 0


def _lot(name: str, low: Decimal, high: Decimal, step: Decimal) -> Mapping[str, str]:
    return {"filterType": name, "minQty": _text(low), "maxQty": _text(high), "stepSize": _text(step)}


def _text(value: Decimal) -> str:
    return f"{value:.8f}"


def _bad(source: str, problem: str) -> BadFile:
    return BadFile(source, problem, _REMEDY)
