"""V4: orders that depend on each other."""

from decimal import Decimal

from tests.support.bench import BTC, Bench, limit, market, move, new_id, order, quiet_price
from tests.support.cases import case
from tradingbot.exchange.orders import (
    Contingency,
    ExpiryReason,
    ListStatus,
    NewOco,
    NewOto,
    NewOtoco,
    OrderListReport,
    OrderReport,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)

BUY, SELL = Side.BUY, Side.SELL
NEW, FILLED, EXPIRED, CANCELED = OrderStatus.NEW, OrderStatus.FILLED, OrderStatus.EXPIRED, OrderStatus.CANCELED


def protection(quantity: str = "1", target: str = "51000", stop: str = "49000") -> NewOco:
    """What rests beneath and above a position: a target as maker, a stop at the market."""
    return NewOco(
        client_list_id=new_id(),
        above=order(SELL, OrderType.LIMIT_MAKER, quantity, price=target),
        below=order(SELL, OrderType.STOP_LOSS, quantity, stop_price=stop),
    )


def entry(quantity: str = "1", price: str = "49500") -> NewOtoco:
    """A purchase whose protection is placed with it."""
    pair = protection(quantity)
    return NewOtoco(client_list_id=new_id(), working=limit(BUY, quantity, price), above=pair.above, below=pair.below)


async def members(bench: Bench, placed: OrderListReport) -> dict[OrderType, OrderReport]:
    """The orders of a list as they stand, by type."""
    return {one.type: one for one in (await bench.venue.order_list(placed.client_list_id)).orders}


@case("V401", steered=False)
async def test_oco_rests(bench: Bench) -> None:
    """Both legs are open under the list; the stop leg is not on the book."""
    high, low = await quiet_price(bench, SELL), await quiet_price(bench, BUY)
    legs = (
        order(SELL, OrderType.LIMIT_MAKER, "0.001", price=high),
        order(SELL, OrderType.STOP_LOSS_LIMIT, "0.001", stop_price=low, price=low, time_in_force=TimeInForce.GTC),
    )
    placed = await bench.venue.place_list(NewOco(client_list_id=new_id(), above=legs[0], below=legs[1]))

    held = await members(bench, placed)
    assert (placed.contingency, placed.status) == (Contingency.OCO, ListStatus.EXECUTING)
    assert {one.status for one in held.values()} == {NEW}
    assert {one.list_id for one in held.values()} == {placed.list_id}
    assert held[OrderType.STOP_LOSS_LIMIT].working_since is None

    await bench.venue.cancel_list(BTC, placed.client_list_id)


@case("V402")
async def test_oco_target_reached(bench: Bench) -> None:
    """The target fills, the stop expires for that reason, the list is done."""
    placed = await bench.venue.place_list(protection())
    await bench.steer.trade("51001")

    held = await members(bench, placed)
    stop = await bench.now(held[OrderType.STOP_LOSS])
    assert (held[OrderType.LIMIT_MAKER].status, held[OrderType.LIMIT_MAKER].average_price) == (FILLED, Decimal(51_000))
    assert (stop.status, stop.expiry_reason, stop.executed_quantity) == (EXPIRED, ExpiryReason.OCO_TRIGGER, Decimal(0))
    assert (await bench.venue.order_list(placed.client_list_id)).status is ListStatus.ALL_DONE


@case("V403")
async def test_oco_stop_reached(bench: Bench) -> None:
    """The stop sells at the market, the target expires."""
    placed = await bench.venue.place_list(protection())
    await move(bench, 48_990)

    held = await members(bench, placed)
    assert (held[OrderType.STOP_LOSS].status, held[OrderType.STOP_LOSS].average_price) == (FILLED, Decimal(48_980))
    assert (held[OrderType.LIMIT_MAKER].status, held[OrderType.LIMIT_MAKER].executed_quantity) == (EXPIRED, Decimal(0))


@case("V404")
async def test_cancelling_a_leg_cancels_the_list(bench: Bench) -> None:
    """No leg is ever left alone."""
    placed = await bench.venue.place_list(protection())
    await bench.venue.cancel(BTC, placed.orders[0].client_order_id)

    assert {one.status for one in (await members(bench, placed)).values()} == {CANCELED}
    assert await bench.venue.open_orders() == []


@case("V405")
async def test_cancel_list(bench: Bench) -> None:
    """Every order of the list ends, and so does the list."""
    placed = await bench.venue.place_list(protection())
    cancelled = await bench.venue.cancel_list(BTC, placed.client_list_id)

    assert cancelled.status is ListStatus.ALL_DONE
    assert {one.status for one in cancelled.orders} == {CANCELED}
    assert list(await bench.venue.open_lists()) == []


@case("V406")
async def test_oco_locks_once(bench: Bench) -> None:
    """A pair locks what one leg needs, and frees all of it."""
    placed = await bench.venue.place_list(protection("10"))
    assert (await bench.balance("BTC")).locked == 10

    await bench.venue.cancel_list(BTC, placed.client_list_id)
    assert (await bench.balance("BTC")).free == 10


