"""The exchange's filters are read exactly, with their date, and only from its real spot market."""

import gzip
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tradingbot.data.exchange_import import import_exchange_info
from tradingbot.data.exchange_info import FilterStore, gunzip, parse, snapshot
from tradingbot.domain.errors import BadFile, ChecksumMismatch, InputError, NoData

OLD, NEW = 1_600_000_000_000, 1_700_000_000_000


def row(symbol: str = "BTCUSDT", tick: str = "0.01", **changes: Any) -> dict[str, Any]:
    filters = [
        {"filterType": "PRICE_FILTER", "minPrice": "0.01", "maxPrice": "1000000", "tickSize": tick},
        {"filterType": "LOT_SIZE", "minQty": "0.00001", "maxQty": "9000", "stepSize": "0.00001"},
        {"filterType": "NOTIONAL", "minNotional": "5.00000000", "maxNotional": "9000000"},
        {
            "filterType": "PERCENT_PRICE_BY_SIDE",
            "bidMultiplierUp": "5",
            "bidMultiplierDown": "0.2",
            "askMultiplierUp": "4",
            "askMultiplierDown": "0.3",
        },
    ]
    return {"symbol": symbol, "isMarginTradingAllowed": True, "filters": filters} | changes


def encoded(*rows: dict[str, Any], **envelope: Any) -> bytes:
    return msgspec.json.encode({"symbols": list(rows)} | envelope)


def keep(root: Path, as_of: int, *rows: dict[str, Any]) -> None:
    content = encoded(*rows)
    FilterStore(root).save(snapshot(parse(content, "x"), as_of, "x", f"{as_of:064d}", 1))


def test_filters_are_exact(tmp_path: Path) -> None:
    """Numbers are Decimals as the exchange wrote them, dated and with their source."""
    keep(tmp_path, NEW, row())

    filters = FilterStore(tmp_path).get("BTCUSDT")

    assert (filters.tick_size, filters.step_size) == (Decimal("0.01"), Decimal("0.00001"))
    assert (filters.min_notional, filters.ask_multiplier_up) == (Decimal(5), Decimal(4))
    assert (filters.as_of, filters.source) == (NEW, "exchangeInfo of 2023-11-14")


def test_filters_of_before_2023_are_understood(tmp_path: Path) -> None:
    """MIN_NOTIONAL and PERCENT_PRICE are the older names; an absent rule is switched off."""
    old = [
        *row()["filters"][:2],
        {"filterType": "MIN_NOTIONAL", "minNotional": "10"},
        {"filterType": "PERCENT_PRICE", "multiplierUp": "5", "multiplierDown": "0.2"},
    ]
    keep(tmp_path, OLD, row(filters=old), row("ETHUSDT", filters=old[:2]))

    filters, bare = FilterStore(tmp_path).get("BTCUSDT"), FilterStore(tmp_path).get("ETHUSDT")

    assert filters.min_notional == 10
    assert (filters.bid_multiplier_up, filters.ask_multiplier_down) == (Decimal(5), Decimal("0.2"))
    assert (bare.min_notional, bare.bid_multiplier_up) == (Decimal(0), Decimal(0))


def test_the_filters_in_force_are_given(tmp_path: Path) -> None:
    """A moment is served by the last statement before it, and by the first one where there is none."""
    keep(tmp_path, NEW, row(tick="0.1"))
    keep(tmp_path, OLD, row(tick="0.01"))
    store = FilterStore(tmp_path)

    assert [store.get("BTCUSDT", at).as_of for at in (OLD - 1, OLD, NEW - 1, NEW, None)] == [OLD, OLD, OLD, NEW, NEW]


