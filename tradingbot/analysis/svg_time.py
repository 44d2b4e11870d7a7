"""Charts over time as inline SVG: curves, filled curves, stems, and candles with trades."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite

from tradingbot.analysis.result import PriceSeries
from tradingbot.analysis.svg import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Canvas,
    Frame,
    Span,
    Unit,
    Words,
    around,
    date_axis,
    document,
    grid,
)
from tradingbot.domain.candles import FloatColumn

MOST_POINTS = 900
"""Points drawn of one curve: more than a screen has columns for."""


@dataclass(frozen=True, slots=True)
class Line:
    """A named curve; `style` is a CSS class of the page; a filled one is an area from zero."""

    name: str
    values: FloatColumn
    style: str
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """How values are written, whether the axis is logarithmic, and stretches (from, to, name) to shade."""

    unit: Unit
    log: bool = False
    zero: bool = False
    bands: Sequence[tuple[int, int, str]] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A trade's entry or exit on a price chart."""

    time: int
    price: float
    style: str  # buy | sell
    title: str


def line_chart(words: Words, canvas: Canvas, times: Sequence[int], lines: Sequence[Line], scale: Scale) -> str:
    """Curves over `times` (ms UTC); NaN leaves a hole."""
    values = [float(value) for line in lines for value in line.values]
    box = Frame(canvas, Span(times[0], times[-1]), around(values, zero=scale.zero, log=scale.log))
    bands = [_band(box, *band) for band in scale.bands]
    return document(
        words, canvas, [*bands, grid(box, scale.unit), date_axis(box), *(_curve(box, times, one) for one in lines)]
    )


def _band(box: Frame, start: int, end: int, name: str) -> str:
    x = box.x(start)
    height = box.canvas.height - TOP - BOTTOM
    size = f'x="{x:.1f}" y="{TOP}" width="{max(box.x(end) - x, 1.0):.1f}" height="{height}"'
    return f'<rect class="band" {size}><title>{escape(name)}</title></rect>'


def _curve(box: Frame, times: Sequence[int], line: Line) -> str:
    path, pen = [], "M"
    for time, value in thinned(times, line.values):
        if isfinite(value):
            path.append(f"{pen}{box.x(time):.1f} {box.y(value):.1f}")
        pen = "L" if isfinite(value) else "M"
    title = f"<title>{escape(line.name)}</title>"
    if line.filled and path:
        zero = f"{box.y(0.0):.1f}"
        closed = f"M{box.x(times[0]):.1f} {zero}L{''.join(path)[1:]}V{zero}Z"
        return f'<path class="area {line.style}" d="{closed}">{title}</path>'
    return f'<path class="line {line.style}" d="{"".join(path)}">{title}</path>'


def thinned(times: Sequence[int], values: FloatColumn) -> Sequence[tuple[int, float]]:
    """At most about MOST_POINTS points; of each group the lowest and the highest stay, so no peak is lost."""
    pairs = [(time, float(value)) for time, value in zip(times, values, strict=True)]
    size = max(1, -(-2 * len(pairs) // MOST_POINTS))
    if size == 1:
        return pairs
    kept = {0, len(pairs) - 1}
    for first in range(0, len(pairs), size):
        group = range(first, min(first + size, len(pairs)))
        known = [k for k in group if isfinite(pairs[k][1])] or [first]
        kept |= {min(known, key=lambda k: pairs[k][1]), max(known, key=lambda k: pairs[k][1])}
    return [pairs[k] for k in sorted(kept)]


def stem_chart(words: Words, canvas: Canvas, times: Sequence[int], values: FloatColumn) -> str:
    """One thin bar a day up or down from zero, in percent."""
    box = Frame(canvas, Span(times[0], times[-1]), around(values.tolist(), zero=True))
    paths = {"gain": "", "loss": ""}
    for time, value in zip(times, values, strict=True):
        paths["gain" if value >= 0.0 else "loss"] += f"M{box.x(time):.1f} {box.y(0.0):.1f}V{box.y(value):.1f}"
    drawn = [f'<path class="stem {style}" d="{path}"/>' for style, path in paths.items() if path]
    return document(words, canvas, [grid(box, "percent"), date_axis(box), *drawn])


def price_chart(words: Words, canvas: Canvas, series: PriceSeries, marks: Sequence[Mark]) -> str:
    """Candles with entries as triangles below their price, pointing up, and exits above theirs, pointing down."""
    box = Frame(canvas, Span(series.time[0], series.time[-1]), around([*series.low, *series.high]))
    half = max(0.4, (canvas.width - LEFT - RIGHT) / len(series.time) * 0.3)
    wicks, bodies = {"gain": "", "loss": ""}, {"gain": "", "loss": ""}
    candles = zip(series.time, series.open, series.high, series.low, series.close, strict=True)
    for time, first, high, low, last in candles:
        style = "gain" if last >= first else "loss"
        x, top = box.x(time), box.y(max(first, last))
        wicks[style] += f"M{x:.1f} {box.y(high):.1f}V{box.y(low):.1f}"
        tall = max(box.y(min(first, last)) - top, 0.6)
        bodies[style] += f"M{x - half:.1f} {top:.1f}h{2 * half:.1f}v{tall:.1f}h{-2 * half:.1f}z"
    drawn = [f'<path class="wick {style}" d="{path}"/>' for style, path in wicks.items() if path]
    drawn += [f'<path class="body {style}" d="{path}"/>' for style, path in bodies.items() if path]
    return document(words, canvas, [grid(box, "number"), date_axis(box), *drawn, *(_mark(box, one) for one in marks)])


def _mark(box: Frame, mark: Mark) -> str:
    x, y = box.x(mark.time), box.y(mark.price)
    shape = f"M{x:.1f} {y + 3:.1f}l5 9h-10z" if mark.style == "buy" else f"M{x:.1f} {y - 3:.1f}l5-9h-10z"
    return f'<path class="{mark.style}" d="{shape}"><title>{escape(mark.title)}</title></path>'
