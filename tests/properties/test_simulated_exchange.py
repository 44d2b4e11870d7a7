"""What holds at the simulated exchange for any sequence of orders and market moves."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.instruments import instrument
from tests.support.scripts import BALANCES, INSTRUMENTS, acts, costs, new_orders, played, prices, quantities, sides
from tests.support.simulated import Watched, limit, order
from tradingbot.domain.state import Bar
from tradingbot.engine.costs import CostSettings
from tradingbot.engine.match import LIMIT, MARKET, STOP, Order, match
from tradingbot.exchange.errors import Refused
from tradingbot.exchange.events import BalancesEvent, ListEvent, OrderEvent, TransferEvent
from tradingbot.exchange.instruments import Instrument
from tradingbot.exchange.orders import (
    NewOrder,
    OrderReport,
    OrderStatus,
    OrderType,
    Side,
    TimeInForce,
)
from tradingbot.exchange.simulated.market import Market

OPEN = {OrderStatus.PENDING_NEW, OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED}
MAY_FOLLOW: Mapping[OrderStatus, set[OrderStatus]] = {
    OrderStatus.PENDING_NEW: {
        OrderStatus.PENDING_NEW,
        OrderStatus.NEW,
        OrderStatus.CANCELED,
        OrderStatus.EXPIRED,
        OrderStatus.REJECTED,
    },
    OrderStatus.NEW: set(OrderStatus) - {OrderStatus.PENDING_NEW, OrderStatus.REJECTED},
    OrderStatus.PARTIALLY_FILLED: set(OrderStatus) - {OrderStatus.PENDING_NEW, OrderStatus.REJECTED, OrderStatus.NEW},
}


def transfers(world: Watched) -> dict[str, Decimal]:
    """What came from outside, by asset."""
    came: dict[str, Decimal] = defaultdict(Decimal)
    for event in world.of(TransferEvent):
        came[event.asset] += event.change
    return came


@settings(max_examples=150, deadline=None)
@given(acts, costs)
def test_assets_are_conserved_to_the_last_unit(script: list[Any], terms: CostSettings) -> None:
    """Initial + transfers + bought - sold - commissions = free + locked, exactly, and neither is ever negative."""

    def check(world: Watched) -> None:
        have = defaultdict(Decimal, BALANCES)
        for asset, change in transfers(world).items():
            have[asset] += change
        for fill in world.exchange.fills("BTCUSDT"):
            sign = 1 if fill.side is Side.BUY else -1
            have["BTC"] += sign * fill.quantity
            have["USDT"] -= sign * fill.value
            have[fill.commission_asset] -= fill.commission
        balances = {one.asset: one for one in world.exchange.balances()}
        for asset, total in have.items():
            assert total == (balances[asset].total if asset in balances else 0)
        assert all(one.free >= 0 and one.locked >= 0 for one in balances.values())

    played(script, terms, check)


def needed(report: OrderReport) -> Decimal:
    """What an order that has a price, or sells a quantity, must have locked."""
    left = report.quantity - report.executed_quantity - report.prevented_quantity
    if report.side is Side.SELL:
        return max(left, Decimal(0))
    return left * (report.price or report.stop_price)


def is_reckoned(report: OrderReport) -> bool:
    """Whether its lock rests on the market's price when it was placed, which its report does not state."""
    buys_at_market = report.side is Side.BUY and not report.price
    return bool(report.quote_quantity) or (buys_at_market and not report.stop_price)


@settings(max_examples=150, deadline=None)
@given(acts, costs)
def test_what_is_locked_is_what_open_orders_need(script: list[Any], terms: CostSettings) -> None:
    """Each order in force locks what is left of it, of a pair the dearer leg only; nothing else is locked."""

    def check(world: Watched) -> None:
        needs: dict[tuple[str, int], list[Decimal]] = defaultdict(list)
        reckoned: set[str] = set()
        for report in world.exchange.open_orders():
            if report.status is OrderStatus.PENDING_NEW:
                continue
            asset = "USDT" if report.side is Side.BUY else "BTC"
            key = -report.order_id if report.list_id < 0 or alone(world, report) else report.list_id
            needs[asset, key].append(needed(report))
            at_market = report.side is Side.BUY and not report.price and report.executed_quantity
            if is_reckoned(report) or at_market:
                reckoned.add(asset)
        for asset in ("USDT", "BTC"):
            total = sum((max(legs) for (owner, _), legs in needs.items() if owner == asset), Decimal(0))
            if asset not in reckoned:
                assert world.locked(asset) == total

    played(script, terms, check)


def alone(world: Watched, report: OrderReport) -> bool:
    """Whether it is the working order of an OTO."""
    found = world.exchange.order_list(list_id=report.list_id)
    return found.contingency.value == "OTO" and found.orders[0].order_id == report.order_id


