"""V5: what the exchange refuses, by name, and without a trace."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.bench import BTC, Bench, limit, market, move, new_id, order, quiet_price
from tests.support.cases import case
from tradingbot.exchange.errors import (
    BadRequest,
    CancelRefused,
    ExchangeError,
    FilterRefused,
    OrderNotFound,
    OrderRefused,
    Reason,
    Retry,
    UnknownSymbol,
)
from tradingbot.exchange.orders import NewOco, NewOrder, OrderType, Side, TimeInForce

BUY, SELL = Side.BUY, Side.SELL


async def refused_by(bench: Bench, name: str, wanted: NewOrder) -> None:
    """The order is refused by that filter, whether at the door or by the engine, and may not be sent again."""
    with pytest.raises((FilterRefused, OrderRefused)) as caught:
        await bench.venue.place(wanted)
    assert caught.value.message == f"Filter failure: {name}"
    assert caught.value.retry is Retry.NEVER


async def refused_for(bench: Bench, reason: Reason, wanted: NewOrder) -> None:
    """The matching engine refuses the order for that reason."""
    with pytest.raises(OrderRefused) as caught:
        await bench.venue.place(wanted)
    assert caught.value.reason is reason


async def with_filter(bench: Bench, name: str, values: Mapping[str, Any]) -> None:
    """Change a filter of BTCUSDT."""
    await bench.steer.change(BTC, {name: values})


@case("V501", steered=False)
async def test_price_off_the_tick(bench: Bench) -> None:
    """PRICE_FILTER."""
    await refused_by(bench, "PRICE_FILTER", limit(BUY, "0.001", await quiet_price(bench, BUY) + ".001"))


@case("V502", steered=False)
async def test_quantity_off_the_step(bench: Bench) -> None:
    """LOT_SIZE, by its step."""
    await refused_by(bench, "LOT_SIZE", limit(BUY, "0.001001", await quiet_price(bench, BUY)))


@case("V503", steered=False)
async def test_quantity_beyond_the_largest(bench: Bench) -> None:
    """LOT_SIZE, by its bounds."""
    await refused_by(bench, "LOT_SIZE", limit(BUY, "10000", await quiet_price(bench, BUY)))


@case("V504", steered=False)
async def test_too_small_an_order(bench: Bench) -> None:
    """NOTIONAL, for a limit order."""
    await refused_by(bench, "NOTIONAL", limit(BUY, "0.00001", await quiet_price(bench, BUY)))


@case("V505", steered=False)
async def test_too_small_a_market_order(bench: Bench) -> None:
    """NOTIONAL, for a market order at the average price."""
    await refused_by(bench, "NOTIONAL", market(BUY, "0.00001"))


@case("V506", steered=False)
async def test_price_far_from_the_market(bench: Bench) -> None:
    """PERCENT_PRICE_BY_SIDE."""
    await refused_by(bench, "PERCENT_PRICE_BY_SIDE", limit(BUY, "1", "100"))


@case("V507")
async def test_market_order_too_large(bench: Bench) -> None:
    """MARKET_LOT_SIZE."""
    await refused_by(bench, "MARKET_LOT_SIZE", market(SELL, "121"))


@case("V508")
async def test_too_many_open_orders(bench: Bench) -> None:
    """MAX_NUM_ORDERS."""
    await with_filter(bench, "MAX_NUM_ORDERS", {"maxNumOrders": 1})
    await bench.venue.place(limit(BUY, "1", "49000"))

    await refused_by(bench, "MAX_NUM_ORDERS", limit(BUY, "1", "49000"))


@case("V509")
async def test_too_many_stops(bench: Bench) -> None:
    """MAX_NUM_ALGO_ORDERS, at the sixth."""
    stops = [order(SELL, OrderType.STOP_LOSS, "1", stop_price="49000") for _ in range(6)]
    for stop in stops[:5]:
        await bench.venue.place(stop)

    await refused_by(bench, "MAX_NUM_ALGO_ORDERS", stops[5])


@case("V510")
async def test_trailing_delta_out_of_range(bench: Bench) -> None:
    """TRAILING_DELTA."""
    await refused_by(bench, "TRAILING_DELTA", order(SELL, OrderType.STOP_LOSS, "1", trailing_delta=5))


@case("V511")
async def test_too_many_parts(bench: Bench) -> None:
    """ICEBERG_PARTS."""
    await refused_by(bench, "ICEBERG_PARTS", limit(BUY, "1.01", "49000", iceberg_quantity="0.01"))


@case("V512")
async def test_position_too_large(bench: Bench) -> None:
    """MAX_POSITION, where the symbol has one."""
    await with_filter(bench, "MAX_POSITION", {"maxPosition": "10.5"})

    await refused_by(bench, "MAX_POSITION", limit(BUY, "1", "49000"))


@case("V513", steered=False)
async def test_too_much_precision(bench: Bench) -> None:
    """More decimals than the asset has are no number to the exchange."""
    with pytest.raises(BadRequest) as caught:
        await bench.venue.place(limit(BUY, "0.001", await quiet_price(bench, BUY) + ".000000001"))
    assert caught.value.code == -1111


@case("V514")
async def test_insufficient_balance(bench: Bench) -> None:
    """An order that the account cannot pay for."""
    await refused_for(bench, Reason.BALANCE, limit(BUY, "21", "49000"))
    await refused_for(bench, Reason.BALANCE, market(SELL, "10.1"))


@case("V515", steered=False)
async def test_duplicate_order(bench: Bench) -> None:
    """A client id that an open order has."""
    wanted = limit(BUY, "0.001", await quiet_price(bench, BUY))
    await bench.venue.place(wanted)
    await refused_for(bench, Reason.DUPLICATE, wanted)

    await bench.venue.cancel(BTC, wanted.client_order_id)


@case("V516", steered=False)
async def test_stop_on_the_wrong_side(bench: Bench) -> None:
    """A stop that the market has passed already."""
    high = await quiet_price(bench, SELL)
    wanted = order(SELL, OrderType.STOP_LOSS_LIMIT, "0.001", stop_price=high, price=high, time_in_force=TimeInForce.GTC)
    await refused_for(bench, Reason.WOULD_TRIGGER, wanted)


@case("V517", steered=False)
async def test_maker_order_that_would_take(bench: Bench) -> None:
    """LIMIT_MAKER beyond the best price."""
    await refused_for(
        bench, Reason.WOULD_MATCH, order(BUY, OrderType.LIMIT_MAKER, "0.001", price=await quiet_price(bench, SELL))
    )


@case("V518", steered=False)
async def test_unknown_symbol(bench: Bench) -> None:
    """Orders and questions about a symbol that there is not."""
    for asked in (bench.venue.place(market(BUY, "1", symbol="NOSUCHUSDT")), bench.venue.order("NOSUCHUSDT", "a")):
        with pytest.raises(UnknownSymbol):
            await asked


@case("V519")
async def test_cancel_a_filled_order(bench: Bench) -> None:
    """CancelRefused, and the order stays filled."""
    placed = await bench.venue.place(market(BUY, "1"))

    with pytest.raises(CancelRefused):
        await bench.venue.cancel(BTC, placed.client_order_id)
    assert (await bench.now(placed)).executed_quantity == 1


@case("V520", steered=False)
async def test_cancel_an_unknown_order(bench: Bench) -> None:
    """CancelRefused for orders and lists that never were."""
    for asked in (bench.venue.cancel(BTC, "case-never"), bench.venue.cancel_list(BTC, "case-never")):
        with pytest.raises(CancelRefused):
            await asked


@case("V521")
async def test_prices_of_a_pair_the_wrong_way_round(bench: Bench) -> None:
    """An OCO whose stop lies above the market is refused whole."""
    pair = NewOco(
        client_list_id=new_id(),
        above=order(SELL, OrderType.LIMIT_MAKER, "1", price="51000"),
        below=order(SELL, OrderType.STOP_LOSS, "1", stop_price="50500"),
    )
    with pytest.raises(ExchangeError) as caught:
        await bench.venue.place_list(pair)
    assert caught.value.code == -2010
    assert (await bench.venue.open_orders(), list(await bench.venue.open_lists())) == ([], [])


@case("V522", steered=False)
async def test_missing_price(bench: Bench) -> None:
    """A limit order without a price is a bad request."""
    with pytest.raises(BadRequest):
        await bench.venue.place(order(BUY, OrderType.LIMIT, "0.001", time_in_force=TimeInForce.GTC))


@case("V523")
async def test_market_closed(bench: Bench) -> None:
    """A symbol whose status is HALT or BREAK takes no orders; what rests stays."""
    resting = await bench.venue.place(limit(BUY, "1", "49000"))
    await bench.steer.change(BTC, {"status": "HALT"})

    await refused_for(bench, Reason.MARKET_CLOSED, limit(BUY, "1", "49000"))
    assert (await bench.now(resting)).status.is_open


@case("V524")
async def test_a_refusal_leaves_no_trace(bench: Bench) -> None:
    """Neither balances nor orders change, nothing is told, and a question finds nothing."""
    before = await bench.venue.balances()
    wanted = limit(BUY, "21", "49000")
    with pytest.raises(OrderRefused):
        await bench.venue.place(wanted)

    assert await bench.venue.balances() == before
    assert await bench.venue.open_orders() == []
    with pytest.raises(OrderNotFound):
        await bench.venue.order(BTC, wanted.client_order_id)


@case("V525", steered=False)
async def test_list_that_never_was(bench: Bench) -> None:
    """A question about it is answered by OrderNotFound."""
    with pytest.raises(OrderNotFound):
        await bench.venue.order_list("case-never")


@case("V526")
async def test_too_many_lists(bench: Bench) -> None:
    """MAX_NUM_ORDER_LISTS."""
    await with_filter(bench, "MAX_NUM_ORDER_LISTS", {"maxNumOrderLists": 1})
    pairs = [
        NewOco(
            client_list_id=new_id(),
            above=order(SELL, OrderType.LIMIT_MAKER, "1", price="51000"),
            below=order(SELL, OrderType.STOP_LOSS, "1", stop_price="49000"),
        )
        for _ in range(2)
    ]
    await bench.venue.place_list(pairs[0])
    with pytest.raises(ExchangeError, match="Filter failure: MAX_NUM_ORDER_LISTS"):
        await bench.venue.place_list(pairs[1])


@case("V527")
async def test_a_stop_the_account_cannot_pay_when_triggered(bench: Bench) -> None:
    """A waiting stop locks what it needs, so that it is there when it triggers."""
    await bench.venue.place(order(SELL, OrderType.STOP_LOSS, "10", stop_price="49000"))
    await refused_for(bench, Reason.BALANCE, market(SELL, "1"))
    await move(bench, 48_990)

    assert (await bench.balance("BTC")).locked == 0
