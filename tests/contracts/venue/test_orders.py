"""V3: the life of each type of order."""

from decimal import Decimal

import pytest

from tests.support.bench import BTC, Bench, limit, market, move, order, quiet_price
from tests.support.cases import case
from tradingbot.exchange.errors import OrderNotFound
from tradingbot.exchange.events import OrderEvent
from tradingbot.exchange.orders import ExpiryReason, OrderStatus, OrderType, SelfTradePrevention, Side, TimeInForce

BUY, SELL = Side.BUY, Side.SELL


@case("V301")
async def test_market_buy(bench: Bench) -> None:
    """A market purchase takes the best ask at once, and the report has its fill."""
    report = await bench.venue.place(market(BUY, "1"))

    assert (report.status, report.executed_quantity, report.executed_value) == (
        OrderStatus.FILLED,
        Decimal(1),
        Decimal(50_010),
    )
    assert [(fill.price, fill.quantity, fill.is_maker) for fill in report.fills] == [
        (Decimal(50_010), Decimal(1), False)
    ]
    assert report.price == 0


@case("V302")
async def test_market_sell(bench: Bench) -> None:
    """A market sale takes the best bid at once."""
    report = await bench.venue.place(market(SELL, "1"))

    assert (report.status, report.average_price) == (OrderStatus.FILLED, Decimal(49_990))


@case("V303")
async def test_market_order_by_value(bench: Bench) -> None:
    """A purchase for a sum in quote buys what the sum pays for, rounded down to the step."""
    report = await bench.venue.place(market(BUY, quote_quantity="1000"))

    assert report.executed_quantity == Decimal("0.01999")
    assert report.executed_value == Decimal("0.01999") * 50_010
    assert report.status is OrderStatus.FILLED


@case("V304")
async def test_market_order_beyond_the_book(bench: Bench) -> None:
    """It walks the levels, and what the book cannot give expires."""
    report = await bench.venue.place(market(BUY, "6"))

    assert [(fill.price, fill.quantity) for fill in report.fills] == [
        (Decimal(50_010), Decimal(2)),
        (Decimal(50_020), Decimal(3)),
    ]
    assert report.status is OrderStatus.EXPIRED
    assert (await bench.now(report)).expiry_reason is ExpiryReason.INSUFFICIENT_LIQUIDITY


@case("V305", steered=False)
async def test_limit_order_rests(bench: Bench) -> None:
    """A limit order away from the market is NEW, among the open ones, and a question about it says the same."""
    price = await quiet_price(bench, BUY)
    placed = await bench.venue.place(limit(BUY, "0.001", price))
    asked = await bench.now(placed)

    assert (asked.status, asked.price, asked.quantity) == (OrderStatus.NEW, Decimal(price), Decimal("0.001"))
    assert asked.working_since is not None
    assert placed.order_id in [one.order_id for one in await bench.venue.open_orders(BTC)]

    await bench.venue.cancel(BTC, placed.client_order_id)


@case("V306")
async def test_resting_order_fills_as_maker(bench: Bench) -> None:
    """Traded through, it fills at its own price as the maker."""
    placed = await bench.venue.place(limit(BUY, "1", "49900"))
    await bench.steer.trade("49899")

    asked = await bench.now(placed)
    fills = await bench.venue.fills(BTC, order_id=placed.order_id)
    assert (asked.status, asked.average_price) == (OrderStatus.FILLED, Decimal(49_900))
    assert [(fill.price, fill.quantity, fill.is_maker) for fill in fills] == [(Decimal(49_900), Decimal(1), True)]


@case("V307")
async def test_touch_is_no_fill(bench: Bench) -> None:
    """A trade at the price of a resting order does not fill it: others were there before."""
    placed = await bench.venue.place(limit(BUY, "1", "49900"))
    await bench.steer.trade("49900")

    assert (await bench.now(placed)).status is OrderStatus.NEW


@case("V308")
async def test_partial_fills(bench: Bench) -> None:
    """A resting order fills by at most a tenth of what is traded, and the rest waits."""
    placed = await bench.venue.place(limit(BUY, "1", "49900"))
    await bench.steer.trade("49899", "5")

    part = await bench.now(placed)
    assert part.status is OrderStatus.PARTIALLY_FILLED
    assert 0 < part.executed_quantity < 1

    await bench.steer.trade("49899", "1000")
    whole = await bench.now(placed)
    assert (whole.status, whole.executed_quantity, whole.executed_value) == (
        OrderStatus.FILLED,
        Decimal(1),
        Decimal(49_900),
    )


