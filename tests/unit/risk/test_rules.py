"""Each rule of the trading rules, with numbers worked by hand."""

import math

import numpy as np
import pytest

from tests.support.core import lanes, rules
from tradingbot.domain.state import STYLE_NAMES, SYMBOL, new_account, records
from tradingbot.risk import refusals
from tradingbot.risk.allocator import REMEMBERED, STYLE, StyleRecord, record_result, record_share
from tradingbot.risk.big_win import big_win_factor, rank_among
from tradingbot.risk.correlation import correlated_room
from tradingbot.risk.daily_loss import daily_loss_reached
from tradingbot.risk.drawdown import drawdown_reached
from tradingbot.risk.filters import ceil_to, floor_to
from tradingbot.risk.frequency import cooldown_until, frequency_refusal, take_order_slot
from tradingbot.risk.latches import latch_refusal
from tradingbot.risk.rotation import may_rotate
from tradingbot.risk.size import cap_value, kelly_value, risk_value
from tradingbot.risk.stops import first_stop_distance, trail
from tradingbot.risk.worth import expected_value, required_target

NOW = 1_704_067_200_000


@pytest.mark.parametrize(
    ("atr", "distance"), [(2.0, 0.04), (0.1, 0.005), (50.0, 0.15)], ids=["formula", "at least", "at most"]
)
def test_the_stop_is_two_atr_within_its_bounds(atr: float, distance: float) -> None:
    """clamp(2 x ATR / 100, 0.005, 0.15)."""
    lane = lanes(min_stop=0.005, max_stop=0.15, atr_multiple=2.0)[0]

    assert first_stop_distance(lane, 100.0, atr) == pytest.approx(distance)


def test_without_an_atr_no_stop_can_be_set() -> None:
    """NaN, which refuses the entry; a lane without stops says 0."""
    assert math.isnan(first_stop_distance(lanes(max_stop=0.1, atr_multiple=2.0)[0], 100.0, math.nan))
    assert first_stop_distance(lanes()[0], 100.0, math.nan) == 0.0


def test_the_stop_trails_only_after_one_stop_distance_of_profit() -> None:
    """Entry 100, s 0.04: at a high of 103.9 it stays, at 104 it is 2 ATR below, and it never moves down."""
    lane = lanes(atr_multiple=2.0, average=100.0, stop=96.0, stop_distance=0.04, highest=103.9)[0]
    trail(lane, rules(trail_after=1.0)[0], 2.0)
    assert (lane.stop, lane.trailing) == (96.0, False)

    lane.highest = 104.0
    trail(lane, rules(trail_after=1.0)[0], 2.0)
    assert (lane.stop, lane.trailing) == (100.0, True)

    trail(lane, rules(trail_after=1.0)[0], 9.0)
    assert lane.stop == 100.0


def test_a_trailing_stop_lies_on_the_price_grid() -> None:
    """104 less 2 x 1.03 is 101.94: with a tick of 0.25 it is 101.75, the next one below."""
    lane = lanes(atr_multiple=2.0, average=100.0, stop=96.0, stop_distance=0.04, highest=104.0, tick_size=0.25)[0]

    trail(lane, rules(trail_after=1.0)[0], 1.03)

    assert lane.stop == 101.75


def test_the_target_pays_costs_and_twice_the_risk() -> None:
    """b = 0.0025: max(0.0025 + 0.005, 2 x (0.02 + 0.0025) + 0.0025) = 0.0475; both sides net of costs."""
    assert required_target(rules(min_profit=0.005)[0], 2.0, 0.02, 0.0025) == pytest.approx(0.0475)
    assert required_target(rules(min_profit=0.005)[0], 2.0, 0.0, 0.0025) == pytest.approx(0.0075)
    assert required_target(rules()[0], 0.0, 0.02, 0.0025) == -math.inf


