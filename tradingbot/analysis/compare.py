"""Two to six runs beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tradingbot.analysis.result import RunResult
from tradingbot.analysis.summary import summarise
from tradingbot.analysis.terminal import Labelled
from tradingbot.analysis.words import chance, day, interval, label, money, number, percent
from tradingbot.domain.errors import InputError

Compared = Mapping[str, Mapping[str, str]]

SAME = ("data", "symbols", "period", "base clock", "quote", "candles", "costs")
"""Rows that must be equal, or figures do not differ because of the strategies alone."""


def compare_runs(results: Sequence[RunResult]) -> Compared:
    """Central figures of each run by name; raises InputError for a run that is named twice."""
    compared = {result.run_id: _figures(result) for result in results}
    if len(compared) < len(results):
        raise InputError("run", "one is named twice", "Name different runs")
    return compared


def differences(compared: Compared) -> Sequence[str]:
    """The rows of SAME in which the runs are not equal."""
    return [row for row in SAME if len({figures[row] for figures in compared.values()}) > 1]


def _figures(result: RunResult) -> Mapping[str, Any]:
    one = summarise(result.central, result)
    return {
        "data": label(result) or result.data,
        "strategies": " ".join(spec["name"] for spec in result.config["strategies"]),
        "symbols": " ".join(result.config["symbols"]),
        "period": f"{day(result.start)} to {day(result.end)}",
        "base clock": result.base,
        "quote": result.quote,
        "costs": " ".join(f"{key}={value}" for key, value in result.central.costs.items()),
        "final equity": f"{money(one.account.final)} {result.quote}",
        "return": percent(one.account.total_return, signed=True),
        "Sharpe": number(one.account.sharpe),
        "95 % interval": interval(one.account.sharpe_low, one.account.sharpe_high),
        "above luck": chance(one.deflated_sharpe),
        "trials": str(one.trials),
        "max drawdown": percent(one.account.max_drawdown),
        "trades": str(one.trades.trades),
        "win rate": percent(one.trades.win_rate),
        "profit factor": number(one.trades.profit_factor),
        "fees": money(one.fees),
        "slippage": money(one.slippage),
        "buy-and-hold": percent(one.hold.total_return, signed=True),
        "candles": result.dataset_sha256[:10],
        "code": result.code_sha256[:10],
    }


def comparison_table(compared: Compared) -> RenderableType:
    """One column a run, named with its data, and a warning when they do not differ in their strategies alone."""
    table = Table(title="COMPARE (central costs)", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    for run in compared:
        table.add_column(f"{run} {compared[run]['data']}", justify="right", overflow="fold")
    for row in next(iter(compared.values())):
        table.add_row(row, *(figures[row] for figures in compared.values()))
    unequal = differences(compared)
    warning = [Text(f"Not like with like: the runs differ in {', '.join(unequal)}.")] if unequal else []
    shown = Group(table, *warning)
    synthetic = all(figures["data"] == "SYNTHETIC" for figures in compared.values())
    return Labelled(shown, "SYNTHETIC") if synthetic else shown
