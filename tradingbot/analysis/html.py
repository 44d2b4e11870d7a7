"""One self-contained page: everything inline, nothing fetched, no script."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from tradingbot.analysis import words
from tradingbot.analysis.charts import Curves, main_charts, small_charts
from tradingbot.analysis.charts_trades import distribution_charts, period_charts, price_charts
from tradingbot.analysis.result import CASES, RunResult
from tradingbot.analysis.summary import headline, summarise

MOST_TRADES = 400
"""Trades listed on the page, newest first; all of them are in report.json."""

FILTERS = ("chance", "day", "interval", "minute", "money", "number", "percent")


def render_html(result: RunResult) -> str:
    """The report of a run; the same run gives the same page."""
    summaries = [summarise(result.cases[name], result) for name in CASES]
    central = summaries[CASES.index("central")]
    made = Curves.of(result)
    trades = result.central.trades.sort("exit_time", descending=True)
    page: str = (
        _environment()
        .get_template("report.html")
        .render(
            result=result,
            summaries=summaries,
            central=central,
            headline=headline(central, summaries),
            banner=words.banner(result),
            label=words.label(result),
            main_charts=main_charts(made),
            small_charts=small_charts(made, central),
            period_charts=period_charts(made, central),
            distribution_charts=distribution_charts(made, result),
            price_charts=price_charts(result),
            changes=market_changes(result),
            refusals=refusal_table(result.central.refusals),
            trades=trades.head(MOST_TRADES).to_dicts(),
            total_trades=len(trades),
            months=month_table(central.months),
            config=_config(result.config),
        )
    )
    return page


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tradingbot.analysis"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {name: getattr(words, name) for name in FILTERS}
    return environment


def _config(config: Mapping[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(config), indent=2).decode()


def month_table(months: Sequence[tuple[str, float]]) -> Mapping[str, Sequence[float | None]]:
    """Year -> return of its twelve months, None outside the run."""
    table: dict[str, list[float | None]] = {}
    for name, value in months:
        table.setdefault(name[:4], [None] * 12)[int(name[5:]) - 1] = value
    return table


def market_changes(result: RunResult) -> Mapping[str, float]:
    """What each symbol's price did from the first open to the last close of its chart, a fraction."""
    return {one.symbol: one.close[-1] / one.open[0] - 1.0 for one in result.prices if len(one.time)}


def refusal_table(refusals: pl.DataFrame) -> tuple[Sequence[str], Sequence[tuple[str, Sequence[int]]]]:
    """Strategies, and for each rule the refused entries of each strategy and their sum, most first."""
    strategies = sorted(set(refusals["strategy"].to_list()))
    counts: dict[str, dict[str, int]] = {}
    for strategy, rule, count in refusals.select("strategy", "rule", "count").iter_rows():
        of_rule = counts.setdefault(rule, dict.fromkeys(strategies, 0))
        of_rule[strategy] += count
    rows = [(rule, [*of_rule.values(), sum(of_rule.values())]) for rule, of_rule in counts.items()]
    return strategies, sorted(rows, key=lambda row: (-row[1][-1], row[0]))
