"""The life of a trade in the core: one small story each."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.support.core import Candle, Case, Done, event, events, flat, lanes, market, rules, simulate, terms
from tradingbot.domain import reasons
from tradingbot.domain.state import frozen
from tradingbot.domain.timeframe import DAY_MS, HOUR_MS, MINUTE_MS
from tradingbot.engine.inputs import Detail
from tradingbot.engine.intrabar import PATH_DETAIL_THEN_STOP, PATH_DETAIL_THEN_TARGET
from tradingbot.risk import refusals

BUY = event(0, enter=True)
STOPPED: dict[str, Any] = {"min_stop": 0.05, "max_stop": 0.05}


def story(candles: Sequence[Candle | None], *said: dict[str, Any], **lane: Any) -> Done:
    """A lane that buys at the second candle's open, unless told otherwise."""
    return simulate(Case(market(candles), events(*(said or (BUY,))), lanes(**lane)))


def test_a_signal_is_filled_at_the_next_open() -> None:
    """Known at the close of candle 0, bought at the open of candle 1, sold at the open of candle 3."""
    done = story([(1, 1, 1, 1), (2, 2, 2, 2), (3, 3, 3, 3), (4, 4, 4, 4)], BUY, event(2, exit=True))

    trade = done.trades[0]
    assert (trade.entry_index, trade.entry_price, trade.exit_index, trade.exit_price) == (1, 2.0, 3, 4.0)
    assert trade.reason == reasons.SIGNAL
    assert done.account.cash == pytest.approx(20_000.0)


def test_an_exit_wins_over_an_entry_of_the_same_candle() -> None:
    """Nothing is bought."""
    assert len(story(flat(1.0, 3), event(0, enter=True, exit=True)).trades) == 0


def test_a_stop_is_hit_inside_the_candle_of_the_entry() -> None:
    """Protection rests from the fill on."""
    done = story([(100, 100, 100, 100), (100, 101, 94, 99), (99, 99, 99, 99)], **STOPPED)

    assert (done.trades[0].reason, done.trades[0].exit_price) == (reasons.STOP, 95.0)


def test_a_gap_through_the_stop_is_counted() -> None:
    """Opens at 90 below the stop of 95: sold at 90, and 5 a coin are lost beyond the stop."""
    done = story([(100, 100, 100, 100), (100, 100, 100, 100), (90, 92, 88, 91), (91, 91, 91, 91)], **STOPPED)

    trade = done.trades[0]
    assert trade.exit_price == 90.0
    assert trade.gap_loss == pytest.approx(trade.quantity * 5.0)


BOTH: list[Candle] = [(100, 100, 100, 100), (100, 100, 100, 100), (100, 111, 94, 100), (100, 100, 100, 100)]
TEN_UP = event(0, enter=True, target=0.10)


def test_with_stop_and_target_in_one_candle_the_stop_came_first() -> None:
    """The pessimistic reading, when nothing finer is known."""
    assert story(BOTH, TEN_UP, **STOPPED).trades[0].reason == reasons.STOP


def test_an_open_beyond_the_target_came_before_the_stop() -> None:
    """The resting limit order was filled at the open already, at its own price."""
    rows = [*BOTH[:2], (112, 113, 94, 100), BOTH[3]]

    trade = story(rows, TEN_UP, **STOPPED).trades[0]
    assert (trade.reason, trade.exit_price) == (reasons.TARGET, pytest.approx(110.0))


@pytest.mark.parametrize(
    ("first", "path", "reason"),
    [
        ("up", PATH_DETAIL_THEN_STOP, reasons.TARGET),
        ("down", PATH_DETAIL_THEN_STOP, reasons.STOP),
        ("down", PATH_DETAIL_THEN_TARGET, reasons.STOP),
        ("none", PATH_DETAIL_THEN_STOP, reasons.STOP),
        ("none", PATH_DETAIL_THEN_TARGET, reasons.TARGET),
    ],
)
def test_finer_candles_decide_what_came_first(first: str, path: int, reason: int) -> None:
    """Two finer candles a candle: one reaches the target, the other the stop."""
    up, down, quiet = (100.0, 111.0, 100.0), (100.0, 100.0, 94.0), (100.0, 100.0, 100.0)
    unknown = (math.nan, math.nan, math.nan)
    inside = {"up": [up, down], "down": [down, up], "none": [unknown, unknown]}[first]
    finer = np.array([*[quiet] * 4, *inside, quiet, quiet]).T[:, None, :]
    case = Case(market(BOTH), events(TEN_UP), lanes(**STOPPED), detail=Detail(2, frozen(finer)), path=path)

    assert simulate(case).trades[0].reason == reason


def test_a_target_touched_is_not_filled() -> None:
    """The high equals the target."""
    rows = [*BOTH[:2], (100, 110, 99, 100), BOTH[3]]

    assert story(rows, event(0, enter=True, target=0.10), **STOPPED).trades[0].reason == reasons.END


def test_what_is_open_at_the_end_is_sold_with_costs() -> None:
    """Last price 110 less 0.1 % fee."""
    done = simulate(Case(market([*flat(100.0, 2), *flat(110.0, 2)]), events(BUY), terms=terms(taker=0.001)))

    quantity = done.trades[0].quantity
    assert done.trades[0].reason == reasons.END
    assert done.account.cash == pytest.approx(10_000.0 + quantity * 10.0 - quantity * 210.0 * 0.001)


def test_large_orders_are_filled_over_several_candles() -> None:
    """10,000 quote with 10 % of 20,000 a candle takes five candles, and the stop protects the part at once."""
    done = simulate(Case(market(flat(100.0, 8), volume=20_000.0), events(BUY), terms=terms(max_participation=0.10)))

    assert done.trades[0].quantity == pytest.approx(20.0)  # decided for at most one candle's share


