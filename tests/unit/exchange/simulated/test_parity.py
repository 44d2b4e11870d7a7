"""The backtest and the simulated exchange over the same candles: the same entry, the same exit, the same costs."""

from decimal import Decimal

import numpy as np
import pytest

from tests.support.core import Candle, Case, Done, event, events, lanes, market, rules, simulate, terms
from tests.support.instruments import instrument
from tests.support.simulated import SELL, Watched, maker, order, stop
from tradingbot.domain import reasons
from tradingbot.engine.costs import CostSettings
from tradingbot.exchange.orders import NewOrder, OrderStatus, OrderType, Side

COSTS = CostSettings()
STOP, TARGET = 0.05, 0.08
VOLUME = 1e8
NO_TICK = instrument(
    "BTC",
    filters=({"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "0", "stepSize": "0.001"},),
)


def candles(seed: int) -> list[Candle]:
    """A walk of one percent a candle, whose second candle, that of the entry, stands still."""
    random = np.random.default_rng(seed)
    rows: list[Candle] = [(100.0, 100.0, 100.0, 100.0), (100.0, 100.0, 100.0, 100.0)]
    for _ in range(300):
        open_ = rows[-1][3] * np.exp(random.normal(0.0, 0.004))
        close = open_ * np.exp(random.normal(0.0, 0.012))
        high = max(open_, close) * np.exp(abs(random.normal(0.0, 0.01)))
        low = min(open_, close) * np.exp(-abs(random.normal(0.0, 0.01)))
        rows.append((float(open_), float(high), float(low), float(close)))
    return rows


def backtested(rows: list[Candle]) -> Done:
    """The core buys at the open of the second candle and protects the position."""
    table = terms(
        maker=COSTS.maker,
        taker=COSTS.taker,
        half_spread=0.5e-4 * COSTS.spread_bps,
        slippage=1e-4 * COSTS.slippage_bps,
        impact=COSTS.impact,
        max_participation=COSTS.max_participation,
        step_size=0.001,
        min_quantity=0.001,
    )
    enter = event(0, enter=True, target=TARGET)
    lane = lanes(min_stop=STOP, max_stop=STOP)
    return simulate(Case(market(rows, volume=VOLUME), events(enter), lane, rules(max_position=0.5), table))


def traded(rows: list[Candle], value: Decimal) -> tuple[Watched, dict[str, NewOrder]]:
    """The same on the exchange: a market order of that value, then target and stop as a pair."""
    world = Watched(COSTS, {"USDT": Decimal(10_000), "BTC": Decimal(1)}, [NO_TICK])
    world.bar(*rows[0], quote_volume=VOLUME)
    entry = world.place(order(Side.BUY, OrderType.MARKET, quote_quantity=value))
    world.bar(*rows[1], quote_volume=VOLUME)
    bought = world.look(entry)
    average = float(bought.average_price)
    target = maker(SELL, str(bought.executed_quantity), f"{average * (1.0 + TARGET):.8f}")
    low = stop(SELL, str(bought.executed_quantity), f"{average * (1.0 - STOP):.8f}")
    world.oco(target, low)
    for row in rows[2:]:
        world.bar(*row, quote_volume=VOLUME)
    return world, {"target": target, "stop": low}


@pytest.mark.parametrize("seed", range(20))
def test_a_bracketed_trade_is_the_same_in_both(seed: int) -> None:
    """Entry price and quantity, which leg ended it, at which price, fees and slippage."""
    rows = candles(seed)
    done = backtested(rows)
    trade = done.trades[0]
    world, legs = traded(rows, Decimal(5_000))
    entry, *exits = world.exchange.fills("BTCUSDT")

    assert float(entry.price) == pytest.approx(trade.entry_price, rel=1e-9)
    assert float(entry.quantity) == pytest.approx(trade.quantity, rel=1e-9)
    name = "target" if trade.reason == reasons.TARGET else "stop"
    ended = world.exchange.order("BTCUSDT", client_order_id=legs[name].client_order_id)
    assert ended.status is OrderStatus.FILLED
    assert len(exits) == 1
    assert float(ended.average_price) == pytest.approx(trade.exit_price, rel=1e-8)
    figures = world.exchange.figures("USDT")
    assert figures.fees == pytest.approx(trade.fees, rel=1e-6)
    assert figures.slippage == pytest.approx(trade.slippage, rel=1e-4)


def test_the_walks_end_both_ways() -> None:
    """So the comparison above covers stop and target."""
    assert {int(backtested(candles(seed)).trades[0].reason) for seed in range(20)} >= {reasons.TARGET, reasons.STOP}