@case("V309")
async def test_marketable_limit_order(bench: Bench) -> None:
    """A limit beyond the best price takes at the book's price, not at its own, as taker."""
    report = await bench.venue.place(limit(BUY, "1", "50500"))

    assert (report.status, report.average_price) == (OrderStatus.FILLED, Decimal(50_010))
    assert [fill.is_maker for fill in report.fills] == [False]


@case("V310")
async def test_immediate_or_cancel(bench: Bench) -> None:
    """IOC takes what there is within its limit; the rest expires."""
    report = await bench.venue.place(limit(BUY, "3", "50010", time_in_force=TimeInForce.IOC))

    assert (report.status, report.executed_quantity) == (OrderStatus.EXPIRED, Decimal(2))
    assert (await bench.now(report)).expiry_reason is ExpiryReason.UNFILLED_IOC_QUANTITY_EXPIRED
    assert await bench.venue.open_orders() == []


@case("V311")
async def test_fill_or_kill_too_large(bench: Bench) -> None:
    """FOK that cannot be filled whole expires without a trade."""
    report = await bench.venue.place(limit(BUY, "3", "50010", time_in_force=TimeInForce.FOK))

    assert (report.status, report.executed_quantity, report.fills) == (OrderStatus.EXPIRED, Decimal(0), ())
    assert (await bench.now(report)).expiry_reason is ExpiryReason.UNFILLED_FOK_ORDER_EXPIRED


@case("V312")
async def test_fill_or_kill(bench: Bench) -> None:
    """FOK that can be filled whole is, over as many levels as it takes."""
    report = await bench.venue.place(limit(BUY, "3", "50020", time_in_force=TimeInForce.FOK))

    assert (report.status, report.executed_value) == (
        OrderStatus.FILLED,
        Decimal(2) * Decimal(50_010) + Decimal(50_020),
    )


@case("V313", steered=False)
async def test_limit_maker_rests(bench: Bench) -> None:
    """LIMIT_MAKER away from the market rests as a limit order does."""
    placed = await bench.venue.place(order(SELL, OrderType.LIMIT_MAKER, "0.001", price=await quiet_price(bench, SELL)))

    assert (await bench.now(placed)).status is OrderStatus.NEW

    await bench.venue.cancel(BTC, placed.client_order_id)


@case("V314")
async def test_stop_loss_sale(bench: Bench) -> None:
    """STOP_LOSS waits off the book until a trade reaches it, then takes what the market pays."""
    placed = await bench.venue.place(order(SELL, OrderType.STOP_LOSS, "1", stop_price="49000"))
    assert (await bench.now(placed)).working_since is None

    await move(bench, 49_001)
    assert (await bench.now(placed)).status is OrderStatus.NEW
    await move(bench, 48_900)

    assert (await bench.now(placed)).status is OrderStatus.FILLED
    assert (await bench.now(placed)).average_price == 48_890


@case("V315")
async def test_stop_loss_limit_sale(bench: Bench) -> None:
    """STOP_LOSS_LIMIT becomes a limit order when triggered, and rests where the market is worse."""
    wanted = order(
        SELL, OrderType.STOP_LOSS_LIMIT, "1", stop_price="49000", price="48950", time_in_force=TimeInForce.GTC
    )
    placed = await bench.venue.place(wanted)
    await move(bench, 48_900)

    resting = await bench.now(placed)
    assert (resting.status, resting.executed_quantity) == (OrderStatus.NEW, Decimal(0))
    assert resting.working_since is not None

    await bench.steer.trade("48951")
    assert (await bench.now(placed)).average_price == 48_950


@case("V316")
async def test_take_profit_sale(bench: Bench) -> None:
    """TAKE_PROFIT sells at the market once a rise has reached it."""
    placed = await bench.venue.place(order(SELL, OrderType.TAKE_PROFIT, "1", stop_price="51000"))
    await move(bench, 51_000)

    assert (await bench.now(placed)).average_price == 50_990


