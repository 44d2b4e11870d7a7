"""Inline SVG without script or network: canvas, axes, and what every chart needs.

Lengths are SVG units; the page scales a chart to the width it has. Title and description are read by screen readers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Literal

from tradingbot.domain.timeframe import DAY_MS

Unit = Literal["money", "percent", "number", "count"]

LEFT, RIGHT, TOP, BOTTOM = 64, 12, 20, 28
MOST_TICKS = 6


@dataclass(frozen=True, slots=True)
class Canvas:
    """Size of a chart and the CSS class by which the page scales its text."""

    width: int
    height: int
    style: str


WIDE = Canvas(960, 320, "wide")
LOW = Canvas(960, 220, "wide")
HALF = Canvas(480, 220, "half")
PANNED = Canvas(960, 320, "panned")


@dataclass(frozen=True, slots=True)
class Words:
    """Title and description; `stamp` is written across the chart where its numbers are not of a market."""

    title: str
    about: str
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The values of one axis from end to end; a logarithmic one holds positive values only."""

    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """0 at the low end, 1 at the high end."""
        low, high, at = (
            (math.log(v) for v in (self.low, self.high, value)) if self.log else (self.low, self.high, value)
        )
        return (at - low) / ((high - low) or 1.0)


def around(values: Sequence[float], *, zero: bool = False, log: bool = False) -> Span:
    """The span of the finite values with a little air, and of 0 where asked; what rounding leaves is no spread."""
    known = [float(value) for value in values if math.isfinite(value)] + ([0.0] if zero else [])
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    most = max(abs(low), abs(high))
    air = 0.05 * (high - low) if high - low > 1e-9 * most else (0.01 * most or 0.01)
    floor = low * 0.99 if log else low - air
    return Span(0.0 if zero and low == 0.0 < high else floor, 0.0 if zero and low < high == 0.0 else high + air, log)


@dataclass(frozen=True, slots=True)
class Frame:
    """A canvas with its two axes."""

    canvas: Canvas
    across: Span
    up: Span

    def x(self, value: float) -> float:
        """Units from the left."""
        return LEFT + self.across.share(value) * (self.canvas.width - LEFT - RIGHT)

    def y(self, value: float) -> float:
        """Units from the top."""
        return TOP + (1.0 - self.up.share(value)) * (self.canvas.height - TOP - BOTTOM)


def ticks(span: Span, most: int = MOST_TICKS) -> Sequence[float]:
    """Multiples of 1, 2 or 5 times a power of ten inside the span, at most `most`."""
    rough = (span.high - span.low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * part for part in (1.0, 2.0, 5.0, 10.0) if power * part >= rough * (1.0 - 1e-9))
    first, last = math.ceil(span.low / step - 1e-9), math.floor(span.high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


def tick_text(value: float, step: float, unit: Unit) -> str:
    """A tick with as many digits as its step needs."""
    scale = 100.0 if unit == "percent" else 1.0
    digits = max(0, -math.floor(math.log10(step * scale) + 1e-9))
    return f"{value * scale:,.{digits}f}{'%' if unit == 'percent' else ''}"


def date_ticks(start: float, end: float, most: int = MOST_TICKS) -> Sequence[tuple[int, str]]:
    """(moment in ms UTC, label) at starts of months, or of days when there are less than three months."""
    first = datetime.fromtimestamp(start / 1000, UTC)
    months = (end - start) / (30.44 * DAY_MS)
    if months < 3.0:
        step = max(1, math.ceil((end - start) / DAY_MS / most))
        midnight = math.ceil(start / DAY_MS)
        days = range(midnight, math.floor(end / DAY_MS) + 1, step)
        return [(day * DAY_MS, datetime.fromtimestamp(day * 86_400, UTC).strftime("%d %b")) for day in days]
    every = next((n for n in (1, 2, 3, 6, 12, 24, 60, 120) if months / n <= most), 240)
    count = first.year * 12 + first.month - 1
    found = []
    for month in range(-(-count // every) * every, count + math.ceil(months) + 2, every):
        at = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        moment = int(at.timestamp() * 1000)
        if start <= moment <= end:
            found.append((moment, at.strftime("%Y" if every >= 12 else "%b %Y")))
    return found


def grid(box: Frame, unit: Unit) -> str:
    """Horizontal lines with their values; zero is a stronger line."""
    found = ticks(box.up)
    step = found[1] - found[0] if len(found) > 1 else abs(found[0]) if found and found[0] else 1.0
    parts = []
    for value in found:
        y = box.y(value)
        style = "grid zero" if abs(value) < step * 1e-6 else "grid"
        parts.append(f'<path class="{style}" d="M{LEFT} {y:.1f}H{box.canvas.width - RIGHT}"/>')
        shown = tick_text(value, step, unit)
        parts.append(f'<text class="value" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{shown}</text>')
    return "".join(parts)


def date_axis(box: Frame) -> str:
    """Dates below the plot."""
    most = MOST_TICKS if box.canvas.width > HALF.width else 4
    return below(box, [(box.x(at), text) for at, text in date_ticks(box.across.low, box.across.high, most)])


def below(box: Frame, labels: Sequence[tuple[float, str]]) -> str:
    """Words centred at units from the left; one that would be cut at the right edge is left out."""
    edge = box.canvas.width * 15 / 16
    return "".join(
        f'<text class="below" x="{x:.1f}" y="{box.canvas.height - 8}" text-anchor="middle">{escape(text)}</text>'
        for x, text in labels
        if x <= edge
    )


def document(words: Words, canvas: Canvas, parts: Sequence[str]) -> str:
    """The whole chart; words are escaped here, parts must be markup already."""
    title = escape(f"{words.stamp} {words.title}".strip())
    stamp = (
        f'<text class="stamp" x="{canvas.width / 2:g}" y="{canvas.height / 2:g}" text-anchor="middle">'
        f"{escape(words.stamp)}</text>"
        if words.stamp
        else ""
    )
    return (
        f'<svg class="{canvas.style}" viewBox="0 0 {canvas.width} {canvas.height}" role="img">'
        f"<title>{title}</title><desc>{escape(words.about)}</desc>{''.join(parts)}{stamp}</svg>"
    )
