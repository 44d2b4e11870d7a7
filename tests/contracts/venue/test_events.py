"""V7: what the account is told, in which order."""

from tests.support.bench import BTC, Bench, limit, market, new_id, order, quiet_price
from tests.support.cases import case
from tradingbot.exchange.events import BalancesEvent, ListEvent, OrderEvent, TransferEvent
from tradingbot.exchange.orders import (
    ExecutionType,
    ListStatus,
    NewOco,
    OrderListReport,
    OrderReport,
    OrderStatus,
    OrderType,
    Side,
)

BUY, SELL = Side.BUY, Side.SELL
Told = list[tuple[ExecutionType, OrderStatus]]


async def told_of(bench: Bench, report: OrderReport, count: int) -> list[OrderEvent]:
    """The first events of an order, once there are so many."""
    await bench.events.until(lambda: len(bench.events.about(report)) >= count)
    return bench.events.about(report)


def summary(events: list[OrderEvent]) -> Told:
    """What happened, and the state after it."""
    return [(event.execution, event.report.status) for event in events]


async def oco(bench: Bench) -> OrderListReport:
    """A target at 51,000 and a stop at 49,000."""
    above = order(SELL, OrderType.LIMIT_MAKER, "1", price="51000")
    below = order(SELL, OrderType.STOP_LOSS, "1", stop_price="49000")
    return await bench.venue.place_list(NewOco(client_list_id=new_id(), above=above, below=below))


@case("V701")
async def test_a_filled_order(bench: Bench) -> None:
    """NEW first, then one TRADE a fill, the last of them FILLED."""
    report = await bench.venue.place(market(BUY, "3"))

    assert summary(await told_of(bench, report, 3)) == [
        (ExecutionType.NEW, OrderStatus.NEW),
        (ExecutionType.TRADE, OrderStatus.PARTIALLY_FILLED),
        (ExecutionType.TRADE, OrderStatus.FILLED),
    ]


@case("V702", steered=False)
async def test_a_cancelled_order(bench: Bench) -> None:
    """NEW, then CANCELED with the order's own id and that of the request."""
    report = await bench.venue.place(limit(BUY, "0.001", await quiet_price(bench, BUY)))
    await bench.venue.cancel(BTC, report.client_order_id)

    events = await told_of(bench, report, 2)
    assert summary(events) == [
        (ExecutionType.NEW, OrderStatus.NEW),
        (ExecutionType.CANCELED, OrderStatus.CANCELED),
    ]
    assert events[1].report.client_order_id == report.client_order_id
    assert events[1].cancel_id not in (None, "", report.client_order_id)


@case("V703")
async def test_fills_agree(bench: Bench) -> None:
    """Each fill is told once, and stream, answer and question say the same of it."""
    report = await bench.venue.place(market(BUY, "3"))
    events = await told_of(bench, report, 3)

    told = [event.fill for event in events if event.fill]
    assert told == list(await bench.venue.fills(BTC, order_id=report.order_id))
    assert [(one.price, one.quantity, one.commission) for one in told] == [
        (one.price, one.quantity, one.commission) for one in report.fills
    ]


@case("V704")
async def test_balances_agree(bench: Bench) -> None:
    """What the stream says of an asset last is what a question says."""
    report = await bench.venue.place(market(BUY, "1"))
    await told_of(bench, report, 2)
    asked = {one.asset: one for one in await bench.venue.balances()}

    def last() -> dict[str, object]:
        return {one.asset: one for event in bench.events.of(BalancesEvent) for one in event.balances}

    await bench.events.until(lambda: last().get("BTC") == asked["BTC"] and last().get("USDT") == asked["USDT"])


@case("V705")
async def test_a_list_that_ends(bench: Bench) -> None:
    """The losing leg expires before the other trades; the list says that it is done."""
    placed = await oco(bench)
    await bench.steer.trade("51001")

    def lists() -> list[ListStatus]:
        return [one.report.status for one in bench.events.of(ListEvent) if one.report.list_id == placed.list_id]

    await bench.events.until(lambda: ListStatus.ALL_DONE in lists())
    ended = [one.execution for one in bench.events.of(OrderEvent)]
    assert lists()[0] is ListStatus.EXECUTING
    assert ended == [ExecutionType.NEW, ExecutionType.NEW, ExecutionType.EXPIRED, ExecutionType.TRADE]


@case("V706")
async def test_a_transfer(bench: Bench) -> None:
    """A deposit is told as one."""
    await bench.steer.transfer("USDT", "12.5")

    await bench.events.until(lambda: bench.events.of(TransferEvent))
    told = bench.events.of(TransferEvent)
    assert [(one.asset, str(one.change.normalize())) for one in told] == [("USDT", "12.5")]


@case("V707", steered=False)
async def test_execution_ids_rise(bench: Bench) -> None:
    """Each event of the account has a higher one than the event before."""
    price = await quiet_price(bench, BUY)
    for _ in range(3):
        report = await bench.venue.place(limit(BUY, "0.001", price))
        await bench.venue.cancel(BTC, report.client_order_id)
    await told_of(bench, report, 2)

    ids = [event.execution_id for event in bench.events.of(OrderEvent)]
    assert len(ids) == 6
    assert ids == sorted(set(ids))


@case("V708")
async def test_partial_fills(bench: Bench) -> None:
    """A resting order tells each of its fills with what has been executed so far."""
    report = await bench.venue.place(limit(BUY, "1", "49900"))
    await bench.steer.trade("49899", "5")
    await bench.steer.trade("49899", "1000")
    events = await told_of(bench, report, 3)

    executed = [event.report.executed_quantity for event in events]
    assert [status for _, status in summary(events)] == [
        OrderStatus.NEW,
        OrderStatus.PARTIALLY_FILLED,
        OrderStatus.FILLED,
    ]
    assert executed == [0, events[1].fill.quantity if events[1].fill else None, 1]


@case("V709")
async def test_an_expired_order(bench: Bench) -> None:
    """What a stop leaves behind and why is told as by the question."""
    placed = await oco(bench)
    await bench.steer.trade("51001")
    stop = next(one for one in placed.orders if one.type is OrderType.STOP_LOSS)
    events = await told_of(bench, stop, 2)

    assert summary(events)[-1] == (ExecutionType.EXPIRED, OrderStatus.EXPIRED)
    assert events[-1].report.expiry_reason == (await bench.now(stop)).expiry_reason
