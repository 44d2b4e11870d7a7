"""What holds for any sequence of candles and signals."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.conftest import REPOSITORY
from tests.support.core import simulate
from tests.support.worlds import world
from tradingbot.domain import reasons
from tradingbot.domain.state import Records, frozen
from tradingbot.risk import refusals

SEEDS = st.integers(0, 2**32 - 1)


def content(table: NDArray[Any]) -> bytes:
    """The values of all fields; padding between them means nothing."""
    return b"".join(np.ascontiguousarray(table[name]).tobytes() for name in table.dtype.names or ())


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_money_is_conserved_to_the_cent(seed: int) -> None:
    """Equity is cash and dust; profits explain all of cash but what lies in dust; costs add up."""
    case = world(seed)
    done = simulate(case)
    dust = done.book.symbols.dust
    highest = np.nanmax(case.market.candles[1], axis=1)
    unexplained = case.cash + done.trades.pnl.sum() - done.account.cash

    assert done.account.equity == pytest.approx(done.account.cash + (dust * done.book.symbols.price).sum(), abs=0.005)
    assert -0.005 <= unexplained <= (dust * highest).sum() + 0.005
    assert (done.days.cash >= -0.005).all()
    assert done.account.fees == pytest.approx(done.trades.fees.sum(), abs=0.005)
    assert done.account.slippage == pytest.approx(done.trades.slippage.sum(), abs=0.005)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_without_dust_profit_is_exactly_the_change_of_cash(seed: int) -> None:
    """No filters, so nothing is left: initial cash + profits = final cash = final equity."""
    case = world(seed)
    free = case.terms.copy()
    free["min_notional"] = free["min_quantity"] = free["step_size"] = 0.0
    done = simulate(replace(case, terms=frozen(free)))

    assert done.account.cash == pytest.approx(case.cash + done.trades.pnl.sum(), abs=0.005)
    assert done.account.equity == pytest.approx(done.account.cash, abs=0.005)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_no_cap_is_ever_exceeded(seed: int) -> None:
    """Position, risk, count and entries a day stay within their limits at every entry."""
    case = world(seed, min_expected_value=-1.0)
    rules = case.rules[0]
    trades = simulate(case).trades

    assert (trades.notional <= rules.max_position * trades.equity_at_entry * (1.0 + 1e-9)).all()
    risk = np.where(trades.big_win, rules.big_win_factor, 1.0) * rules.risk_per_trade * trades.equity_at_entry
    assert (trades.notional * trades.stop_distance <= risk * (1.0 + 1e-9)).all()
    planned = trades.notional * trades.stop_distance
    assert (planned <= rules.max_trade_loss * trades.equity_at_entry).all()
    assert _most_open(trades) <= rules.max_positions
    first = case.market.start // case.market.step
    days = (trades.entry_index + first) // 24
    assert np.bincount(days).max(initial=0) <= rules.max_entries_day + rules.max_positions  # decided the evening before


def _most_open(trades: Records) -> int:
    moments = sorted([(t.exit_index, 0) for t in trades] + [(t.entry_index, 1) for t in trades])
    now = most = 0
    for _, entered in moments:
        now += 1 if entered else -1
        most = max(most, now)
    return most


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(200, 1_000))
def test_equity_never_depends_on_the_future(seed: int, cut: int) -> None:
    """Days before a cut are the same when all later candles and signals are others."""
    case = world(seed)
    columns = case.market.candles.copy()
    columns[:4, :, cut:] *= 0.5
    said = case.events[case.events["candle"] < cut].view(np.recarray)
    other = replace(case, market=case.market._replace(candles=frozen(columns)), events=frozen(said))
    before, after = simulate(case), simulate(other)
    end = case.market.start + cut * case.market.step
    known = before.days["time"] <= end

    assert content(before.days[known]) == content(after.days[after.days["time"] <= end])
    early = before.trades[before.trades["exit_index"] < cut - 1]
    assert content(early) == content(after.trades[after.trades["exit_index"] < cut - 1])


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_every_entry_asked_for_is_traded_or_refused(seed: int) -> None:
    """Signals = trades + refusals + purchases given up; an entry on the last candle is asked for too late."""
    case = world(seed)
    done = simulate(case)
    asked = int((case.events["enter"] & ~case.events["exit"]).sum())
    counted = len(done.trades) + int(done.output.refusals.sum())

    assert done.refused(refusals.NONE) == 0
    assert counted <= asked
    assert asked - counted <= 0.1 * asked


def digest(seeds: list[int]) -> str:
    """Of all outputs of some worlds."""
    found = hashlib.sha256()
    for seed in seeds:
        done = simulate(world(seed, 400))
        for table in (done.trades, done.days, done.latches, done.book.account, done.book.lanes, done.book.symbols):
            found.update(content(table))
        found.update(done.output.refusals.tobytes())
    return found.hexdigest()


def test_compiled_and_plain_runs_are_equal() -> None:
    """The same worlds in plain Python give the same bytes."""
    seeds = [1, 2, 3, 4, 5]
    code = f"import json; from tests.properties.test_core import digest; print(json.dumps(digest({seeds})))"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(REPOSITORY)}
    plain = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=REPOSITORY, capture_output=True, text=True, timeout=280
    )

    assert plain.returncode == 0, plain.stderr
    assert json.loads(plain.stdout) == digest(seeds)


def test_the_worlds_reach_the_rules() -> None:
    """Between them they meet the rules and the ways out, so the tests above mean something."""
    worlds = [simulate(world(seed)) for seed in range(30)]
    refused = {int(rule) for done in worlds for rule in np.flatnonzero(done.output.refusals.sum(axis=0))}
    closed = {int(reason) for done in worlds for reason in done.trades.reason}
    expected = set(range(refusals.DAY_BLOCKED, refusals.MIN_NOTIONAL + 1))
    unreachable = {refusals.ERROR_STORM, refusals.SPACING, refusals.NO_CASH, refusals.KELLY}

    assert refused >= expected - unreachable  # only live, on 1s candles, without caps, and with a negative value
    assert closed >= {*range(reasons.SIGNAL, reasons.DAILY_LOSS + 1), reasons.END} - {reasons.ROTATION}  # its own story