@case("V317")
async def test_take_profit_limit_sale(bench: Bench) -> None:
    """TAKE_PROFIT_LIMIT becomes a limit order once a rise has reached it."""
    wanted = order(
        SELL, OrderType.TAKE_PROFIT_LIMIT, "1", stop_price="51000", price="51500", time_in_force=TimeInForce.GTC
    )
    placed = await bench.venue.place(wanted)
    await move(bench, 51_000)
    assert (await bench.now(placed)).status is OrderStatus.NEW

    await bench.steer.trade("51501")
    assert (await bench.now(placed)).average_price == 51_500


@case("V318")
async def test_stop_loss_purchase(bench: Bench) -> None:
    """A STOP_LOSS purchase waits above the market."""
    placed = await bench.venue.place(order(BUY, OrderType.STOP_LOSS, "1", stop_price="51000"))
    await move(bench, 51_000)

    assert (await bench.now(placed)).average_price == 51_010


@case("V319")
async def test_take_profit_purchase(bench: Bench) -> None:
    """A TAKE_PROFIT purchase waits below the market."""
    placed = await bench.venue.place(order(BUY, OrderType.TAKE_PROFIT, "1", stop_price="49000"))
    await move(bench, 49_000)

    assert (await bench.now(placed)).average_price == 49_010


@case("V320")
async def test_trailing_sale(bench: Bench) -> None:
    """A trailing sale follows the highest trade and triggers on a fall of its delta from there."""
    placed = await bench.venue.place(order(SELL, OrderType.STOP_LOSS, "1", trailing_delta=100))
    for price in (51_000, 50_500, 52_000, 51_500):
        await move(bench, price)
    assert (await bench.now(placed)).status is OrderStatus.NEW

    await move(bench, 51_480)  # 1 % below 52,000
    assert (await bench.now(placed)).average_price == 51_470


@case("V321")
async def test_trailing_from_a_stop_price(bench: Bench) -> None:
    """With a stop price it begins to follow only once that is reached."""
    placed = await bench.venue.place(order(SELL, OrderType.TAKE_PROFIT, "1", stop_price="51000", trailing_delta=100))
    for price in (49_000, 50_900, 50_000):
        await move(bench, price)
    assert (await bench.now(placed)).trailing_since is None

    await move(bench, 51_000)
    assert (await bench.now(placed)).trailing_since is not None
    await move(bench, 50_490)
    assert (await bench.now(placed)).average_price == 50_480


@case("V322", steered=False)
async def test_cancel(bench: Bench) -> None:
    """A cancelled order is CANCELED under its own id, and open no longer."""
    placed = await bench.venue.place(limit(BUY, "0.001", await quiet_price(bench, BUY)))
    cancelled = await bench.venue.cancel(BTC, placed.client_order_id)

    assert (cancelled.status, cancelled.client_order_id) == (OrderStatus.CANCELED, placed.client_order_id)
    assert (await bench.now(placed)).status is OrderStatus.CANCELED
    assert placed.order_id not in [one.order_id for one in await bench.venue.open_orders(BTC)]


@case("V323")
async def test_cancel_a_partly_filled_order(bench: Bench) -> None:
    """It keeps what was filled."""
    placed = await bench.venue.place(limit(BUY, "3", "50010"))
    cancelled = await bench.venue.cancel(BTC, placed.client_order_id)

    assert (placed.status, cancelled.status) == (OrderStatus.PARTIALLY_FILLED, OrderStatus.CANCELED)
    assert (cancelled.executed_quantity, cancelled.remaining) == (Decimal(2), Decimal(0))


@case("V324", steered=False)
async def test_cancel_all(bench: Bench) -> None:
    """All open orders of a symbol end; none open is no error."""
    price = await quiet_price(bench, BUY)
    placed = [await bench.venue.place(limit(BUY, "0.001", price)) for _ in range(2)]
    cancelled = await bench.venue.cancel_all(BTC)

    assert {one.order_id for one in placed} <= {one.order_id for one in cancelled}
    assert {one.status for one in cancelled} == {OrderStatus.CANCELED}
    assert list(await bench.venue.cancel_all(BTC)) == []


@case("V325")
async def test_fills_by_order_and_from_an_id(bench: Bench) -> None:
    """Fills come oldest first, of one order or from a trade id on, and agree with the report."""
    first = await bench.venue.place(market(BUY, "3"))
    second = await bench.venue.place(market(SELL, "1"))

    everything = await bench.venue.fills(BTC)
    assert [fill.order_id for fill in everything] == [first.order_id, first.order_id, second.order_id]
    assert list(await bench.venue.fills(BTC, order_id=second.order_id)) == list(everything[2:])
    assert list(await bench.venue.fills(BTC, from_id=everything[1].trade_id)) == list(everything[1:])
    assert sum(fill.value for fill in everything[:2]) == first.executed_value


