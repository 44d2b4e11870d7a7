"""Walking quiet candles gives what the full step on every candle gives, to the last digit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.test_core import content
from tests.support.core import Case, Done, event, events, flat, lanes, market, simulate
from tests.support.worlds import world
from tradingbot.domain import reasons
from tradingbot.domain.state import frozen
from tradingbot.domain.timeframe import DAY_MS, MINUTE_MS
from tradingbot.engine.book import new_book
from tradingbot.engine.outputs import new_output
from tradingbot.engine.run import Inputs, run


def in_full(case: Case) -> Done:
    """Run the core with the full step on every candle: an account that is said to hold dust never coasts."""
    symbols, candles = case.market.candles.shape[1:]
    book = new_book(case.cash, case.lanes.copy().view(np.recarray), symbols)
    book.account.dusty = True
    days = candles * case.market.step // DAY_MS + 2
    output = new_output(int(np.count_nonzero(case.events["enter"])), days, len(case.lanes))
    run(
        Inputs(
            case.market,
            case.detail,
            case.events,
            case.volatility,
            case.calendar,
            case.terms,
            case.rules,
            case.path,
        ),
        book,
        output,
    )
    return Done(book, output)


def state(done: Done) -> list[bytes]:
    """All that a run leaves behind, but for the flag that forbids coasting."""
    done.book.account.dusty = True
    tables = (done.trades, done.days, done.latches, done.book.account, done.book.lanes, done.book.symbols)
    return [*map(content, tables), done.output.refusals.tobytes(), done.book.expected.tobytes()]


def few_signals(seed: int, share: float) -> Case:
    """A world of which only a share of the signals is kept, without filters, so that no dust is left."""
    case = world(seed, daily_loss=0.03)
    said = case.events[np.random.default_rng(seed).random(len(case.events)) < share].view(np.recarray)
    free = case.terms.copy()
    free["min_notional"] = free["min_quantity"] = free["step_size"] = 0.0
    return replace(case, events=frozen(said), terms=frozen(free))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.01, 0.05, 0.3]), st.integers(1, 6))
def test_coasting_equals_the_full_step(seed: int, share: float, count: int) -> None:
    """For one lane and for several, with gaps, trailing stops, longest times, latches and all rules."""
    case = few_signals(seed, share)
    said = case.events[case.events["lane"] < count].view(np.recarray)
    case = replace(case, events=frozen(said))

    assert state(simulate(case)) == state(in_full(case))


@pytest.mark.parametrize("minutes", range(1, 9))
def test_the_longest_time_is_seen_at_every_candle(minutes: int) -> None:
    """Also at the last ones: bought in candle 1 of 8, sold at the open after its time is over, or at the end."""
    case = Case(market(flat(100.0, 8)), events(event(0, enter=True)), lanes(max_hold_ms=minutes * MINUTE_MS))
    done = simulate(case)

    assert state(done) == state(in_full(case))
    assert done.trades[0].reason == (reasons.HORIZON if minutes < 6 else reasons.END)
