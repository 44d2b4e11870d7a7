"""V2: what can be traded, on which terms."""

from decimal import Decimal

import pytest

from tests.support.bench import BTC, Bench, limit
from tests.support.cases import case
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.errors import FilterRefused, UnknownSymbol
from tradingbot.exchange.orders import Side


@case("V201", steered=False)
async def test_instruments(bench: Bench) -> None:
    """Symbols come as they were asked for, with assets, order types and the filters that orders need."""
    found = await bench.venue.instruments(["ETHUSDT", BTC])

    assert [(one.symbol, one.base_asset, one.quote_asset) for one in found] == [
        ("ETHUSDT", "ETH", "USDT"),
        (BTC, "BTC", "USDT"),
    ]
    for one in found:
        assert {"LIMIT", "MARKET", "LIMIT_MAKER", "STOP_LOSS_LIMIT"} <= set(one.order_types)
        assert one.number("PRICE_FILTER", "tickSize") > 0
        assert one.number("LOT_SIZE", "stepSize") > 0
        assert one.number("NOTIONAL", "minNotional") > 0


@case("V202", steered=False)
async def test_unknown_instrument(bench: Bench) -> None:
    """One unknown symbol refuses the question."""
    with pytest.raises(UnknownSymbol):
        await bench.venue.instruments([BTC, "NOSUCHUSDT"])


@case("V203", costs=CostSettings(maker=0.0002, taker=0.0005, pay_fees_in_bnb=True))
async def test_commission(bench: Bench) -> None:
    """The account's own rates, with the discount for BNB."""
    found = await bench.venue.commission(BTC)

    assert (found.maker, found.taker) == (Decimal("0.0002"), Decimal("0.0005"))
    assert found.bnb_discount == Decimal("0.25")


@case("V204")
async def test_filters_change_while_running(bench: Bench) -> None:
    """The next order is judged by the new filter, the next question shows it."""
    wanted = limit(Side.BUY, "1", "49000.01")
    await bench.steer.change(BTC, {"PRICE_FILTER": {"tickSize": "0.10000000"}})

    with pytest.raises(FilterRefused) as caught:
        await bench.venue.place(wanted)
    assert caught.value.filter == "PRICE_FILTER"
    assert (await bench.venue.instruments([BTC]))[0].number("PRICE_FILTER", "tickSize") == Decimal("0.1")


@case("V205")
async def test_status_changes_while_running(bench: Bench) -> None:
    """A halted symbol says so."""
    await bench.steer.change(BTC, {"status": "HALT"})

    assert (await bench.venue.instruments([BTC]))[0].status == "HALT"


@case("V206")
async def test_all_filters_are_kept(bench: Bench) -> None:
    """What the exchange states comes whole and in its order, also what nothing of ours reads."""
    await bench.steer.change(BTC, {"SOME_NEW_FILTER": {"value": "7"}})
    filters = (await bench.venue.instruments([BTC]))[0].filters

    assert filters[0]["filterType"] == "PRICE_FILTER"
    assert filters[-1] == {"filterType": "SOME_NEW_FILTER", "value": "7"}
    assert len(filters) == 12


@case("V207", steered=False)
async def test_commission_is_plausible(bench: Bench) -> None:
    """Rates are fractions of the traded value: at least 0 and below 1 %."""
    found = await bench.venue.commission(BTC)

    assert 0 <= found.maker < Decimal("0.01")
    assert 0 <= found.taker < Decimal("0.01")
