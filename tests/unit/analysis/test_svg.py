"""Charts place values where they belong, and write ticks that a person would choose."""

import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import REPOSITORY
from tradingbot.analysis import svg
from tradingbot.analysis.result import PriceSeries
from tradingbot.analysis.svg_shape import Bar, Point, bar_chart, box_chart, point_chart
from tradingbot.analysis.svg_time import MOST_POINTS, Line, Mark, Scale, line_chart, price_chart, stem_chart, thinned
from tradingbot.domain.timeframe import DAY_MS

JANUARY = 1_704_067_200_000  # 2024-01-01 00:00 UTC
WORDS = svg.Words("Equity", "What it shows.")
SMALL = svg.Canvas(svg.LEFT + svg.RIGHT + 100, svg.TOP + svg.BOTTOM + 100, "half")  # a plot of 100 x 100 units


def paths(chart: str, style: str) -> list[str]:
    """The `d` of all paths of a class."""
    return re.findall(rf'<path class="{style}" d="([^"]*)"', chart)


@given(st.floats(-1e6, 1e6), st.floats(1e-4, 1e6), st.integers(2, 40))
def test_ticks_are_round_even_and_inside(low: float, width: float, most: int) -> None:
    """Multiples of a step of 1, 2 or 5 times a power of ten, no more than asked and one."""
    found = svg.ticks(svg.Span(low, low + width), most)

    assert 0 < len(found) <= most + 1
    assert all(low - 1e-6 * width <= value <= low + width * (1.0 + 1e-6) for value in found)
    step = (found[-1] - found[0]) / max(len(found) - 1, 1)
    if len(found) > 2:
        assert f"{step:.0e}"[0] in "125"


@pytest.mark.parametrize(
    ("value", "step", "unit", "text"),
    [
        (12_000.0, 2_000.0, "money", "12,000"),
        (0.15, 0.05, "number", "0.15"),
        (-0.05, 0.05, "percent", "-5%"),
        (0.005, 0.005, "percent", "0.5%"),
        (150.0, 50.0, "count", "150"),
    ],
)
def test_a_tick_has_the_digits_its_step_needs(value: float, step: float, unit: svg.Unit, text: str) -> None:
    """No 0.08714, and no two ticks that read the same."""
    assert svg.tick_text(value, step, unit) == text


@pytest.mark.parametrize(
    ("days", "first", "last"), [(1, "01 Jan", "02 Jan"), (60, "01 Jan", "01 Mar"), (305, "Jan 2024", "Nov 2024")]
)
def test_dates_are_starts_of_months_or_days(days: int, first: str, last: str) -> None:
    """Days on a short axis, months on a long one, six at most and one."""
    found = svg.date_ticks(JANUARY, JANUARY + days * DAY_MS)

    assert (found[0][1], found[-1][1]) == (first, last)
    assert len(found) <= svg.MOST_TICKS + 1


def test_many_years_are_marked_by_year() -> None:
    """Ten years from 2014 on: every second of them."""
    texts = [text for _, text in svg.date_ticks(JANUARY - 3_652 * DAY_MS, JANUARY)]

    assert texts == ["2014", "2016", "2018", "2020", "2022", "2024"]


def test_an_axis_pinned_to_zero_has_no_air_beyond_it() -> None:
    """A fall never starts above zero; what is not a number does not count."""
    span = svg.around([-0.2, float("nan")], zero=True)

    assert span.high == 0.0
    assert span.low == pytest.approx(-0.21)


@pytest.mark.parametrize("values", [[0.0, 0.0], [10_000.0, 10_000.000000000002], [float("nan")], []])
@pytest.mark.parametrize("zero", [True, False])
def test_an_axis_of_what_never_moves_has_ticks(values: list[float], zero: bool) -> None:
    """A flat account is drawn in the middle, whatever rounding did to it."""
    span = svg.around(values, zero=zero)

    assert span.low < span.high
    assert len(svg.ticks(span)) >= 2


def test_equal_factors_have_equal_lengths_on_a_logarithmic_axis() -> None:
    """From 100 to 10,000 the middle is 1,000."""
    assert svg.Span(100.0, 10_000.0, log=True).share(1_000.0) == pytest.approx(0.5)


def test_words_of_others_are_escaped_and_the_stamp_is_written() -> None:
    """A name cannot become markup; numbers of no market are marked in the picture and in its title."""
    chart = svg.document(svg.Words("<b>", "a & b", "SYNTHETIC"), SMALL, [])

    assert "<b>" not in chart
    assert "<title>SYNTHETIC &lt;b&gt;</title><desc>a &amp; b</desc>" in chart
    assert re.search(r'<text class="stamp"[^>]*>SYNTHETIC</text>', chart)