some = new_orders((OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET, OrderType.STOP_LOSS_LIMIT))
all_there_is = st.sampled_from([limit(Side.SELL, 9, 95), limit(Side.SELL, 9, 102), limit(Side.BUY, 9, 100)])


@settings(max_examples=150, deadline=None)
@given(st.lists(some | all_there_is | prices, min_size=3, max_size=25), st.booleans())
def test_commissions_in_bnb_spare_what_orders_for_bnb_need(script: list[NewOrder | Decimal], as_quote: bool) -> None:
    """Where BNB itself is traded, as base or as quote, each open order keeps all it needs."""
    row = replace_asset(instrument("BTC", step="0.001"), as_quote=as_quote)
    terms = CostSettings(maker=0.01, taker=0.02, max_participation=0.5, pay_fees_in_bnb=True)
    world = Watched(terms, {row.quote_asset: Decimal(900), row.base_asset: Decimal(9)}, (row,))
    for act in (Decimal(100), *script):
        try:
            if isinstance(act, NewOrder):
                world.place(replace(act, symbol=row.symbol))
            else:
                world.exchange.trade(row.symbol, act, Decimal(3), world.later())
        except Refused:
            pass
        needs: dict[str, Decimal] = defaultdict(Decimal)
        for report in world.exchange.open_orders():
            needs[row.quote_asset if report.side is Side.BUY else row.base_asset] += needed(report)
        assert {one.asset: one.locked for one in world.exchange.balances() if one.locked} == {
            asset: need for asset, need in needs.items() if need
        }


def replace_asset(row: Instrument, *, as_quote: bool) -> Instrument:
    """BNB in place of one of its assets."""
    names = {"quote_asset": "BNB", "symbol": "BTCBNB"} if as_quote else {"base_asset": "BNB", "symbol": "BNBUSDT"}
    return msgspec.structs.replace(row, **names)


@settings(max_examples=150, deadline=None)
@given(acts, costs)
def test_the_events_rebuild_the_account(script: list[Any], terms: CostSettings) -> None:
    """Whoever only listens has the same orders, lists, trades and balances; every order walks an allowed path."""
    world = played(script, terms)
    orders: dict[int, OrderReport] = {}
    balances = dict(BALANCES)
    ids: list[int] = []
    trades: list[int] = []
    for event in world.told:
        if isinstance(event, OrderEvent):
            known = orders.get(event.report.order_id)
            if known is not None:
                assert event.report.status in MAY_FOLLOW[known.status]
            orders[event.report.order_id] = event.report
            ids.append(event.execution_id)
            if event.fill:
                trades.append(event.fill.trade_id)
        elif isinstance(event, BalancesEvent):
            balances.update({one.asset: one.total for one in event.balances})

    assert ids == list(range(1, len(ids) + 1))
    assert trades == [fill.trade_id for fill in world.exchange.fills("BTCUSDT")]
    for report in world.exchange.orders("BTCUSDT"):
        known = orders[report.order_id]
        assert (known.status, known.quantity, known.executed_quantity, known.executed_value, known.working_since) == (
            report.status,
            report.quantity,
            report.executed_quantity,
            report.executed_value,
            report.working_since,
        )
    assert {asset: total for asset, total in balances.items() if total} == {
        one.asset: one.total for one in world.exchange.balances()
    }
    lists = {event.report.list_id: event.report.status for event in world.of(ListEvent)}
    assert lists == {one.list_id: one.status for one in world.exchange.order_lists()}


@settings(max_examples=100, deadline=None)
@given(acts, costs)
def test_the_core_and_the_ledger_agree(script: list[Any], terms: CostSettings) -> None:
    """The record that `apply_fill` keeps has the ledger's balances to a billionth; its costs are the fills' own."""
    world = played(script, terms)
    figures = world.exchange.figures("USDT")
    totals = {one.asset: float(one.total) for one in world.exchange.balances()}
    worth = totals.get("BTC", 0.0) * float(world.exchange.last_price("BTCUSDT") or 0)
    worth += totals.get("BNB", 0.0) * 500.0
    fills = world.exchange.fills("BTCUSDT")

    assert figures.cash == pytest.approx(totals.get("USDT", 0.0), rel=1e-9, abs=1e-7)
    assert figures.equity == pytest.approx(totals.get("USDT", 0.0) + worth, rel=1e-9, abs=1e-7)
    assert figures.turnover == pytest.approx(float(sum(fill.value for fill in fills)), rel=1e-9)
    assert figures.slippage >= 0.0


