"""Which charts a report has: each with its caption, its legend, and its numbers as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from tradingbot.analysis import rolling, svg
from tradingbot.analysis.drawdown import underwater
from tradingbot.analysis.result import CASES, RunResult
from tradingbot.analysis.returns import daily_returns
from tradingbot.analysis.summary import Summary
from tradingbot.analysis.svg_time import Line, Scale, line_chart, stem_chart
from tradingbot.analysis.words import day, label
from tradingbot.domain.candles import FloatColumn

SHADED = 5
"""Deepest falls that are shaded."""

Write = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing and what stands beside it; `keys` are (CSS class, name) of its curves."""

    caption: str
    svg: Markup
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    keys: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Curves:
    """Columns of a run's central case, of its other cases, and of buy-and-hold.

    `times` are the start and the (exclusive) ends of the days, in ms UTC; equities begin with the initial one, so they
    are one longer than the daily returns.
    """

    stamp: str
    quote: str
    times: Sequence[int]
    equity: FloatColumn
    held: FloatColumn
    others: Sequence[tuple[str, FloatColumn]]
    returns: FloatColumn
    hold_returns: FloatColumn

    @classmethod
    def of(cls, result: RunResult) -> "Curves":
        """Take them from a run."""
        start = result.initial_equity
        equity, held = result.central.equity["equity"].to_numpy(), result.benchmark["equity"].to_numpy()
        return cls(
            stamp=label(result),
            quote=result.quote,
            times=[result.start, *result.central.equity["time"].to_list()],
            equity=_after(start, equity),
            held=_after(start, held),
            others=[
                (name, _after(start, result.cases[name].equity["equity"].to_numpy()))
                for name in CASES
                if name != "central"
            ],
            returns=daily_returns(equity, start),
            hold_returns=daily_returns(held, start),
        )


def _after(first: float, values: FloatColumn) -> FloatColumn:
    return np.concatenate([[first], values])


def markup(drawn: str) -> Markup:
    """A chart of ours as markup: every word in it was escaped when it was drawn."""
    return Markup(drawn)  # noqa: S704


def timed(made: Curves, caption: str, lines: Sequence[Line], scale: Scale, canvas: svg.Canvas = svg.WIDE) -> Chart:
    """A chart of curves over the run's last days, as many as the curves have, with month ends as its table."""
    times = made.times[-len(lines[0].values) :]
    write = written(scale.unit)
    ends = month_ends(times)
    about = "; ".join(f"{one.name} {write(one.values[-1])} at the end" for one in lines)
    return Chart(
        caption=caption,
        svg=markup(line_chart(svg.Words(caption, f"{about}.", made.stamp), canvas, times, lines, scale)),
        head=["End of day (UTC)", *(one.name for one in lines)],
        rows=[[day(times[k] - 1), *(write(one.values[k]) for one in lines)] for k in ends],
        keys=[(one.style, one.name) for one in lines],
    )


def written(unit: svg.Unit) -> Write:
    """How a value of that unit is written in a table; NaN is not a number to show."""
    form = {"money": "{:,.2f}", "percent": "{:+.2%}", "number": "{:.2f}", "count": "{:.0f}"}[unit]
    return lambda value: form.format(value) if np.isfinite(value) else "n/a"


def month_ends(times: Sequence[int]) -> Sequence[int]:
    """Rows that are the last of their month; times are exclusive ends of days."""
    months = [day(time - 1)[:7] for time in times]
    return [k for k in range(len(months)) if k == len(months) - 1 or months[k] != months[k + 1]]


def main_charts(made: Curves) -> Sequence[Chart]:
    """Equity of all cases beside buy-and-hold, and the fall from the peak."""
    others = [Line(f"{name} costs", values, name) for name, values in made.others]
    equity = [Line("buy-and-hold", made.held, "hold"), *others, Line("this run, central costs", made.equity, "curve")]
    under = underwater(made.equity, float(made.equity[0]))
    fall = [Line("this run", under, "fall", filled=True)]
    deepest = f"Underwater: fall from the peak of daily equity, at most {abs(float(under.min())):.1%}"
    return [
        timed(made, f"Equity at day ends, {made.quote}", equity, Scale("money")),
        timed(made, deepest, fall, Scale("percent", zero=True), svg.LOW),
    ]


