"""Small charts as inline SVG: no script, no network, readable by a screen reader through title and description."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import isfinite

from tradingbot.domain.candles import FloatColumn

WIDTH = 960
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 10, 24
MOST_POINTS = 1200


@dataclass(frozen=True, slots=True)
class Line:
    """A named curve; `style` is a CSS class of the page."""

    name: str
    values: FloatColumn
    style: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A trade's entry or exit on a price chart."""

    time: int
    price: float
    style: str  # buy | sell
    title: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot area and the values it spans."""

    start: float
    end: float
    low: float
    high: float
    height: int

    def x(self, value: float) -> float:
        """Pixels from the left."""
        return LEFT + (value - self.start) / ((self.end - self.start) or 1.0) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Pixels from the top."""
        return TOP + (self.high - value) / ((self.high - self.low) or 1.0) * (self.height - TOP - BOTTOM)


def frame(times: Sequence[float], values: Sequence[float], height: int) -> Frame:
    """A frame around finite values with a little air."""
    known = [value for value in values if isfinite(value)] or [0.0, 1.0]
    low, high = min(known), max(known)
    air = 0.04 * (high - low) or abs(high) * 0.01 or 1.0
    return Frame(times[0], times[-1], low - air, high + air, height)


def line_chart(title: str, about: str, times: Sequence[int], lines: Sequence[Line], labels: Sequence[str]) -> str:
    """Curves over time; `labels` are (first, middle, last) dates."""
    box = frame(times, [value for line in lines for value in line.values], 280)
    parts = [_grid(box, labels), *(_path(box, times, line) for line in lines)]
    return _svg(title, about, box.height, parts)


def area_chart(title: str, about: str, times: Sequence[int], values: FloatColumn, labels: Sequence[str]) -> str:
    """An area below zero, in percent: the underwater curve."""
    box = Frame(times[0], times[-1], min(*values, -0.001) * 1.05, 0.0, 180)
    points = " ".join(f"{box.x(t):.1f},{box.y(v):.1f}" for t, v in _thin(times, values))
    zero = box.y(0.0)
    area = (
        f'<polygon class="fall" points="{box.x(times[0]):.1f},{zero:.1f} {points} {box.x(times[-1]):.1f},{zero:.1f}"/>'
    )
    return _svg(title, about, box.height, [_grid(box, labels, percent=True), area])


def bar_chart(title: str, about: str, bars: Sequence[tuple[str, float]], *, percent: bool = True) -> str:
    """Bars up and down from zero; every bar has its value as a tooltip."""
    values = [value for _, value in bars] or [0.0]
    box = Frame(0, len(bars), min(0.0, *values) * 1.1, max(0.0, *values, 0.001) * 1.1, 200)
    width = (WIDTH - LEFT - RIGHT) / max(len(bars), 1)
    parts = [_grid(box, [bars[0][0], bars[-1][0]] if bars else [], percent=percent)]
    for place, (name, value) in enumerate(bars):
        top, bottom = box.y(max(value, 0.0)), box.y(min(value, 0.0))
        shown = f"{value:+.2%}" if percent else f"{value:g}"
        style = "gain" if value >= 0.0 else "loss"
        size = _box(box.x(place) + 1.0, top, max(width - 2.0, 1.0), max(bottom - top, 0.5))
        parts.append(f'<rect class="{style}" {size}><title>{escape(name)}: {shown}</title></rect>')
    return _svg(title, about, box.height, parts)


def price_chart(
    title: str,
    about: str,
    candles: Sequence[tuple[int, float, float, float, float]],
    marks: Sequence[Mark],
    labels: Sequence[str],
) -> str:
    """Candles (time, open, high, low, close) with entries as ▲ below and exits as ▼ above their price."""
    times = [one[0] for one in candles]
    box = frame(times, [value for one in candles for value in one[2:4]], 300)
    width = max(0.8, (WIDTH - LEFT - RIGHT) / len(candles) * 0.6)
    parts = [_grid(box, labels)]
    for time, first, high, low, last in candles:
        x = box.x(time)
        style = "gain" if last >= first else "loss"
        top, bottom = box.y(max(first, last)), box.y(min(first, last))
        parts.append(f'<path class="wick {style}" d="M{x:.1f} {box.y(high):.1f}V{box.y(low):.1f}"/>')
        size = _box(x - width / 2.0, top, width, max(bottom - top, 0.6))
        parts.append(f'<rect class="{style}" {size}/>')
    parts += [_mark(box, mark) for mark in marks]
    return _svg(title, about, box.height, parts)


def _box(x: float, y: float, width: float, height: float) -> str:
    return f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'


def _mark(box: Frame, mark: Mark) -> str:
    x, y = box.x(mark.time), box.y(mark.price)
    shape = f"M{x:.1f} {y + 3:.1f}l5 9h-10z" if mark.style == "buy" else f"M{x:.1f} {y - 3:.1f}l5 -9h-10z"
    return f'<path class="{mark.style}" d="{shape}"><title>{escape(mark.title)}</title></path>'


def _svg(title: str, about: str, height: int, parts: Sequence[str]) -> str:
    body = "".join(parts)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" preserveAspectRatio="none">'
        f"<title>{escape(title)}</title><desc>{escape(about)}</desc>{body}</svg>"
    )


def _path(box: Frame, times: Sequence[int], line: Line) -> str:
    points = " ".join(f"{box.x(t):.1f},{box.y(v):.1f}" for t, v in _thin(times, line.values) if isfinite(v))
    return f'<polyline class="{line.style}" points="{points}"><title>{escape(line.name)}</title></polyline>'


def _thin(times: Sequence[int], values: FloatColumn) -> Sequence[tuple[int, float]]:
    step = max(1, len(times) // MOST_POINTS)
    kept = list(zip(times, values, strict=True))[::step]
    return kept if kept[-1][0] == times[-1] else [*kept, (times[-1], values[-1])]


def _grid(box: Frame, labels: Sequence[str], *, percent: bool = False) -> str:
    parts = []
    for k in range(5):
        value = box.low + (box.high - box.low) * k / 4
        y = box.y(value)
        shown = f"{value:.0%}" if percent else _short(value)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{shown}</text>')
    for k, text in enumerate(labels):
        x = LEFT + (WIDTH - LEFT - RIGHT) * k / max(len(labels) - 1, 1)
        anchor = "start" if k == 0 else ("end" if k == len(labels) - 1 else "middle")
        parts.append(f'<text x="{x:.1f}" y="{box.height - 6}" text-anchor="{anchor}">{escape(text)}</text>')
    return "".join(parts)


def _short(value: float) -> str:
    if abs(value) >= 1000.0:
        return f"{value:,.0f}"
    return f"{value:.4g}"