def test_expected_value_is_net_of_costs_on_both_sides() -> None:
    """0.4 x (0.05 - 0.0025) - 0.6 x (0.02 + 0.0025)."""
    assert expected_value(0.4, 0.05, 0.02, 0.0025) == pytest.approx(0.0055)
    assert math.isnan(expected_value(math.nan, 0.05, 0.02, 0.0025))


def test_size_loses_half_a_percent_at_the_stop() -> None:
    """0.005 x 10,000 / 0.02 = 2,500; doubled for a big win; at most 3 % with costs."""
    held = rules(risk_per_trade=0.005, max_trade_loss=0.03)[0]

    assert risk_value(held, 10_000.0, 0.02, 0.0025, 1.0) == pytest.approx(2_500.0)
    assert risk_value(held, 10_000.0, 0.02, 0.0025, 2.0) == pytest.approx(5_000.0)
    assert risk_value(rules(risk_per_trade=0.5, max_trade_loss=0.03)[0], 10_000.0, 0.02, 0.01, 1.0) == pytest.approx(
        10_000.0
    )


def test_the_position_cap_and_the_strategys_wish() -> None:
    """20 % of equity, or less when the strategy wants less."""
    held = rules(max_position=0.20)[0]

    assert cap_value(held, 10_000.0, math.nan) == pytest.approx(2_000.0)
    assert cap_value(held, 10_000.0, 0.05) == pytest.approx(500.0)


def test_a_quarter_of_kelly() -> None:
    """E x 0.25 x (0.5 / 0.02 - 0.5 / 0.04)."""
    assert kelly_value(rules(kelly_fraction=0.25)[0], 100.0, 0.5, 0.04, 0.02) == pytest.approx(312.5)


def test_a_big_win_needs_rank_and_the_days_profit() -> None:
    """Extra risk of 0.005 x 10,000 = 50 must have been earned today."""
    account, held = new_account(10_000.0)[0], rules(big_win_factor=2.0, big_win_rank=0.9, risk_per_trade=0.005)[0]
    assert big_win_factor(account, held, 0.95) == 1.0

    account.day_realised = 50.0
    assert big_win_factor(account, held, 0.95) == 2.0
    assert big_win_factor(account, held, 0.89) == 1.0


def test_a_rank_needs_enough_memories() -> None:
    """19 are too few, 20 are enough."""
    recent = np.arange(200.0)

    assert rank_among(recent, 19, 1e9) == 0.0
    assert rank_among(recent, 20, 10.0) == 0.5


@pytest.mark.parametrize(("price", "rotates"), [(99.71, False), (99.6, True), (99.49, False)])
def test_only_a_small_loss_may_be_rotated(price: float, *, rotates: bool) -> None:
    """Between -0.3 % and -0.5 %, for an expected value that is better by more than the margin."""
    held = rules(rotation_low=0.003, rotation_high=0.005, rotation_margin=0.005)[0]
    lane = lanes(quantity=1.0, average=100.0)[0]

    assert may_rotate(lane, held, price, 0.001, 0.0061) is rotates
    assert not may_rotate(lane, held, price, 0.001, 0.0059)
    assert not may_rotate(lane, held, price, math.nan, 1.0)


def test_what_moves_together_shares_one_cap() -> None:
    """40 % of 10,000 less 1,500 held in a coin that moves along; the other one does not count."""
    symbols = records(3, SYMBOL)
    symbols.price = (10.0, 20.0, 30.0)
    held = lanes(3, 3, quantity=100.0)
    held[0].quantity, held[1].quantity, held[2].quantity = 0.0, 75.0, 10.0
    together = np.array([[1.0, 0.9, 0.5], [0.9, 1.0, 0.5], [0.5, 0.5, 1.0]])
    room = correlated_room(rules(max_correlated=0.4, correlation=0.8)[0], 10_000.0, held, symbols, together, 0)

    assert room == pytest.approx(2_500.0)