def test_a_sale_takes_what_the_candle_gives_and_goes_on() -> None:
    """20 coins are sold in two candles when volume halves."""
    rows = market(flat(100.0, 8), volume=20_000.0)
    columns = rows.candles.copy()
    columns[4, 0, 4:] = 10_000.0
    done = simulate(
        Case(
            rows._replace(candles=frozen(columns)),
            events(BUY, event(3, exit=True)),
            terms=terms(max_participation=0.10),
        )
    )

    assert (done.trades[0].entry_index, done.trades[0].exit_index) == (1, 5)


def test_a_missing_candle_neither_fills_nor_marks() -> None:
    """A sale waits for the next candle; equity stays at the last price meanwhile."""
    rows: list[Candle | None] = [*flat(100.0, 2), (120, 120, 120, 120), None, (80, 80, 80, 80), (80, 80, 80, 80)]
    done = story(rows, BUY, event(2, exit=True))

    assert (done.trades[0].exit_index, done.trades[0].exit_price) == (4, 80.0)


def test_a_purchase_is_given_up_when_its_candle_is_missing() -> None:
    """Its price would be another market's."""
    rows: list[Candle | None] = [*flat(100.0, 1), None, *flat(100.0, 3)]

    assert len(story(rows, BUY).trades) == 0


def test_a_trailing_stop_follows_the_high_and_never_falls() -> None:
    """After 5 % of profit the stop is 5 % of the entry price below the highest high."""
    rows = [*flat(100.0, 2), (100, 120, 100, 118), (118, 119, 116, 117), (117, 117, 110, 112), *flat(112.0, 1)]
    case = Case(market(rows), events(BUY), lanes(**STOPPED), rules(trail_after=1.0))

    trade = simulate(case).trades[0]
    assert (trade.reason, trade.exit_price) == (reasons.TRAILING, pytest.approx(115.0))


def test_a_lane_sells_what_it_has_held_for_its_longest_time() -> None:
    """Two minutes after the entry."""
    trade = story(flat(100.0, 8), BUY, max_hold_ms=2 * MINUTE_MS).trades[0]

    assert (trade.reason, trade.exit_index) == (reasons.HORIZON, 4)


def test_the_daily_loss_limit_closes_everything_until_midnight() -> None:
    """A fall of 12 % trips it; an entry is refused that day and taken the next."""
    hours = [*flat(100.0, 2), *flat(88.0, 22), *flat(88.0, 24)]
    said = events(BUY, event(10, enter=True), event(30, enter=True))
    lane = lanes(timeframe_ms=HOUR_MS)
    done = simulate(Case(market(hours, step=HOUR_MS), said, lane, rules(daily_loss=0.10)))

    assert [trade.reason for trade in done.trades] == [reasons.DAILY_LOSS, reasons.END]
    assert done.refused(refusals.DAY_BLOCKED) == 1
    assert done.latches[0].reason == reasons.DAILY_LOSS


def test_the_drawdown_limit_halts_for_good() -> None:
    """Only a person releases it: the entry of the next day is refused too."""
    hours = [*flat(100.0, 2), *flat(70.0, 46)]
    done = simulate(Case(market(hours, step=HOUR_MS), events(BUY, event(40, enter=True)), rules=rules(drawdown=0.25)))

    assert [trade.reason for trade in done.trades] == [reasons.DRAWDOWN]
    assert done.refused(refusals.HALTED) == 1


def test_entries_are_taken_by_strength() -> None:
    """With one free place the stronger of two gets it, and the other is counted."""
    said = events(event(0, 0, enter=True, strength=1.0), event(0, 1, enter=True, strength=2.0))
    case = Case(
        market(flat(1.0, 4), flat(1.0, 4)), said, lanes(2, 2), rules(max_positions=1, max_position=0.5), terms(2)
    )

    done = simulate(case)
    assert [trade.lane for trade in done.trades] == [1]
    assert done.refused(refusals.MAX_POSITIONS) == 1


def test_what_cannot_be_sold_becomes_dust() -> None:
    """After a fall the position is below the minimum notional."""
    rows = [*flat(100.0, 2), *flat(50.0, 4)]
    done = simulate(
        Case(market(rows), events(BUY, event(3, exit=True)), cash=15.0, terms=terms(min_notional=10.0, step_size=0.01))
    )

    assert done.trades[0].reason == reasons.DUST
    assert done.book.symbols[0].dust == pytest.approx(0.15)
    assert done.account.equity == pytest.approx(7.5)


def test_days_end_at_midnight_utc() -> None:
    """Three rows for two and a half days."""
    done = simulate(Case(market(flat(1.0, 60), step=HOUR_MS), events()))

    assert [int(day.time) % DAY_MS for day in done.days] == [0, 0, 12 * HOUR_MS]
    assert (done.days.equity == 10_000.0).all()


def test_a_small_loss_is_rotated_for_a_better_chance() -> None:
    """A position 0.4 % under water with a poor forecast makes room for an entry worth 2.5 % more."""
    rows = [*flat(100.0, 2), *flat(99.6, 6)]
    poor = event(0, 0, enter=True, probability=0.4, target=0.10)
    better = event(3, 1, enter=True, probability=0.9, target=0.10)
    held = rules(max_positions=1, rotation_low=0.003, rotation_high=0.005, rotation_margin=0.005)
    done = simulate(Case(market(rows, rows), events(poor, better), lanes(2, 2, **STOPPED), held, terms(2)))

    assert [(trade.lane, trade.reason) for trade in done.trades] == [(0, reasons.ROTATION)]
    assert done.refused(refusals.MAX_POSITIONS) == 1