@case("V326", steered=False)
async def test_an_id_may_be_used_again(bench: Bench) -> None:
    """The client id of an order that is over may be given to another, which it then names."""
    price = await quiet_price(bench, BUY)
    first = await bench.venue.place(limit(BUY, "0.001", price))
    await bench.venue.cancel(BTC, first.client_order_id)
    second = await bench.venue.place(limit(BUY, "0.001", price, client_order_id=first.client_order_id))

    assert (await bench.now(first)).order_id == second.order_id

    await bench.venue.cancel(BTC, second.client_order_id)


@case("V327")
async def test_iceberg_order(bench: Bench) -> None:
    """An order that shows a part only states which, and fills whole."""
    placed = await bench.venue.place(limit(BUY, "1", "49900", iceberg_quantity="0.1"))
    assert (await bench.now(placed)).iceberg_quantity == Decimal("0.1")

    await bench.steer.trade("49899")
    assert (await bench.now(placed)).status is OrderStatus.FILLED


@case("V328")
async def test_open_orders_are_oldest_first(bench: Bench) -> None:
    """Those of one symbol or of all, in the order in which they came."""
    placed = [
        await bench.venue.place(limit(BUY, "0.1", "49000")),
        await bench.venue.place(limit(BUY, "1", "400", symbol="BNBUSDT")),
        await bench.venue.place(limit(SELL, "0.1", "52000")),
    ]

    assert [one.order_id for one in await bench.venue.open_orders()] == [one.order_id for one in placed]
    assert [one.order_id for one in await bench.venue.open_orders("BNBUSDT")] == [placed[1].order_id]


@case("V329")
async def test_own_orders_do_not_trade_with_each_other(bench: Bench) -> None:
    """A purchase that meets a resting sale of the same account ends the sale, which has not traded."""
    resting = await bench.venue.place(limit(SELL, "1", "50005"))
    await bench.venue.place(limit(BUY, "1", "50006"))

    ended = await bench.now(resting)
    assert (ended.status, ended.executed_quantity) == (OrderStatus.EXPIRED_IN_MATCH, Decimal(0))


@case("V330", steered=False)
async def test_an_order_that_was_never_placed(bench: Bench) -> None:
    """A question about it is answered by OrderNotFound, which proves that it is not there."""
    with pytest.raises(OrderNotFound):
        await bench.venue.order(BTC, "case-never-placed")
    assert bench.events.of(OrderEvent) == []


@case("V331")
async def test_without_a_book(bench: Bench) -> None:
    """Where no book is known, an order pays half the spread, slippage and impact on the last price, up to the tick."""
    await bench.steer.trade("3000", "4000000", "ETHUSDT")
    report = await bench.venue.place(market(BUY, "1", symbol="ETHUSDT"))

    assert report.average_price == Decimal("3000.77")  # 3,000 x (1 + 0.5 bp + 2 bp + 0.01 x sqrt(1 / 4,000,000))


@case("V332")
async def test_a_stop_in_a_gap(bench: Bench) -> None:
    """A trade far below the stop has passed the bids of the book, so the stop sells below that trade."""
    placed = await bench.venue.place(order(SELL, OrderType.STOP_LOSS, "1", stop_price="49000"))
    await bench.steer.trade("48000")

    report = await bench.now(placed)
    assert report.status is OrderStatus.FILLED
    assert 47_500 < report.average_price < 48_000


@case("V333")
async def test_an_own_order_in_the_way_of_fok(bench: Bench) -> None:
    """FOK trades nothing where an own order, met on its way, would end it before it is filled whole."""
    await bench.steer.book((("49990", "20"),), (("50010", "2"), ("50030", "20")))
    await bench.venue.place(limit(SELL, "1", "50020"))
    wanted = limit(
        BUY,
        "5",
        "50040",
        time_in_force=TimeInForce.FOK,
        self_trade_prevention=SelfTradePrevention.EXPIRE_TAKER,
    )
    report = await bench.venue.place(wanted)

    assert report.status is OrderStatus.EXPIRED
    assert report.executed_quantity == 0
