"""Runs beside each other, with a warning when like is not compared with like."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from tests.support.results import synthetic_result
from tradingbot.analysis.compare import compare_runs, comparison_table, differences
from tradingbot.analysis.result import RunResult
from tradingbot.domain.errors import InputError

RUN = synthetic_result()


def shown(*results: RunResult) -> str:
    """The table at the usual width of a terminal."""
    text = io.StringIO()
    Console(width=80, file=text).print(comparison_table(compare_runs(results)))
    return text.getvalue()


def test_two_strategies_on_the_same_candles_are_like_with_like() -> None:
    """No warning."""
    other = replace(RUN, run_id="bt-other", config={**RUN.config, "strategies": [{"name": "other"}]})

    assert differences(compare_runs([RUN, other])) == []
    assert "Not like with like" not in shown(RUN, other)


def test_other_candles_or_another_period_are_warned_of() -> None:
    """The warning names what differs."""
    shorter = synthetic_result(days=200)

    assert differences(compare_runs([RUN, shorter])) == ["period", "candles"]
    assert "the runs differ in period, candles." in shown(RUN, shorter)


def test_synthetic_runs_are_labelled_on_every_line_and_beside_others_in_their_column() -> None:
    """A recorded run beside them is not called synthetic."""
    recorded = replace(RUN, run_id="bt-recorded", data="replay")

    assert all(line.startswith("SYNTHETIC") for line in shown(RUN, replace(RUN, run_id="bt-other")).splitlines())
    lines = shown(RUN, recorded).splitlines()
    assert not lines[0].startswith("SYNTHETIC")
    assert f"{RUN.run_id} SYNTHETIC" in lines[2]
    assert "bt-recorded replay" in lines[2]


def test_a_run_is_not_compared_with_itself() -> None:
    """Named twice, it would be one column."""
    with pytest.raises(InputError, match="named twice"):
        compare_runs([RUN, RUN])
