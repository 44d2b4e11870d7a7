"""The terminal shows whole numbers, their provenance, and what a reader could miss."""

import io
import re
from dataclasses import replace

import polars as pl
import pytest
from rich.console import Console

from tests.support.results import synthetic_result
from tradingbot.analysis.result import CASES, RunResult
from tradingbot.analysis.summary import summarise
from tradingbot.analysis.terminal import MOST_OPEN, terminal_summary
from tradingbot.analysis.words import money, percent

RUN = replace(synthetic_result(), data="replay")


def shown(result: RunResult, width: int = 200) -> str:
    """What the terminal shows."""
    text = io.StringIO()
    Console(width=width, file=text).print(terminal_summary(result))
    return text.getvalue()


def test_the_first_line_says_where_the_figures_come_from() -> None:
    """Kind, run and candles."""
    assert shown(RUN).splitlines()[0] == f"BACKTEST {RUN.run_id} - recorded Binance candles, simulated fills"


@pytest.mark.parametrize("result", [RUN, replace(RUN, data="synthetic")], ids=["recorded", "synthetic"])
def test_no_number_is_cut_on_a_terminal_of_80_columns(result: RunResult) -> None:
    """Nothing ends in an ellipsis, narrower ones included, and the money of every group is there."""
    text = shown(result, 80)
    central = summarise(result.central, result)

    assert "…" not in text + shown(result, 50)
    assert max(len(line) for line in text.splitlines()) <= 80
    for one in (*central.by_symbol, *central.by_exit):
        assert money(one.pnl, signed=True) in text


def test_every_cost_case_is_beside_buy_and_hold() -> None:
    """One row of four final equities."""
    finals = [money(summarise(RUN.cases[name], RUN).account.final) for name in CASES]
    held = money(summarise(RUN.central, RUN).hold.final)

    assert re.search(r"\s+".join(["final equity", *map(re.escape, [*finals, held])]), shown(RUN))


def test_stops_gaps_and_the_deepest_drawdown_are_told() -> None:
    """With their amounts and dates."""
    central = summarise(RUN.central, RUN)
    text = shown(RUN)

    assert (
        f"{central.stops.stopped} trades were stopped below their entry; {percent(central.stops.came_back)} of them"
        in text
    )
    assert f"{central.stops.gaps} stops were jumped over by a gap: {money(central.stops.gap_loss)} USDT" in text
    assert f"{percent(central.drawdowns[0].depth)}, {money(central.drawdowns[0].amount)} USDT" in text


def test_positions_open_at_the_end_are_named_up_to_a_limit() -> None:
    """The rest are counted."""
    trades = RUN.central.trades
    ended = trades.with_columns(exit_reason=pl.lit("end"))
    many = replace(RUN, cases={name: replace(RUN.cases[name], trades=ended) for name in CASES})

    assert shown(RUN).count("Open at the end") == len(summarise(RUN.central, RUN).open_at_end)
    assert shown(many).count("Open at the end") == MOST_OPEN
    assert f"and {len(trades) - MOST_OPEN} more that were open at the end." in shown(many)


def test_every_year_is_told() -> None:
    """With its return."""
    years = ", ".join(f"{name} {percent(value, signed=True)}" for name, value in summarise(RUN.central, RUN).years)

    assert f"By year: {years}" in shown(RUN)
    assert "2023" in years
    assert "2024" in years


def test_limits_that_tripped_dust_and_notes_are_listed() -> None:
    """Each on its line."""
    dusty = replace(RUN.central, dust={"BTCUSDT": 0.00001})
    text = shown(replace(RUN, cases={**RUN.cases, "central": dusty}))

    assert "2023-01-02 00:00 daily_loss limit at 10,000.00" in text
    assert "Dust of BTCUSDT: 1e-05" in text
    assert RUN.notes[0] in text
