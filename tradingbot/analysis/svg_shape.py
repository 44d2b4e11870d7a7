"""Charts of distributions as inline SVG: bars, boxes, points."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from tradingbot.analysis.svg import (
    LEFT,
    RIGHT,
    Canvas,
    Frame,
    Span,
    Unit,
    Words,
    around,
    below,
    document,
    grid,
    tick_text,
    ticks,
)
from tradingbot.domain.candles import FloatColumn


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from zero; `shown` is its tooltip, `style` gain or loss."""

    value: float
    shown: str
    style: str


@dataclass(frozen=True, slots=True)
class Point:
    """A closed trade: `style` is win or lose, drawn as triangles that point up and down."""

    x: float
    y: float
    style: str
    shown: str


def bar_chart(words: Words, canvas: Canvas, bars: Sequence[Bar], unit: Unit, names: Sequence[tuple[float, str]]) -> str:
    """Bars up and down from zero; `names` stand below at places counted in bars from the left."""
    box = Frame(canvas, Span(0.0, float(len(bars))), around([bar.value for bar in bars], zero=True))
    room = (canvas.width - LEFT - RIGHT) / len(bars)
    air = min(room * 0.15, 6.0)
    drawn = []
    for place, bar in enumerate(bars):
        top, bottom = box.y(max(bar.value, 0.0)), box.y(min(bar.value, 0.0))
        size = (
            f'x="{box.x(place) + air:.1f}" y="{top:.1f}" width="{room - 2 * air:.1f}" '
            f'height="{max(bottom - top, 0.5):.1f}"'
        )
        drawn.append(f'<rect class="{bar.style}" {size}><title>{escape(bar.shown)}</title></rect>')
    return document(words, canvas, [grid(box, unit), *drawn, below(box, [(box.x(at), name) for at, name in names])])


def box_chart(words: Words, canvas: Canvas, groups: Sequence[tuple[str, FloatColumn]]) -> str:
    """Of each group of returns a box of the quartiles, a line at the median, whiskers at 5 % and 95 %."""
    found = [(name, np.quantile(values, [0.05, 0.25, 0.5, 0.75, 0.95])) for name, values in groups]
    box = Frame(canvas, Span(0.0, float(len(found))), around([v for _, all_five in found for v in all_five], zero=True))
    drawn = []
    for place, (name, five) in enumerate(found):
        x = box.x(place + 0.5)
        low, first, middle, third, high = (box.y(value) for value in five)
        quantiles = ("5 %", "25 %", "median", "75 %", "95 %")
        shown = f"{name}: " + ", ".join(f"{word} {value:+.2%}" for word, value in zip(quantiles, five, strict=True))
        drawn.append(
            f'<path class="whisker" d="M{x:.1f} {low:.1f}V{first:.1f}M{x:.1f} {third:.1f}V{high:.1f}'
            f'M{x - 10:.1f} {low:.1f}h20M{x - 10:.1f} {high:.1f}h20"/>'
            f'<rect class="box" x="{x - 24:.1f}" y="{third:.1f}" width="48" height="{max(first - third, 0.5):.1f}">'
            f'<title>{escape(shown)}</title></rect><path class="median" d="M{x - 24:.1f} {middle:.1f}h48"/>'
        )
    names = [(box.x(place + 0.5), name) for place, (name, _) in enumerate(found)]
    return document(words, canvas, [grid(box, "percent"), *drawn, below(box, names)])


def point_chart(words: Words, canvas: Canvas, points: Sequence[Point]) -> str:
    """Trades by two of their fractions; both axes in percent."""
    across = around([one.x for one in points], zero=True)
    box = Frame(canvas, across, around([one.y for one in points], zero=True))
    found = ticks(across)
    step = found[1] - found[0]
    labels = below(box, [(box.x(value), tick_text(value, step, "percent")) for value in found])
    return document(words, canvas, [grid(box, "percent"), labels, *(_point(box, one) for one in points)])


def _point(box: Frame, one: Point) -> str:
    x, y = box.x(one.x), box.y(one.y)
    shape = f"M{x:.1f} {y - 4:.1f}l4 7h-8z" if one.style == "win" else f"M{x:.1f} {y + 4:.1f}l4-7h-8z"
    return f'<path class="{one.style}" d="{shape}"><title>{escape(one.shown)}</title></path>'
