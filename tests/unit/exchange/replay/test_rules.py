"""Where the rules of a served symbol come from: a file, the store, or the recording itself."""

from decimal import Decimal
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import pytest

from tests.support.instruments import filters
from tests.support.lab import FIRST, NOW
from tradingbot.data.exchange_info import FilterStore, Snapshot
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles, synthetic_source
from tradingbot.domain.errors import NoData, UnknownName
from tradingbot.domain.filters import SymbolFilters
from tradingbot.domain.timeframe import Timeframe
from tradingbot.exchange.replay.rules import ADDED, RECORDED, find_rules

BTC = ("BTCUSDT",)


@pytest.fixture
def store(tmp_path: Path) -> ParquetStore:
    """A day of candles whose prices have two decimals and whose volumes three."""
    frame = synthetic_candles(np.random.default_rng(7), SyntheticMarket(), Timeframe.H1, FIRST, 24)
    rounded = frame.with_columns(pl.col("open", "high", "low", "close").round(2), pl.col("volume").round(3))
    made = ParquetStore(tmp_path)
    made.write("BTCUSDT", Timeframe.H1, rounded, synthetic_source(7, NOW))
    return made


def _stated(tick: str, as_of: int) -> Snapshot:
    rules = SymbolFilters(
        symbol="BTCUSDT",
        tick_size=Decimal(tick),
        step_size=Decimal("0.001"),
        min_qty=Decimal("0.001"),
        max_qty=Decimal(9_000),
        min_notional=Decimal(5),
        bid_multiplier_up=Decimal(5),
        bid_multiplier_down=Decimal("0.2"),
        ask_multiplier_up=Decimal(5),
        ask_multiplier_down=Decimal("0.2"),
        as_of=as_of,
        source=f"stated at {as_of}",
    )
    return Snapshot(as_of, "a test", f"{as_of:064d}", as_of, {"BTCUSDT": rules})


def test_an_unknown_symbol_has_the_decimals_of_its_recording(store: ParquetStore) -> None:
    """And says so: nothing else is claimed to be known."""
    (rules,) = find_rules(store, BTC, None, None)
    made = rules.instrument

    assert rules.source == f"{RECORDED}, {ADDED}"
    assert made.number("PRICE_FILTER", "tickSize") == Decimal("0.01")
    assert made.number("LOT_SIZE", "stepSize") == Decimal("0.001")
    assert not made.number("NOTIONAL", "minNotional")
    assert not made.number("LOT_SIZE", "maxQty")


def test_the_store_knows_the_rules_of_a_moment(store: ParquetStore) -> None:
    """Those in force then, with their source."""
    known = FilterStore(store.root)
    known.save(_stated("0.1", 1_000))
    known.save(_stated("0.01", 2_000))
    (old,), (new,) = find_rules(store, BTC, None, 1_500), find_rules(store, BTC, None, None)

    assert (old.source, new.source) == (f"stated at 1000, {ADDED}", f"stated at 2000, {ADDED}")
    assert old.instrument.number("PRICE_FILTER", "tickSize") == Decimal("0.1")


def test_a_file_comes_before_the_store(store: ParquetStore) -> None:
    """Every flag and filter as the exchange stated it."""
    row = {
        "symbol": "BTCUSDT",
        "status": "HALT",
        "baseAsset": "BTC",
        "quoteAsset": "USDT",
        "orderTypes": ["LIMIT"],
        "filters": filters("0.00001000"),
    }
    path = store.root / "exchangeInfo.json"
    path.write_bytes(msgspec.json.encode([row]))
    (rules,) = find_rules(store, BTC, path, None)

    assert (rules.source, rules.instrument.status) == ("the exchangeInfo file", "HALT")
    with pytest.raises(UnknownName, match="ETHUSDT"):
        find_rules(store, ("ETHUSDT",), path, None)


def test_a_symbol_without_candles_has_no_rules(store: ParquetStore) -> None:
    """NoData names it."""
    with pytest.raises(NoData, match="ETHUSDT"):
        find_rules(store, ("ETHUSDT",), None, None)
