"""What may be done to a simulated exchange, at random: orders, lists, moves of the market, changes."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.support.instruments import instrument
from tests.support.simulated import Watched, order
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.errors import Refused
from tradingbot.exchange.orders import (
    NewOco,
    NewOrder,
    NewOto,
    NewOtoco,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)

BALANCES = {"USDT": Decimal(5_000), "BTC": Decimal(20), "BNB": Decimal(1)}
INSTRUMENTS = (
    instrument(
        "BTC",
        step="0.001",
        allowed_self_trade_prevention_modes=tuple(SelfTradePrevention),
    ),
    instrument("BNB", step="0.001"),
)

prices = (st.integers(9_000, 11_000) | st.integers(9_900, 10_100)).map(lambda cents: Decimal(cents) / 100)
quantities = st.integers(60, 8_000).map(lambda mills: Decimal(mills) / 1000)
sides = st.sampled_from(list(Side))
deltas = st.none() | st.integers(10, 900)


@st.composite
def new_orders(draw: st.DrawFn, kinds: tuple[OrderType, ...] = tuple(OrderType), side: Side | None = None) -> NewOrder:
    """Any order that says what its type must say."""
    kind = draw(st.sampled_from(kinds))
    side = side or draw(sides)
    values: dict[str, Any] = {"self_trade_prevention": draw(st.none() | st.sampled_from(list(SelfTradePrevention)))}
    if kind in (OrderType.LIMIT, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT):
        values["time_in_force"] = draw(st.sampled_from(list(TimeInForce)))
    if kind in (OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.STOP_LOSS_LIMIT, OrderType.TAKE_PROFIT_LIMIT):
        values["price"] = draw(prices)
    if kind not in (OrderType.LIMIT, OrderType.LIMIT_MAKER, OrderType.MARKET):
        values["trailing_delta"] = draw(deltas)
        values["stop_price"] = draw(prices if values["trailing_delta"] is None else st.none() | prices)
    if kind is OrderType.MARKET and draw(st.booleans()):
        return order(side, kind, quote_quantity=draw(st.integers(6, 900)), **values)
    return order(side, kind, draw(quantities), **values)


@st.composite
def pairs(draw: st.DrawFn, side: Side | None = None) -> tuple[NewOrder, NewOrder]:
    """Two legs, above and below, of types that go together."""
    side = side or draw(sides)
    stops = draw(new_orders((OrderType.STOP_LOSS, OrderType.STOP_LOSS_LIMIT), side))
    others = draw(new_orders((OrderType.LIMIT_MAKER, OrderType.TAKE_PROFIT, OrderType.TAKE_PROFIT_LIMIT), side))
    legs = [stops, others] if side is Side.BUY else [others, stops]
    quantity = draw(quantities)
    above, below = (replace(leg, quantity=quantity) for leg in legs)
    return above, below


@st.composite
def placings(draw: st.DrawFn) -> Callable[[Watched], object]:
    """Place an order or a list."""
    kind = draw(st.sampled_from(["order", "order", "order", "oco", "oto", "otoco"]))
    if kind == "order":
        one = draw(new_orders())
        return lambda world: world.place(one)
    working = draw(new_orders((OrderType.LIMIT, OrderType.LIMIT_MAKER)))
    name = working.client_order_id
    if kind == "oto":
        pending = draw(new_orders())
        return lambda world: world.exchange.place_list(
            NewOto(client_list_id=name, working=working, pending=pending), world.later()
        )
    above, below = draw(pairs())
    if kind == "oco":
        return lambda world: world.exchange.place_list(
            NewOco(client_list_id=name, above=above, below=below), world.later()
        )
    return lambda world: world.exchange.place_list(
        NewOtoco(client_list_id=name, working=working, above=above, below=below), world.later()
    )


@st.composite
def moves(draw: st.DrawFn) -> Callable[[Watched], object]:
    """A trade, a candle or a book."""
    kind = draw(st.sampled_from(["trade", "bar", "book"]))
    price = draw(prices)
    if kind == "trade":
        quantity = draw(st.integers(1, 200))
        return lambda world: world.trade(str(price), quantity)
    if kind == "bar":
        others = draw(st.tuples(prices, prices, prices))
        every = [float(one) for one in (price, *others)]
        volume = draw(st.sampled_from([0.0, 500.0, 5_000.0, 1e6]))
        return lambda world: world.bar(every[0], max(every), min(every), every[1], quote_volume=volume)
    sizes = draw(st.lists(st.integers(1, 9), min_size=0, max_size=3))
    step = draw(st.integers(1, 30))
    bids = [(str(price - Decimal(step * (n + 1)) / 100), str(size)) for n, size in enumerate(sizes)]
    asks = [(str(price + Decimal(step * (n + 1)) / 100), str(size)) for n, size in enumerate(sizes)]
    return lambda world: world.book(bids, asks)


@st.composite
def changes(draw: st.DrawFn) -> Callable[[Watched], object]:
    """Cancel, amend, deposit."""
    kind = draw(st.sampled_from(["cancel", "cancel_list", "cancel_all", "amend", "transfer"]))
    number = draw(st.integers(1, 12))
    if kind == "cancel":
        return lambda world: world.exchange.cancel("BTCUSDT", world.later(), order_id=number, cancel_id="c")
    if kind == "cancel_list":
        return lambda world: world.exchange.cancel_list("BTCUSDT", world.later(), list_id=number, cancel_id="c")
    if kind == "cancel_all":
        return lambda world: world.exchange.cancel_all("BTCUSDT", world.later(), "c")
    if kind == "amend":
        quantity = draw(quantities)
        return lambda world: world.exchange.amend(
            "BTCUSDT", world.later(), order_id=number, new_client_order_id=f"amended-{number}", quantity=quantity
        )
    asset, change = draw(st.sampled_from(["USDT", "BTC", "BNB"])), Decimal(draw(st.integers(-50, 50)))
    return lambda world: world.exchange.transfer(asset, change, world.later())


@st.composite
def meetings(draw: st.DrawFn) -> Callable[[Watched], object]:
    """An order, and one on the other side at its price."""
    side, price = draw(sides), draw(prices)
    mode = draw(st.none() | st.sampled_from(list(SelfTradePrevention)))
    resting = order(side, OrderType.LIMIT, draw(quantities), price=price)
    other = Side.SELL if side is Side.BUY else Side.BUY
    taking = order(other, OrderType.LIMIT, draw(quantities), price=price, self_trade_prevention=mode)

    def act(world: Watched) -> None:
        world.place(resting)
        with suppress(Refused):
            world.place(taking)

    return act


@st.composite
def occasions(draw: st.DrawFn) -> Callable[[Watched], object]:
    """A market order for more than the book has, or a pair of which the market then reaches a leg."""
    quantity, side = draw(quantities), draw(sides)
    taking = order(side, OrderType.MARKET, quantity)
    target = order(Side.SELL, OrderType.LIMIT_MAKER, quantity, price=112)
    low = order(Side.SELL, OrderType.STOP_LOSS, quantity, stop_price=88)
    reached = draw(st.sampled_from(["", "87", "113"]))

    def act(world: Watched) -> None:
        if reached:
            world.oco(target, low, target.client_order_id)
            world.trade(reached)
            return
        world.book([("99.90", "0.05")], [("100.10", "0.05")])
        with suppress(Refused):
            world.place(taking)

    return act


acts = st.lists(placings() | placings() | moves() | changes() | meetings() | occasions(), min_size=5, max_size=40)
costs = st.sampled_from(
    [
        CostSettings(),
        CostSettings(maker=0.0005, taker=0.002, max_participation=0.5, pay_fees_in_bnb=True),
        CostSettings(maker=0.0, taker=0.0, spread_bps=0.0, slippage_bps=0.0, impact=0.0, max_participation=0.0),
    ]
)


def played(
    script: list[Callable[[Watched], object]], terms: CostSettings, check: Callable[[Watched], None] | None = None
) -> Watched:
    """A market at 100, BNB at 500, and what the script does to it; what the exchange refuses does nothing."""
    world = Watched(terms, BALANCES, INSTRUMENTS)
    world.trade(500, symbol="BNBUSDT")
    world.trade(100)
    for act in script:
        before = len(world.told)
        try:
            act(world)
        except Refused:
            assert len(world.told) == before
        if check is not None:
            check(world)
    return world
