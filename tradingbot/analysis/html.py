"""One self-contained page: everything inline, nothing fetched, no script."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import polars as pl
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from tradingbot.analysis import svg, words
from tradingbot.analysis.drawdown import underwater
from tradingbot.analysis.result import CASES, PriceSeries, RunResult
from tradingbot.analysis.returns import DAYS_A_YEAR, daily_returns
from tradingbot.analysis.summary import Summary, headline, summarise
from tradingbot.domain.candles import FloatColumn

MOST_TRADES = 400
"""Trades listed on the page, newest first; all of them are in report.json."""

ROLLING_DAYS = 90
BINS = 40


def render_html(result: RunResult) -> str:
    """The report of a run; the same run gives the same page."""
    environment = Environment(
        loader=PackageLoader("tradingbot.analysis"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {name: getattr(words, name) for name in ("number", "percent", "money", "day", "minute")}
    summaries = [summarise(result.cases[name], result) for name in CASES]
    central = summaries[CASES.index("central")]
    trades = result.central.trades.sort("exit_time", descending=True)
    return environment.get_template("report.html").render(
        result=result,
        summaries=summaries,
        central=central,
        headline=headline(central),
        banner=words.banner(result),
        label=words.label(result),
        charts=_charts(result, central),
        prices=[(series, price_figure(result, series)) for series in result.prices if len(series.time) > 1],
        trades=trades.head(MOST_TRADES).to_dicts(),
        total_trades=len(trades),
        months=month_table(central.months),
        config=_config(result.config),
    )


def _config(config: Mapping[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(config), indent=2).decode()


def _dates(times: Sequence[int]) -> list[str]:
    return [words.day(times[k]) for k in (0, len(times) // 2, len(times) - 1)]


def _charts(result: RunResult, central: Summary) -> Mapping[str, Markup]:
    """All charts by name; inline SVG that this package made."""
    equity = result.central.equity["equity"].to_numpy()
    held = result.benchmark["equity"].to_numpy()
    times = result.central.equity["time"].to_list()
    dates = _dates(times)
    initial = result.initial_equity
    returns, hold_returns = daily_returns(equity, initial), daily_returns(held, initial)
    made = {
        "equity": svg.line_chart(
            "Equity",
            f"Equity at day ends in {result.quote}: {equity[-1]:,.2f} at the end; buy-and-hold {held[-1]:,.2f}.",
            times,
            [svg.Line("buy-and-hold", held, "hold"), svg.Line("this run", equity, "curve")],
            dates,
        ),
        "matched": svg.line_chart(
            "At equal volatility",
            "Cumulative return with buy-and-hold scaled to the same daily volatility.",
            times,
            [
                svg.Line("buy-and-hold, scaled", matched(hold_returns, returns), "hold"),
                svg.Line("this run", np.cumsum(returns), "curve"),
            ],
            dates,
        ),
        "underwater": svg.area_chart(
            "Underwater",
            f"Fall from the peak, at most {central.account.max_drawdown:.1%}.",
            times,
            underwater(equity, initial),
            dates,
        ),
        "years": svg.bar_chart("Years", "Return of each calendar year.", central.years),
        "months": svg.bar_chart("Months", "Return of each calendar month.", central.months),
        "days": svg.bar_chart("Daily returns", "How often a day returned how much.", histogram(returns), percent=False),
    }
    if len(returns) > ROLLING_DAYS:
        values = rolling_sharpe(returns)
        made["rolling"] = svg.line_chart(
            "Rolling Sharpe",
            f"Annualised Sharpe ratio of the {ROLLING_DAYS} days before.",
            times[ROLLING_DAYS - 1 :],
            [svg.Line("Sharpe", values, "curve")],
            _dates(times[ROLLING_DAYS - 1 :]),
        )
    return {name: Markup(drawn) for name, drawn in made.items()}  # noqa: S704  (every text in it is escaped in svg.py)


def matched(hold: FloatColumn, own: FloatColumn) -> FloatColumn:
    """Cumulative returns of `hold` scaled to the volatility of `own`."""
    scale = own.std() / hold.std() if hold.std() > 0.0 else 0.0
    summed: FloatColumn = np.cumsum(hold * scale)
    return summed


def rolling_sharpe(returns: FloatColumn) -> FloatColumn:
    """One value a day from day ROLLING_DAYS on; NaN while returns do not vary."""
    windows = np.lib.stride_tricks.sliding_window_view(returns, ROLLING_DAYS)
    spread = windows.std(axis=1, ddof=1)
    safe = np.where(spread > 0.0, spread, 1.0)
    return np.where(spread > 0.0, windows.mean(axis=1) / safe * np.sqrt(DAYS_A_YEAR), np.nan)


def histogram(returns: FloatColumn) -> list[tuple[str, float]]:
    """Days by return."""
    counts, edges = np.histogram(returns, BINS)
    return [
        (f"{low:+.2%} to {high:+.2%}", float(n)) for low, high, n in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def price_figure(result: RunResult, series: PriceSeries) -> Markup:
    """The symbol's candles with the central case's entries and exits."""
    trades = result.central.trades.filter(pl.col("symbol") == series.symbol)
    marks = []
    for one in trades.iter_rows(named=True):
        name = f"{one['strategy']} {words.minute(one['entry_time'])}"
        marks.append(svg.Mark(one["entry_time"], one["entry_price"], "buy", f"BUY {name} at {one['entry_price']:,.6g}"))
        left = f"SELL {name} at {one['exit_price']:,.6g}: {one['exit_reason']}, {one['pnl']:+,.2f}"
        marks.append(svg.Mark(one["exit_time"], one["exit_price"], "sell", left))
    candles = list(zip(series.time, series.open, series.high, series.low, series.close, strict=True))
    about = f"{len(candles)} candles of {series.timeframe}, {len(trades)} trades."
    return Markup(svg.price_chart(series.symbol, about, candles, marks, _dates(series.time)))  # noqa: S704


def month_table(months: Sequence[tuple[str, float]]) -> Mapping[str, Sequence[float | None]]:
    """Year -> return of its twelve months, None outside the run."""
    table: dict[str, list[float | None]] = {}
    for name, value in months:
        table.setdefault(name[:4], [None] * 12)[int(name[5:]) - 1] = value
    return table
