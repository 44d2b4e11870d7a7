"""Charts of calendar periods, of distributions, and of the trades on their prices."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from tradingbot.analysis import svg
from tradingbot.analysis.charts import Chart, Curves, markup, month_ends
from tradingbot.analysis.result import PriceSeries, RunResult
from tradingbot.analysis.summary import Summary, periods
from tradingbot.analysis.svg_shape import Bar, Point, bar_chart, box_chart, point_chart
from tradingbot.analysis.svg_time import Mark, price_chart
from tradingbot.analysis.words import day, label, minute
from tradingbot.domain.candles import FloatColumn

BINS = 40
MOST_NAMES = 6
LEAST_PERIODS = 12
"""Periods below which quantiles mean nothing."""
MOST_DRAWN = 500
"""Trades drawn on one chart; of more, one in two (three, ...) is drawn, and the caption says so."""


def period_charts(made: Curves, central: Summary) -> Sequence[Chart]:
    """Months; years when there are several."""
    charts = [_bars(made, "Return of each calendar month (UTC)", central.months, svg.LOW)]
    if len(central.years) > 1:
        charts.append(_bars(made, "Return of each calendar year (UTC)", central.years, svg.LOW))
    return charts


def _bars(made: Curves, caption: str, values: Sequence[tuple[str, float]], canvas: svg.Canvas) -> Chart:
    bars = [Bar(value, f"{name}: {value:+.2%}", "gain" if value >= 0.0 else "loss") for name, value in values]
    names = [(k + 0.5, values[k][0]) for k in range(0, len(values), -(-len(values) // MOST_NAMES))]
    lost = sum(value < 0.0 for _, value in values)
    words = svg.Words(caption, f"{len(bars)} periods, {lost} of them with a loss.", made.stamp)
    rows = [[name, f"{value:+.2%}"] for name, value in values]
    return Chart(caption, markup(bar_chart(words, canvas, bars, "percent", names)), ["Period", "return"], rows)


def distribution_charts(made: Curves, result: RunResult) -> Sequence[Chart]:
    """How daily and monthly returns are spread, their quantiles, and the trades' excursions."""
    charts = [_histogram(made, "Daily returns: on how many days", made.returns)]
    groups = [("days", made.returns), *((name, _returns(result, form)) for name, form in _FORMS.items())]
    enough = [(name, values) for name, values in groups if len(values) >= LEAST_PERIODS]
    months = groups[-1][1]
    if len(months) >= LEAST_PERIODS:
        charts.append(_histogram(made, "Monthly returns: how many months", months))
    if enough:
        charts.append(_quantiles(made, enough))
    trades = result.central.trades
    if len(trades):
        charts += [_excursion(made, trades, name, *about) for name, about in _EXCURSIONS.items()]
    return charts


_FORMS = {"weeks": "%G-%V", "months": "%Y-%m"}
_EXCURSIONS = {"mae": ("Worst excursion (MAE)", "worst"), "mfe": ("Best excursion (MFE)", "best")}


def _returns(result: RunResult, form: str) -> FloatColumn:
    frame = result.central.equity
    found = periods(frame["time"], frame["equity"].to_numpy(), result.initial_equity, form)
    return np.array([value for _, value in found])


def histogram(values: FloatColumn) -> Sequence[tuple[float, float, int]]:
    """(from, to, count) of about BINS bins whose edges are round and include 0, so that no bin mixes gain and loss."""
    low, high = min(float(values.min()), 0.0), max(float(values.max()), 0.0)
    found = svg.ticks(svg.Span(low, high if high > low else low + 0.01), BINS)
    step = found[1] - found[0]
    first, last = math.floor(low / step + 1e-9), max(math.ceil(high / step - 1e-9), math.floor(low / step + 1e-9) + 1)
    edges = np.arange(first, last + 1) * step
    counts, _ = np.histogram(values, edges)
    return [(float(a), float(b), int(n)) for a, b, n in zip(edges[:-1], edges[1:], counts, strict=True)]


