"""Instruments are read whole from what the exchange said, or made of what our store keeps."""

import gzip
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.support.instruments import filters
from tradingbot.data.exchange_info import parse, snapshot
from tradingbot.domain.errors import BadFile, UnknownName
from tradingbot.domain.filters import SymbolFilters
from tradingbot.exchange.instrument_files import instrument_of, read_instruments
from tradingbot.exchange.instruments import Instrument

ON_THE_WIRE = [
    "PRICE_FILTER",
    "LOT_SIZE",
    "ICEBERG_PARTS",
    "MARKET_LOT_SIZE",
    "TRAILING_DELTA",
    "PERCENT_PRICE_BY_SIDE",
    "NOTIONAL",
    "MAX_NUM_ORDERS",
    "MAX_NUM_ORDER_LISTS",
    "MAX_NUM_ALGO_ORDERS",
    "MAX_NUM_ORDER_AMENDS",
]
STORED = SymbolFilters(
    symbol="MATICUSDT",
    tick_size=Decimal("0.00010000"),
    step_size=Decimal("0.1"),
    min_qty=Decimal("0.1"),
    max_qty=Decimal(900_000),
    min_notional=Decimal(5),
    bid_multiplier_up=Decimal(5),
    bid_multiplier_down=Decimal("0.2"),
    ask_multiplier_up=Decimal(4),
    ask_multiplier_down=Decimal("0.3"),
    as_of=1_700_000_000_000,
    source="exchangeInfo of 2023-11-14",
)


def _row(**changes: Any) -> dict[str, Any]:
    return {
        "symbol": "BTCUSDT",
        "status": "TRADING",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "orderTypes": ["LIMIT", "MARKET"],
        "filters": list(filters("0.00001000")),
        **changes,
    }


def _changed(name: str, **values: Any) -> list[dict[str, Any]]:
    return [{**one, **values} if one["filterType"] == name else one for one in filters("0.00001000")]


def _file(folder: Path, content: Any) -> Path:
    path = folder / "exchangeInfo.json"
    path.write_bytes(content if isinstance(content, bytes) else msgspec.json.encode(content))
    return path


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"timezone": "UTC", "symbols": rows}])
def test_the_whole_answer_and_its_symbols_alone_are_read(tmp_path: Path, wrap: Callable[[Any], Any]) -> None:
    """Filters stay as they came."""
    (read,) = read_instruments(_file(tmp_path, wrap([_row()])))

    assert (read.symbol, read.base_asset, read.order_types) == ("BTCUSDT", "BTC", ("LIMIT", "MARKET"))
    assert filters("0.00001000") == read.filters


def test_a_compressed_file_is_read_whatever_its_name(tmp_path: Path) -> None:
    """Its first bytes say what it is."""
    path = _file(tmp_path, gzip.compress(msgspec.json.encode([_row()])))

    assert [one.symbol for one in read_instruments(path)] == ["BTCUSDT"]


def test_named_symbols_come_in_their_order(tmp_path: Path) -> None:
    """What is not named is not even looked at."""
    rows = [_row(), _row(symbol="ETHUSDT", baseAsset="ETH"), _row(symbol="BADUSDT", filters=[])]

    assert [one.symbol for one in read_instruments(_file(tmp_path, rows), ("ETHUSDT", "BTCUSDT"))] == [
        "ETHUSDT",
        "BTCUSDT",
    ]