def _falls(made: Curves, central: Summary) -> Chart:
    last = made.times[-1]
    bands = [
        (one.start, one.recovered or last, f"-{one.depth:.1%}, {day(one.start)} to {_end(one.recovered)}")
        for one in central.drawdowns[:SHADED]
    ]
    found = {0: "none", 1: "the only fall"}.get(len(bands), f"the {len(bands)} deepest falls")
    caption = f"Periods under water: {found}"
    return timed(made, caption, [Line("this run", made.equity, "curve")], Scale("money", bands=bands), svg.HALF)


def _end(recovered: int | None) -> str:
    return day(recovered) if recovered else "not yet recovered"


def small_charts(made: Curves, central: Summary) -> Sequence[Chart]:
    """Logarithmic equity, falls, equal volatility, daily returns; with enough days also the rolling figures."""
    both = [Line("buy-and-hold", made.held, "hold"), Line("this run", made.equity, "curve")]
    scaled = [
        Line("buy-and-hold, scaled", _after(0.0, matched(made.hold_returns, made.returns)), "hold"),
        Line("this run", _after(0.0, np.cumsum(made.returns)), "curve"),
    ]
    charts = [
        _falls(made, central),
        timed(made, "Summed daily returns at equal volatility", scaled, Scale("percent"), svg.HALF),
        _daily(made),
    ]
    if min(made.equity.min(), made.held.min()) > 0.0:
        caption = f"Equity on a logarithmic axis, {made.quote}"
        charts = [timed(made, caption, both, Scale("money", log=True), svg.HALF), *charts]
    return [*charts, *_rolling(made)] if len(made.returns) > rolling.ROLLING_DAYS else charts


def matched(hold: FloatColumn, own: FloatColumn) -> FloatColumn:
    """Summed returns of `hold` scaled to the volatility of `own`."""
    scale = own.std() / hold.std() if hold.std() > 0.0 else 0.0
    summed: FloatColumn = np.cumsum(hold * scale)
    return summed


def _daily(made: Curves) -> Chart:
    caption = "Daily returns"
    about = f"From {made.returns.min():+.2%} to {made.returns.max():+.2%} a day."
    times = made.times[1:]
    worst = np.argsort(made.returns, kind="stable")
    picked = [*worst[:5], *worst[-5:]] if len(worst) >= 10 else list(worst)
    return Chart(
        caption=caption,
        svg=markup(stem_chart(svg.Words(caption, about, made.stamp), svg.HALF, times, made.returns)),
        head=["Worst and best days (UTC)", "return"],
        rows=[[day(times[k] - 1), f"{made.returns[k]:+.2%}"] for k in picked],
    )


def _rolling(made: Curves) -> Sequence[Chart]:
    own, held = made.returns, made.hold_returns
    kinds: Sequence[tuple[str, Callable[[FloatColumn], FloatColumn], svg.Unit]] = [
        ("volatility a year", rolling.rolling_volatility, "percent"),
        ("Sharpe ratio", rolling.rolling_sharpe, "number"),
        ("Sortino ratio", rolling.rolling_sortino, "number"),
    ]
    before = f"{rolling.ROLLING_DAYS} days"
    pairs = [
        (
            f"Rolling {name}, {before}",
            Scale(unit),
            [Line("buy-and-hold", f(held), "hold"), Line("this run", f(own), "curve")],
        )
        for name, f, unit in kinds
    ]
    beta = [Line("this run", rolling.rolling_beta(own, held), "curve")]
    pairs.append((f"Rolling beta to buy-and-hold, {before}", Scale("number"), beta))
    return [timed(made, caption, lines, scale, svg.HALF) for caption, scale, lines in pairs]
