"""Charts of runs with more trades than a picture can hold."""

from dataclasses import replace

import polars as pl

from tests.support.results import synthetic_result
from tradingbot.analysis.charts import Curves
from tradingbot.analysis.charts_trades import MOST_DRAWN, distribution_charts, drawn_trades, price_charts
from tradingbot.analysis.html import render_html

RUN = synthetic_result(seed=5, days=400)
MANY = pl.concat([RUN.central.trades] * 40)
CROWDED = replace(RUN, cases={name: replace(case, trades=MANY) for name, case in RUN.cases.items()})


def test_few_trades_are_all_drawn_without_a_word() -> None:
    """As many as a chart holds, to the last one."""
    some, words = drawn_trades(MANY.head(MOST_DRAWN))

    assert (len(some), words) == (MOST_DRAWN, "")


def test_of_many_trades_every_so_manieth_is_drawn() -> None:
    """Evenly over the run, never more than a chart holds, and the words say how many."""
    some, words = drawn_trades(MANY.head(2 * MOST_DRAWN + 1))

    assert words == ", one in 3 of them drawn"
    assert some.equals(MANY.head(2 * MOST_DRAWN + 1).gather_every(3))


def test_the_caption_says_that_not_all_trades_are_drawn() -> None:
    """On price charts and excursions alike, with the number of all trades."""
    prices = price_charts(CROWDED)
    counts = [len(MANY.filter(pl.col("symbol") == one.symbol)) for one in CROWDED.prices]

    for chart, count in zip(prices, counts, strict=True):
        assert f"{count} trades, one in {-(-count // MOST_DRAWN)} of them drawn" in chart.caption
        assert chart.svg.count('class="buy"') == chart.svg.count('class="sell"') <= MOST_DRAWN
    for chart in distribution_charts(Curves.of(CROWDED), CROWDED)[-2:]:
        assert f"one in {-(-len(MANY) // MOST_DRAWN)} of them drawn" in chart.caption


def test_a_page_of_many_trades_stays_small() -> None:
    """Less than 3 MB."""
    assert len(MANY) > 1_500
    assert len(render_html(CROWDED).encode()) < 3_000_000
