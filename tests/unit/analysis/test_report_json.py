"""report.json holds what the page shows, as plain values."""

import json

import msgspec
import pytest

from tests.support.results import synthetic_result
from tradingbot.analysis.report_json import to_json
from tradingbot.analysis.result import Trials
from tradingbot.analysis.summary import summarise

RUN = synthetic_result(seed=4, days=60)
HELD = json.loads(msgspec.json.encode(to_json(RUN)))


def test_every_curve_and_refusal_is_there() -> None:
    """Equity and buy-and-hold day by day; refusals that add up to the summary's."""
    assert [row["equity"] for row in HELD["buy_and_hold_equity"]] == pytest.approx(RUN.benchmark["equity"].to_list())
    assert len(HELD["equity"]) == len(HELD["buy_and_hold_equity"]) == 60
    assert sum(row["count"] for row in HELD["refusals"]) == sum(n for _, n in summarise(RUN.central, RUN).refusals)


def test_what_the_trials_were_judged_by_is_there() -> None:
    """Their number and the variance of their ratios; unknown is null, never 0."""
    alone = synthetic_result(seed=4, days=60, trials=Trials(1, float("nan")))

    assert HELD["trials"] == {"count": 12, "sharpe_variance": 0.002}
    assert json.loads(msgspec.json.encode(to_json(alone)))["trials"] == {"count": 1, "sharpe_variance": None}


def test_every_case_has_its_costs_and_figures() -> None:
    """Three cases, each with what it assumed."""
    assert [HELD["cases"][name]["costs"]["slippage_bps"] for name in RUN.cases] == pytest.approx([0.0, 2.0, 10.0])
    assert HELD["cases"]["central"]["trades"]["trades"] == len(HELD["trades"])
