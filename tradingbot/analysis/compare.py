"""Two to six runs beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from tradingbot.analysis.result import RunResult
from tradingbot.analysis.summary import summarise
from tradingbot.analysis.words import day, label, money, number, percent

Compared = Mapping[str, Mapping[str, str]]


def compare_runs(results: Sequence[RunResult]) -> Compared:
    """Central figures of each run by name; runs on different data or in another currency are marked as such."""
    return {result.run_id: _figures(result) for result in results}


def _figures(result: RunResult) -> Mapping[str, Any]:
    one = summarise(result.central, result)
    return {
        "data": label(result) or result.data,
        "strategies": " ".join(spec["name"] for spec in result.config["strategies"]),
        "symbols": str(len(result.config["symbols"])),
        "period": f"{day(result.start)} to {day(result.end)}",
        "base clock": result.base,
        "final equity": f"{money(one.account.final)} {result.quote}",
        "return": percent(one.account.total_return, signed=True),
        "Sharpe": number(one.account.sharpe),
        "95 % interval": f"{number(one.account.sharpe_low)} to {number(one.account.sharpe_high)}",
        "above luck": percent(one.deflated_sharpe, 0),
        "max drawdown": percent(one.account.max_drawdown),
        "trades": str(one.trades.trades),
        "win rate": percent(one.trades.win_rate),
        "profit factor": number(one.trades.profit_factor),
        "fees": money(one.fees),
        "buy-and-hold": percent(one.hold.total_return, signed=True),
        "candles": result.dataset_sha256[:10],
        "code": result.code_sha256[:10],
    }


def comparison_table(compared: Compared) -> Table:
    """One column a run."""
    table = Table(title="COMPARE (central costs)", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    for run in compared:
        table.add_column(run, justify="right")
    for row in next(iter(compared.values())):
        table.add_row(row, *(figures[row] for figures in compared.values()))
    return table