def test_a_renamed_coin_has_its_predecessors_filters(tmp_path: Path) -> None:
    """They keep the predecessor's name, so that nobody takes them for the coin's own."""
    keep(tmp_path, OLD, row("MATICUSDT"))

    assert FilterStore(tmp_path).get("POLUSDT").symbol == "MATICUSDT"
    with pytest.raises(NoData, match="no exchange filters are stored for ETHUSDT"):
        FilterStore(tmp_path).get("ETHUSDT")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "not an exchangeInfo"),
        (b'{"files": []}', "not an exchangeInfo"),
        (encoded(row(isMarginTradingAllowed=False)), "test network"),
        (encoded(row(), futuresType="U_MARGINED"), "futures"),
        (encoded(row(contractType="PERPETUAL")), "futures"),
    ],
)
def test_another_market_is_refused(content: bytes, problem: str) -> None:
    """Futures, the test network and foreign files are told apart by what they hold."""
    with pytest.raises(BadFile, match=rf"x\.json: .*{problem}"):
        parse(content, "x.json")


def test_incomplete_filters_are_refused() -> None:
    """A symbol without price or lot rules, or with a broken number, is named."""
    for broken in (row(filters=[]), row(tick="abc")):
        with pytest.raises(BadFile, match="BTCUSDT: its filters are incomplete"):
            snapshot(parse(encoded(broken), "x"), OLD, "x", "0", 1)


def test_a_file_is_dated_or_refused(tmp_path: Path) -> None:
    """Its own server time counts first, then what the user says, then its name; without any it is refused."""
    store = FilterStore(tmp_path / "store")
    files = {"a.json": encoded(row(), serverTime=NEW), "b-2023-10.json": encoded(row()), "c.json": encoded(row())}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

    import_exchange_info(store, tmp_path / "a.json", OLD, 1)
    import_exchange_info(store, tmp_path / "b-2023-10.json", None, 1)
    with pytest.raises(InputError, match=r"as-of: c\.json does not say when it was taken.*--as-of"):
        import_exchange_info(store, tmp_path / "c.json", None, 1)

    assert [taken.as_of for taken in store.snapshots()] == [1_696_118_400_000, NEW]


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    """Truncated and foreign .gz files name themselves."""
    good = gzip.compress(encoded(row()))

    assert gunzip(good, "a.gz") == encoded(row())
    for bad in (good[:-9], b"no gzip"):
        with pytest.raises(BadFile, match=r"a\.gz: truncated"):
            gunzip(bad, "a.gz")


def test_a_manifest_is_checked(tmp_path: Path) -> None:
    """A file that is not what its folder's manifest says is refused."""
    (tmp_path / "a.json").write_bytes(encoded(row(), serverTime=NEW))
    (tmp_path / "manifest.json").write_bytes(msgspec.json.encode({"files": [{"path": "a.json", "sha256": "0" * 64}]}))

    with pytest.raises(ChecksumMismatch, match=r"a\.json"):
        import_exchange_info(FilterStore(tmp_path), tmp_path / "a.json", None, 1)


@pytest.mark.market_data
def test_the_real_filters_are_read(market_data: Path, tmp_path: Path) -> None:
    """BTCUSDT's price moved in cents and needed 5 USDT in October 2023."""
    file = market_data / "reference" / "exchangeInfo-spot-mainnet-2023-10-selected.json"

    outcome = import_exchange_info(FilterStore(tmp_path), file, None, 1)
    filters = FilterStore(tmp_path).get("BTCUSDT")

    assert outcome.verified == "manifest.json"
    assert (filters.tick_size, filters.min_notional, filters.source) == (
        Decimal("0.01"),
        Decimal(5),
        "exchangeInfo of 2023-10-05",
    )


@pytest.mark.market_data
@pytest.mark.parametrize("name", ["spot-testnet-2024-09-08-selected.json", "um-mainnet-2024-10-19-selected.json"])
def test_the_real_other_markets_are_refused(market_data: Path, tmp_path: Path, name: str) -> None:
    """The test network's and the futures market's real answers are recognised."""
    with pytest.raises(BadFile):
        import_exchange_info(FilterStore(tmp_path), market_data / "reference" / f"exchangeInfo-{name}", None, 1)