@settings(max_examples=100, deadline=None)
@given(acts, costs)
def test_no_order_gets_more_than_it_asked_for(script: list[Any], terms: CostSettings) -> None:
    """Executed and prevented are within the quantity, fills within the limit; a finished list has no open order.

    No order waits for a working one that has ended, and none that is to fill whole or not at all fills in part.
    """

    def check(world: Watched) -> None:
        for one in world.exchange.open_lists():
            waiting = any(member.status is OrderStatus.PENDING_NEW for member in one.orders)
            assert not waiting or one.orders[0].status in OPEN

    world = played(script, terms, check)
    by_id = {report.order_id: report for report in world.exchange.orders("BTCUSDT")}
    for report in by_id.values():
        if report.quote_quantity:
            assert report.executed_value <= report.quote_quantity
        else:
            assert report.executed_quantity + report.prevented_quantity <= report.quantity
        if report.time_in_force is TimeInForce.FOK and report.executed_quantity:
            assert report.executed_quantity == report.quantity
    for fill in world.exchange.fills("BTCUSDT"):
        limit = by_id[fill.order_id].price
        assert not limit or (fill.price <= limit if fill.side is Side.BUY else fill.price >= limit)
    for one in world.exchange.order_lists():
        assert (one.status.value == "EXECUTING") == any(member.status in OPEN for member in one.orders)


@settings(max_examples=30, deadline=None)
@given(acts, costs)
def test_the_same_script_tells_the_same_story(script: list[Any], terms: CostSettings) -> None:
    """Time is handed in and nothing is drawn: two runs are equal event for event."""
    first = played(script, terms)

    assert first.told == played(script, terms).told


def test_the_scripts_reach_every_way_to_end() -> None:
    """So the properties above mean something: all states, and every reason the simulation has."""
    seen: Counter[str] = Counter()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None)
    @given(acts, costs)
    def play(script: list[Any], terms: CostSettings) -> None:
        world = played(script, terms)
        for report in world.exchange.orders("BTCUSDT"):
            seen.update((report.status.value, report.expiry_reason.value if report.expiry_reason else "-"))
        seen.update(f"{fill.is_maker} {fill.commission_asset}" for fill in world.exchange.fills("BTCUSDT"))

    play()
    ways = {
        *(status.value for status in OrderStatus),
        "OCO_TRIGGER",
        "OTO_PHASE_ONE_EXPIRED",
        "UNFILLED_IOC_QUANTITY_EXPIRED",
        "UNFILLED_FOK_ORDER_EXPIRED",
        "INSUFFICIENT_LIQUIDITY",
        *(f"{maker} {asset}" for maker in (True, False) for asset in ("BTC", "USDT", "BNB")),
    }
    assert ways - set(seen) == set()


KINDS = {OrderType.MARKET: MARKET, OrderType.LIMIT: LIMIT, OrderType.STOP_LOSS: STOP}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(list(KINDS)),
    sides,
    quantities,
    st.integers(1, 900),
    st.tuples(prices, prices, prices, prices),
    st.sampled_from([300.0, 3_000.0, 1e6]),
    costs,
)
def test_a_candle_fills_as_the_core_says(
    kind: OrderType,
    side: Side,
    quantity: Decimal,
    away: int,
    candle: tuple[Decimal, ...],
    volume: float,
    terms: CostSettings,
) -> None:
    """An order placed at a close of 100 gets of the next candle what `match` gives, rounded to step and tick."""
    world = Watched(terms, BALANCES, INSTRUMENTS)
    world.bar(100, 100, 100, 100)
    outside = (side is Side.SELL) == (kind is OrderType.LIMIT)
    price = 100 + Decimal(away if outside else -away) / 100
    numbers = {OrderType.LIMIT: {"price": price}, OrderType.STOP_LOSS: {"stop_price": price}}.get(kind, {})
    report = world.place(order(side, kind, quantity, **numbers))
    open_, close = float(candle[0]), float(candle[1])
    bar = Bar(open_, float(max(candle)), float(min(candle)), close, volume)
    world.bar(bar.open, bar.high, bar.low, bar.close, quote_volume=volume)

    market = Market(INSTRUMENTS[0], terms)
    room = terms.max_participation * volume if terms.max_participation else math.inf
    sign = 1 if side is Side.BUY else -1
    fill = match(Order(sign, KINDS[kind], float(quantity), 0.0, float(price)), bar, market.terms, room)
    found = world.look(report)
    if found.expiry_reason is None:  # no purchase that had become too dear
        assert float(found.executed_quantity) == pytest.approx(fill.quantity, abs=1e-9)
    if found.executed_quantity:
        worse = (float(found.average_price) - fill.price) * sign
        assert -1e-9 <= worse <= 0.01