def test_the_hundred_and_first_entry_of_a_day_is_refused() -> None:
    """At most 100 a UTC day."""
    account, held = new_account(1.0)[0], rules(max_entries_day=100)[0]
    account.entries_today = 99
    assert frequency_refusal(account, lanes()[0], held, NOW, NOW + 60_000) == refusals.NONE

    take_order_slot(account, held, NOW)
    assert frequency_refusal(account, lanes()[0], held, NOW, NOW + 60_000) == refusals.DAY_COUNT


def test_orders_are_five_seconds_apart() -> None:
    """Twelve fit into a minute, one into a second."""
    account, held = new_account(1.0)[0], rules(order_spacing_ms=5_000)[0]
    taken = 0
    while frequency_refusal(account, lanes()[0], held, NOW, NOW + 60_000) == refusals.NONE:
        take_order_slot(account, held, NOW)
        taken += 1

    assert taken == 12
    assert frequency_refusal(account, lanes()[0], held, NOW + 1_000, NOW + 2_000) == refusals.SPACING


def test_a_lane_cools_down_for_three_of_its_candles() -> None:
    """Stopped at NOW on an hourly lane: free again three hours later."""
    lane = lanes(timeframe_ms=3_600_000)[0]
    lane.cooldown_until = cooldown_until(lane, rules(cooldown_candles=3)[0], NOW)

    assert frequency_refusal(new_account(1.0)[0], lane, rules()[0], NOW + 10_799_999, NOW) == refusals.COOLDOWN
    assert frequency_refusal(new_account(1.0)[0], lane, rules()[0], NOW + 10_800_000, NOW) == refusals.NONE


def test_a_losing_day_blocks_the_next_entry() -> None:
    """An account 10 % below its opening equity may not enter."""
    account = new_account(10_000.0)[0]
    account.equity = 9_000.0

    assert daily_loss_reached(account, rules(daily_loss=0.10)[0])
    assert not drawdown_reached(account, rules(drawdown=0.25)[0])


@pytest.mark.parametrize("latch", ["emergency", "halted", "day_blocked", "error_storm"])
def test_every_latch_refuses_with_its_own_number(latch: str) -> None:
    """A latch that is set blocks entries."""
    account = new_account(1.0)[0]
    assert latch_refusal(account) == refusals.NONE

    account[latch] = True
    names = {"emergency": refusals.EMERGENCY, "halted": refusals.HALTED, "day_blocked": refusals.DAY_BLOCKED}
    assert latch_refusal(account) == names.get(latch, refusals.ERROR_STORM)


def test_a_style_without_an_edge_gets_none_then_half() -> None:
    """Twenty losing trades pause it for 30 days; after that it is on probation until it has a new record."""
    styles = len(STYLE_NAMES)
    record = StyleRecord(records(styles, STYLE), np.zeros((styles, REMEMBERED)))
    held = rules(allocator_trades=20, allocator_pause_ms=1_000)[0]
    for _ in range(20):
        assert record_share(record, held, 1, NOW) == 1.0
        record_result(record, held, 1, -0.1, NOW)

    assert record_share(record, held, 1, NOW + 999) == 0.0
    assert record_share(record, held, 1, NOW + 1_000) == 0.5
    assert record_share(record, held, 2, NOW) == 1.0
    for _ in range(20):
        record_result(record, held, 1, 0.1, NOW + 2_000)
    assert record_share(record, held, 1, NOW + 2_000) == 1.0


@pytest.mark.parametrize(
    ("value", "step", "floor", "ceil"), [(0.3, 0.1, 0.3, 0.3), (0.29, 0.1, 0.2, 0.3), (7.0, 0.0, 7.0, 7.0)]
)
def test_rounding_to_a_step(value: float, step: float, floor: float, ceil: float) -> None:
    """Binary fractions that mean the same are the same."""
    assert floor_to(value, step) == pytest.approx(floor)
    assert ceil_to(value, step) == pytest.approx(ceil)
