"""The report says what the figures say, in one page that needs nothing else."""

import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import msgspec
import pytest
from rich.console import Console

from tradingbot.analysis.compare import compare_runs, comparison_table
from tradingbot.analysis.html import render_html
from tradingbot.analysis.report_json import to_json
from tradingbot.analysis.result import CASES, RunResult
from tradingbot.analysis.summary import headline, summarise
from tradingbot.analysis.terminal import terminal_summary
from tradingbot.analysis.words import money, percent


class Page(HTMLParser):
    """What a test asks of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember ids, addresses and tags."""
        given = dict(attrs)
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [given[name] or "" for name in ("src", "href") if name in given]
        assert not [name for name, _ in attrs if name.startswith("on")]


@pytest.fixture(scope="module")
def page(synthetic_run: RunResult) -> str:
    """The report of a synthetic run."""
    return render_html(synthetic_run)


def shown(renderable: object) -> str:
    """What a terminal shows."""
    text = io.StringIO()
    Console(width=200, file=text).print(renderable)
    return text.getvalue()


def test_the_page_needs_nothing_else(page: str) -> None:
    """No script, no handler, no address but anchors of its own."""
    read = Page(page)

    assert "script" not in read.tags
    assert all(link.startswith("#") for link in read.links)
    assert {link[1:] for link in read.links} <= set(read.ids)
    assert len(read.ids) == len(set(read.ids))
    assert "://" not in page


def test_every_table_and_chart_has_a_caption(page: str) -> None:
    """A reader who sees no picture knows what it is."""
    read = Page(page)

    assert read.tags.count("table") == read.tags.count("caption")
    assert read.tags.count("figure") == read.tags.count("figcaption") == read.tags.count("svg")
    assert read.tags.count("desc") == read.tags.count("svg")


def test_the_page_shows_the_figures_of_the_summary(page: str, synthetic_run: RunResult) -> None:
    """Final equity of all cases, the headline, refusals and the run's fingerprints."""
    for name in CASES:
        assert money(summarise(synthetic_run.cases[name], synthetic_run).account.final) in page
    central = summarise(synthetic_run.central, synthetic_run)
    assert headline(central).split(";")[0] in page
    assert all(rule in page for rule, _ in central.refusals)
    assert synthetic_run.dataset_sha256 in page
    assert synthetic_run.code_sha256 in page


def test_synthetic_is_on_every_caption_line_and_title(page: str, synthetic_run: RunResult) -> None:
    """Nobody can take a generated market for a real one."""
    captions = re.findall(r"<(?:caption|figcaption|summary|h1)>([^<]+)<", page)
    own = [text for text in captions if text != "All settings"]

    assert own
    assert all("SYNTHETIC" in text for text in own)
    lines = shown(terminal_summary(synthetic_run)).splitlines()
    assert all(line.startswith("SYNTHETIC") for line in lines)


def test_the_same_run_gives_the_same_page(page: str, synthetic_run: RunResult) -> None:
    """Intervals are drawn with the run's own seed."""
    assert render_html(synthetic_run) == page


def test_json_is_plain_and_holds_every_trade(synthetic_run: RunResult) -> None:
    """It can be written and read again; figures that are not available are words."""
    held = json.loads(msgspec.json.encode(to_json(synthetic_run)))

    assert len(held["trades"]) == len(synthetic_run.central.trades)
    assert held["provenance"]["data"] == "synthetic"
    assert held["cases"]["central"]["account"]["final"] == pytest.approx(synthetic_run.central.equity["equity"][-1])


def test_a_run_of_a_few_days_says_why_there_is_no_ratio(synthetic_run: RunResult) -> None:
    """Under 30 days: n/a with the number of days, on the page too."""
    case = synthetic_run.central
    short = replace(
        synthetic_run,
        cases={name: replace(case, name=name, equity=case.equity.head(12)) for name in CASES},
        benchmark=synthetic_run.benchmark.head(12),
    )

    assert "n/a - 12 days" in render_html(short)
    assert "ratios: n/a - 12 days" in headline(summarise(short.central, short))


def test_the_terminal_shows_all_cases_and_groups(synthetic_run: RunResult) -> None:
    """Money of each case, strategies, symbols, candles."""
    text = shown(terminal_summary(synthetic_run))

    for name in CASES:
        assert money(summarise(synthetic_run.cases[name], synthetic_run).account.final) in text
    assert all(word in text for word in ("channel-breakout", "sma-cross", "SOLUSDT", "buy-and-hold", "pessimistic"))


def test_runs_are_compared_side_by_side(synthetic_run: RunResult) -> None:
    """One column a run, marked with its data."""
    compared = compare_runs([synthetic_run, replace(synthetic_run, run_id="bt-1111111111")])
    figures = compared["bt-1111111111"]

    assert figures["data"] == "SYNTHETIC"
    assert figures["return"] == percent(
        summarise(synthetic_run.central, synthetic_run).account.total_return, signed=True
    )
    assert "bt-1111111111" in shown(comparison_table(compared))