def test_a_word_that_would_be_cut_is_left_out() -> None:
    """At the right edge of the canvas; one in the middle stays."""
    box = svg.Frame(SMALL, svg.Span(0.0, 1.0), svg.Span(0.0, 1.0))
    drawn = svg.below(box, [(80.0, "middle"), (SMALL.width - 2.0, "cut")])

    assert "middle</text>" in drawn
    assert "cut</text>" not in drawn


def test_a_curve_starts_anew_after_what_is_unknown() -> None:
    """NaN is a hole, never a line across."""
    line = Line("own", np.array([1.0, 2.0, np.nan, 4.0, 5.0]), "curve")
    (path,) = paths(line_chart(WORDS, SMALL, range(5), [line], Scale("number")), "line curve")

    assert re.sub(r"[^ML]", "", path) == "MLML"


def test_thinning_keeps_the_extremes() -> None:
    """The highest and the lowest of many points are drawn, and the ends."""
    values = np.sin(np.arange(20_000) / 50.0)
    values[[7_777, 12_345]] = 9.0, -9.0
    kept = thinned(range(20_000), values)

    assert len(kept) <= MOST_POINTS + 2
    assert {(7_777, 9.0), (12_345, -9.0)} <= set(kept)
    assert (kept[0][0], kept[-1][0]) == (0, 19_999)
    assert all(a[0] < b[0] for a, b in pairwise(kept))


def test_a_bar_is_as_tall_as_its_value() -> None:
    """Twice the value is twice the height, and a loss hangs below zero."""
    bars = [Bar(0.1, "a", "gain"), Bar(0.2, "b", "gain"), Bar(-0.1, "c", "loss")]
    chart = bar_chart(WORDS, SMALL, bars, "percent", [(0.5, "a")])
    tops, heights = (
        [float(text) for text in re.findall(rf'<rect class="(?:gain|loss)"[^>]* {name}="([\d.]+)"', chart)]
        for name in ("y", "height")
    )

    assert heights == pytest.approx([heights[0], 2 * heights[0], heights[0]], abs=0.2)
    assert tops[0] + heights[0] == pytest.approx(tops[2], abs=0.11)


def test_entries_point_up_and_exits_down() -> None:
    """Shape, not colour alone, tells a buy from a sell; every candle has its body."""
    series = PriceSeries("BTCUSDT", "1d", [0, 1], [10.0, 12.0], [13.0, 12.5], [9.0, 8.0], [12.0, 9.0])
    marks = [Mark(0, 10.0, "buy", "BUY"), Mark(1, 9.0, "sell", "SELL")]
    chart = price_chart(WORDS, SMALL, series, marks)

    assert "l5 9h-10z" in paths(chart, "buy")[0]
    assert "l5-9h-10z" in paths(chart, "sell")[0]
    assert [len(paths(chart, f"body {style}")[0].split("M")) - 1 for style in ("gain", "loss")] == [1, 1]


def test_days_without_a_return_draw_no_loss() -> None:
    """Three days, one of them lost: two stems up, one down."""
    chart = stem_chart(WORDS, SMALL, [1, 2, 3], np.array([0.01, -0.02, 0.0]))

    assert [paths(chart, f"stem {style}")[0].count("M") for style in ("gain", "loss")] == [2, 1]


def test_a_box_says_its_quantiles() -> None:
    """0 to 100 % in steps of one percent: the quartiles are 25 % and 75 %."""
    chart = box_chart(WORDS, SMALL, [("days", np.arange(101) / 100.0)])

    assert "days: 5 % +5.00%, 25 % +25.00%, median +50.00%, 75 % +75.00%, 95 % +95.00%" in chart


def test_trades_that_won_and_lost_have_different_shapes() -> None:
    """Up and down, whatever the colours."""
    chart = point_chart(WORDS, SMALL, [Point(-0.1, -0.1, "lose", "a"), Point(-0.01, 0.2, "win", "b")])

    assert paths(chart, "win")[0].endswith("l4 7h-8z")
    assert paths(chart, "lose")[0].endswith("l4-7h-8z")


def test_a_small_chart_is_drawn_as_before() -> None:
    """Three days in a plot of 100 x 100 units, held against tests/golden/line_chart.svg."""
    times = [JANUARY, JANUARY + DAY_MS, JANUARY + 2 * DAY_MS]
    line = Line("this run", np.array([0.0, -0.1, -0.05]), "fall", filled=True)
    chart = line_chart(WORDS, SMALL, times, [line], Scale("percent", zero=True, bands=[(times[0], times[1], "fall")]))

    assert (REPOSITORY / "tests" / "golden" / "line_chart.svg").read_text() == chart.replace("><", ">\n<") + "\n"