def test_a_symbol_that_is_not_in_the_file_is_named(tmp_path: Path) -> None:
    """UnknownName."""
    with pytest.raises(UnknownName, match="SOLUSDT"):
        read_instruments(_file(tmp_path, [_row()]), ("BTCUSDT", "SOLUSDT"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b'["\xff"]', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"\x1f\x8b cut", "gzip"),
        ({}, "symbols: no list"),
        ({"symbols": {}}, "symbols: no list"),
        ([], "symbols: no list"),
        ([7], "7: Expected `object`"),
        ([_row(contractType="PERPETUAL")], "futures"),
        ([_row(status=1)], r"BTCUSDT: Expected `str`, got `int` - at `\$.status`"),
        ([{"symbol": "BTCUSDT"}], "BTCUSDT: Object missing required field"),
        ([_row(baseAsset="")], "baseAsset"),
        ([_row(defaultSelfTradePreventionMode="ALWAYS")], "defaultSelfTradePreventionMode is 'ALWAYS'"),
        ([_row(filters=[])], "BTCUSDT: there is no PRICE_FILTER"),
        ([_row(filters=_changed("LOT_SIZE", stepSize="tiny"))], "BTCUSDT: LOT_SIZE.stepSize is 'tiny'"),
        ([_row(filters=_changed("LOT_SIZE", minQty="-1"))], "LOT_SIZE.minQty is '-1'"),
        ([_row(filters=_changed("PRICE_FILTER", tickSize="NaN"))], "PRICE_FILTER.tickSize is 'NaN'"),
        ([_row(filters=_changed("MAX_NUM_ORDERS", maxNumOrders=True))], "MAX_NUM_ORDERS.maxNumOrders is True"),
        ([_row(filters=_changed("NOTIONAL", minNotional=None))], "NOTIONAL.minNotional is None"),
    ],
)
def test_a_bad_file_is_refused_by_its_field(tmp_path: Path, content: Any, words: str) -> None:
    """BadFile says which file, and what in it."""
    path = _file(tmp_path, content)

    with pytest.raises(BadFile, match=words) as caught:
        read_instruments(path)

    assert caught.value.field == str(path)


def test_a_file_that_is_not_there_is_bad(tmp_path: Path) -> None:
    """No traceback of the operating system."""
    with pytest.raises(BadFile, match="cannot be read"):
        read_instruments(tmp_path / "nothing.json")


def test_stored_rules_become_a_whole_instrument() -> None:
    """All filters in the order of the wire, under the symbol's own name."""
    made = instrument_of("POLUSDT", STORED)

    assert (made.symbol, made.base_asset, made.quote_asset, made.status) == ("POLUSDT", "POL", "USDT", "TRADING")
    assert [one["filterType"] for one in made.filters] == ON_THE_WIRE
    assert made.filters[1] == {
        "filterType": "LOT_SIZE",
        "minQty": "0.10000000",
        "maxQty": "900000.00000000",
        "stepSize": "0.10000000",
    }
    assert made.number("PERCENT_PRICE_BY_SIDE", "askMultiplierUp") == 4


@pytest.mark.parametrize(("symbol", "largest"), [("BTCUSDT", 9_000_000), ("USDTTRY", 90_000_000)])
def test_the_largest_value_depends_on_the_quote_asset(symbol: str, largest: int) -> None:
    """As the exchange stated it for every symbol of that quote asset."""
    assert largest == instrument_of(symbol, STORED).number("NOTIONAL", "maxNotional")


def _known(filters_: Instrument) -> list[Any]:
    kinds = ("PRICE_FILTER", "LOT_SIZE", "TRAILING_DELTA", "PERCENT_PRICE_BY_SIDE", "NOTIONAL", "MAX_NUM_ORDERS")
    left_out = {"minPrice", "maxPrice"}
    found = [filters_.filter(kind) or {} for kind in kinds]
    return [
        {key: str(value).rstrip("0").rstrip(".") for key, value in one.items() if key not in left_out} for one in found
    ]


@pytest.mark.market_data
@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT"])
def test_what_we_make_is_what_the_exchange_said(market_data: Path, symbol: str) -> None:
    """Made of our store's few numbers, the filters equal the recorded ones, but for the bounds of the price."""
    path = market_data / "reference" / "exchangeInfo-spot-mainnet-2023-10-symbols.json.gz"
    (recorded,) = read_instruments(path, (symbol,))
    stored = snapshot(parse(gzip.decompress(path.read_bytes()), path.name), 1_696_118_400_000, "test", "", 0)

    assert _known(recorded) == _known(instrument_of(symbol, stored.filters[symbol]))


@pytest.mark.market_data
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("exchangeInfo-spot-mainnet-2021-10-12.json.gz", 1695),
        ("exchangeInfo-spot-mainnet-2023-10-selected.json", 12),
        ("exchangeInfo-spot-testnet-2024-09-08.json.gz", 1248),
    ],
)
def test_recorded_answers_are_read_whole(market_data: Path, name: str, count: int) -> None:
    """Of the market and of the test network, old and new."""
    assert count == len(read_instruments(market_data / "reference" / name))


@pytest.mark.market_data
def test_the_futures_market_is_told_apart(market_data: Path) -> None:
    """Its contracts are no spot symbols."""
    with pytest.raises(BadFile, match="futures"):
        read_instruments(market_data / "reference" / "exchangeInfo-um-mainnet-2024-10-19.json.gz")
