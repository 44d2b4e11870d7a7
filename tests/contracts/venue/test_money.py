"""V6: money, to the last unit."""

from decimal import Decimal

from tests.support.bench import BTC, Bench, limit, market, move
from tests.support.cases import case
from tests.support.instruments import BALANCES
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.orders import Balance, Fill, OrderStatus, Side

BUY, SELL = Side.BUY, Side.SELL
USDT = BALANCES["USDT"]


def cash_flow(fills: list[Fill], asset: str) -> Decimal:
    """What fills of BTCUSDT have brought of an asset, commissions taken off."""
    total = Decimal(0)
    for fill in fills:
        sign = 1 if fill.side is BUY else -1
        total += {"BTC": sign * fill.quantity, "USDT": -sign * fill.value}.get(asset, Decimal(0))
        total -= fill.commission if fill.commission_asset == asset else 0
    return total


@case("V601")
async def test_purchase(bench: Bench) -> None:
    """The quote asset pays price x quantity; the base asset arrives less its commission."""
    await bench.venue.place(market(BUY, "1"))

    assert await bench.balance("USDT") == Balance("USDT", USDT - 50_010, Decimal(0))
    assert await bench.balance("BTC") == Balance("BTC", Decimal("10.999"), Decimal(0))


@case("V602")
async def test_sale(bench: Bench) -> None:
    """The base asset leaves whole; the quote asset arrives less its commission."""
    await bench.venue.place(market(SELL, "1"))

    assert (await bench.balance("BTC")).free == 9
    assert (await bench.balance("USDT")).free == USDT + 49_990 * Decimal("0.999")


@case("V603", costs=CostSettings(pay_fees_in_bnb=True))
async def test_commission_in_bnb(bench: Bench) -> None:
    """Paid in BNB at three quarters of the rate; both assets of the trade arrive whole."""
    report = await bench.venue.place(market(BUY, "1"))

    paid = [(fill.commission_asset, fill.commission) for fill in report.fills]
    assert [asset for asset, _ in paid] == ["BNB"]
    assert abs(paid[0][1] - Decimal("0.07501500")) < Decimal("0.0001")  # 50,010 x 0.075 % at 500
    assert (await bench.balance("BTC")).free == 11
    assert (await bench.balance("BNB")).free == 5 - paid[0][1]


@case("V604", costs=CostSettings(pay_fees_in_bnb=True))
async def test_too_little_bnb(bench: Bench) -> None:
    """Where the BNB does not suffice, the whole commission is taken from what was received, without discount."""
    await bench.steer.transfer("BNB", "-4.99")
    await bench.venue.place(market(BUY, "1"))

    assert (await bench.balance("BNB")).free == Decimal("0.01")
    assert (await bench.balance("BTC")).free == Decimal("10.999")


@case("V605")
async def test_locked_funds(bench: Bench) -> None:
    """A resting order locks exactly what it may spend, and frees exactly that."""
    placed = await bench.venue.place(limit(BUY, "1.5", "49000.01"))
    locked = Decimal("1.5") * Decimal("49000.01")
    assert await bench.balance("USDT") == Balance("USDT", USDT - locked, locked)

    await bench.venue.cancel(BTC, placed.client_order_id)
    assert await bench.balance("USDT") == Balance("USDT", USDT, Decimal(0))


@case("V606")
async def test_better_than_the_limit(bench: Bench) -> None:
    """What a better price saves is free again."""
    await bench.venue.place(limit(BUY, "1", "50500"))

    assert await bench.balance("USDT") == Balance("USDT", USDT - 50_010, Decimal(0))


@case("V607")
async def test_locked_while_partly_filled(bench: Bench) -> None:
    """What is locked is what the rest needs."""
    await bench.venue.place(limit(BUY, "3", "50010"))

    assert await bench.balance("USDT") == Balance("USDT", USDT - 3 * 50_010, Decimal(50_010))


@case("V608", costs=CostSettings(maker=0.0002, taker=0.0005))
async def test_maker_and_taker_rates(bench: Bench) -> None:
    """Who rests pays the maker's rate, who takes the taker's."""
    taken = await bench.venue.place(market(SELL, "1"))
    resting = await bench.venue.place(limit(SELL, "1", "50005"))
    await bench.steer.trade("50006")

    made = await bench.venue.fills(BTC, order_id=resting.order_id)
    assert [fill.commission for fill in taken.fills] == [Decimal("24.995")]
    assert [fill.commission for fill in made] == [Decimal("10.001")]


@case("V609", costs=CostSettings(fees={"BTCUSDT": (0.0, 0.0001)}))
async def test_rates_of_a_symbol(bench: Bench) -> None:
    """A symbol may have its own; the commission stated is the one charged."""
    stated = await bench.venue.commission(BTC)
    report = await bench.venue.place(market(SELL, "1"))

    assert (stated.maker, stated.taker) == (Decimal(0), Decimal("0.0001"))
    assert [fill.commission for fill in report.fills] == [49_990 * stated.taker]


@case("V610")
async def test_balances_are_the_sum_of_fills(bench: Bench) -> None:
    """After a session of all kinds of orders, every asset has changed by exactly its fills."""
    await bench.venue.place(market(BUY, "3"))
    resting = await bench.venue.place(limit(SELL, "2", "50100"))
    await bench.steer.trade("50101", "7")
    await bench.venue.cancel(BTC, resting.client_order_id)
    await move(bench, 49_000)
    await bench.venue.place(market(SELL, quote_quantity="1234.56"))

    fills = list(await bench.venue.fills(BTC))
    assert len(fills) >= 4
    for asset in ("BTC", "USDT", "BNB"):
        assert await bench.balance(asset) == Balance(asset, BALANCES[asset] + cash_flow(fills, asset), Decimal(0))


@case("V611")
async def test_only_what_there_is(bench: Bench) -> None:
    """The balances are the assets the account has any of."""
    assert {one.asset: one.total for one in await bench.venue.balances()} == dict(BALANCES)


@case("V612")
async def test_transfer(bench: Bench) -> None:
    """A deposit is there at once, and is no trade."""
    await bench.steer.transfer("ETH", "2.5")

    assert (await bench.balance("ETH")).free == Decimal("2.5")
    assert list(await bench.venue.fills("ETHUSDT")) == []


@case("V613", costs=CostSettings(pay_fees_in_bnb=True))
async def test_commission_of_a_sale_of_bnb(bench: Bench) -> None:
    """All BNB is on sale, so none of it pays the commission, and the sale is filled whole in the end."""
    await bench.steer.book((("500", "2"),), (("501", "20"),), "BNBUSDT")
    sale = await bench.venue.place(limit(SELL, "5", "500", symbol="BNBUSDT"))
    assert [fill.commission_asset for fill in sale.fills] == ["USDT"]
    await bench.steer.trade("500.50", symbol="BNBUSDT")

    assert (await bench.now(sale)).status is OrderStatus.FILLED
    assert (await bench.balance("BNB")).total == 0