@case("V407")
async def test_oco_purchase(bench: Bench) -> None:
    """Mirrored: the limit below the market, the stop above."""
    above = order(BUY, OrderType.STOP_LOSS_LIMIT, "1", stop_price="51000", price="51100", time_in_force=TimeInForce.GTC)
    below = order(BUY, OrderType.LIMIT_MAKER, "1", price="49000")
    placed = await bench.venue.place_list(NewOco(client_list_id=new_id(), above=above, below=below))
    await move(bench, 51_000)

    held = await members(bench, placed)
    assert (held[OrderType.STOP_LOSS_LIMIT].status, held[OrderType.LIMIT_MAKER].status) == (FILLED, EXPIRED)
    assert held[OrderType.STOP_LOSS_LIMIT].average_price == 51_010


@case("V408")
async def test_oto(bench: Bench) -> None:
    """The pending order is placed when the working one has filled."""
    working, pending = limit(BUY, "1", "49500"), limit(SELL, "1", "52000")
    placed = await bench.venue.place_list(NewOto(client_list_id=new_id(), working=working, pending=pending))
    waiting = await bench.venue.order(BTC, pending.client_order_id)
    await bench.steer.trade("49499")

    assert (placed.contingency, waiting.status) == (Contingency.OTO, OrderStatus.PENDING_NEW)
    assert (await bench.venue.order(BTC, working.client_order_id)).status is FILLED
    assert (await bench.venue.order(BTC, pending.client_order_id)).status is NEW


@case("V409")
async def test_cancelled_working_order(bench: Bench) -> None:
    """With the working order the pending one ends too."""
    working, pending = limit(BUY, "1", "49500"), limit(SELL, "1", "52000")
    await bench.venue.place_list(NewOto(client_list_id=new_id(), working=working, pending=pending))
    await bench.venue.cancel(BTC, working.client_order_id)

    assert not (await bench.venue.order(BTC, pending.client_order_id)).status.is_open
    assert list(await bench.venue.open_lists()) == []


@case("V410")
async def test_otoco(bench: Bench) -> None:
    """A purchase fills and its pair rests at once, so that the position is never without a stop."""
    placed = await bench.venue.place_list(entry())
    await bench.steer.trade("49499")

    held = await members(bench, placed)
    assert (held[OrderType.LIMIT].status, held[OrderType.LIMIT].average_price) == (FILLED, Decimal(49_500))
    assert (held[OrderType.LIMIT_MAKER].status, held[OrderType.STOP_LOSS].status) == (NEW, NEW)

    await move(bench, 48_990)
    held = await members(bench, placed)
    assert (held[OrderType.STOP_LOSS].status, held[OrderType.LIMIT_MAKER].status) == (FILLED, EXPIRED)


@case("V411")
async def test_otoco_partly_filled(bench: Bench) -> None:
    """While the working order is filled in part only, its pair waits."""
    placed = await bench.venue.place_list(entry())
    await bench.steer.trade("49499", "5")

    held = await members(bench, placed)
    assert held[OrderType.LIMIT].status is OrderStatus.PARTIALLY_FILLED
    assert held[OrderType.STOP_LOSS].status is OrderStatus.PENDING_NEW

    await bench.steer.trade("49499", "1000")
    assert (await members(bench, placed))[OrderType.STOP_LOSS].status is NEW


@case("V412")
async def test_otoco_that_fills_at_once(bench: Bench) -> None:
    """A working order that takes is protected when the answer comes."""
    placed = await bench.venue.place_list(entry(price="50010"))

    held = await members(bench, placed)
    assert held[OrderType.LIMIT].status is FILLED
    assert (held[OrderType.LIMIT_MAKER].status, held[OrderType.STOP_LOSS].status) == (NEW, NEW)


@case("V413")
async def test_lists_by_own_id(bench: Bench) -> None:
    """A list is found by our id; the open ones are listed oldest first."""
    first, second = await bench.venue.place_list(protection()), await bench.venue.place_list(protection("2"))

    assert [one.list_id for one in await bench.venue.open_lists()] == [first.list_id, second.list_id]
    assert (await bench.venue.order_list(second.client_list_id)).list_id == second.list_id


@case("V414")
async def test_a_partial_fill_ends_the_other_leg(bench: Bench) -> None:
    """As soon as the target has traded at all, the stop is gone."""
    placed = await bench.venue.place_list(protection())
    await bench.steer.trade("51001", "5")

    held = await members(bench, placed)
    assert held[OrderType.LIMIT_MAKER].status is OrderStatus.PARTIALLY_FILLED
    assert held[OrderType.STOP_LOSS].status is EXPIRED


@case("V415")
async def test_cancel_all_ends_lists_too(bench: Bench) -> None:
    """Orders of lists and single ones alike."""
    await bench.venue.place_list(protection())
    single = await bench.venue.place(limit(BUY, "1", "49000"))
    cancelled = await bench.venue.cancel_all(BTC)

    assert single.order_id in [one.order_id for one in cancelled]
    assert len(cancelled) == 3
    assert (await bench.venue.open_orders(), list(await bench.venue.open_lists())) == ([], [])


@case("V416")
async def test_protecting_what_was_bought(bench: Bench) -> None:
    """An OCO sells what a purchase has brought, commission taken off, to the last step."""
    bought = await bench.venue.place(market(BUY, "1"))
    received = bought.executed_quantity - sum((fill.commission for fill in bought.fills), Decimal(0))
    placed = await bench.venue.place_list(protection(str(received)))
    await move(bench, 48_990)

    assert (await members(bench, placed))[OrderType.STOP_LOSS].executed_quantity == Decimal("0.999")