def _histogram(made: Curves, caption: str, values: FloatColumn) -> Chart:
    bins = histogram(values)
    bars = [
        Bar(float(n), f"{low:+.2%} to {high:+.2%}: {n}", "loss" if high <= 1e-12 else "gain") for low, high, n in bins
    ]
    zero, every = sum(low < -1e-12 for low, _, _ in bins), -(-len(bins) // MOST_NAMES)
    names = [(float(k), f"{bins[k][0]:.1%}") for k in range(zero % every, len(bins), every)]
    words = svg.Words(caption, f"{len(values)} returns with a mean of {values.mean():+.3%}.", made.stamp)
    rows = [[f"{low:+.2%} to {high:+.2%}", str(n)] for low, high, n in bins if n]
    return Chart(caption, markup(bar_chart(words, svg.HALF, bars, "count", names)), ["Return", "how many"], rows)


def _quantiles(made: Curves, groups: Sequence[tuple[str, FloatColumn]]) -> Chart:
    caption = "Quantiles of returns by period"
    names = [f"{name} ({len(values)})" for name, values in groups]
    words = svg.Words(caption, "Box: quartiles and median; whiskers: 5 % and 95 %.", made.stamp)
    drawn = box_chart(words, svg.HALF, [(shown, values) for shown, (_, values) in zip(names, groups, strict=True)])
    five = (0.05, 0.25, 0.5, 0.75, 0.95)
    rows = [[name, *(f"{v:+.2%}" for v in np.quantile(values, five))] for name, values in groups]
    return Chart(caption, markup(drawn), ["Period", *(f"{q:.0%}" for q in five)], rows)


def _excursion(made: Curves, trades: pl.DataFrame, column: str, title: str, word: str) -> Chart:
    some, thinned = drawn_trades(trades)
    caption = f"{title} across, return of the trade up{thinned}"
    points = [
        Point(
            one[column],
            one["return_"],
            "win" if one["pnl"] > 0.0 else "lose",
            f"{one['symbol']} {day(one['entry_time'])}: {word} {one[column]:+.2%}, return {one['return_']:+.2%}",
        )
        for one in some.iter_rows(named=True)
    ]
    words = svg.Words(caption, f"{len(trades)} closed trades, fractions of the entry price.", made.stamp)
    rows = [
        [name, str(len(part)), *(f"{part[c].to_numpy().mean():+.2%}" for c in (column, "return_"))]
        for name, part in (("won", trades.filter(pl.col("pnl") > 0.0)), ("lost", trades.filter(pl.col("pnl") <= 0.0)))
        if len(part)
    ]
    head = ["Trades", "number", f"mean {word} excursion", "mean return"]
    keys = [("win", "won"), ("lose", "lost")]
    return Chart(caption, markup(point_chart(words, svg.HALF, points)), head, rows, keys)


def drawn_trades(trades: pl.DataFrame) -> tuple[pl.DataFrame, str]:
    """At most MOST_DRAWN trades, evenly chosen in the order they are in, and the caption's words for that."""
    step = -(-len(trades) // MOST_DRAWN)
    return (trades.gather_every(step), f", one in {step} of them drawn") if step > 1 else (trades, "")


def price_charts(result: RunResult) -> Sequence[Chart]:
    """Candles of every symbol with the central case's entries and exits."""
    return [_price(result, series) for series in result.prices if len(series.time) > 1]


def _price(result: RunResult, series: PriceSeries) -> Chart:
    trades = result.central.trades.filter(pl.col("symbol") == series.symbol)
    some, thinned = drawn_trades(trades)
    marks = [mark for one in some.iter_rows(named=True) for mark in _marks(one)]
    caption = f"{series.symbol}, candles of {series.timeframe}, {len(trades)} trades{thinned}"
    words = svg.Words(caption, f"{len(series.time)} candles; the last closes at {series.close[-1]:g}.", label(result))
    rows = [[day(series.time[k]), f"{series.close[k]:g}"] for k in month_ends([time + 1 for time in series.time])]
    return Chart(caption, markup(price_chart(words, svg.PANNED, series, marks)), ["Last candle of", "close"], rows)


def _marks(one: Mapping[str, Any]) -> tuple[Mark, Mark]:
    name = f"{one['strategy']} {minute(one['entry_time'])}"
    left = f"SELL {name} at {one['exit_price']:,.6g}: {one['exit_reason']}, {one['pnl']:+,.2f}"
    return (
        Mark(one["entry_time"], one["entry_price"], "buy", f"BUY {name} at {one['entry_price']:,.6g}"),
        Mark(one["exit_time"], one["exit_price"], "sell", left),
    )
