"""The report in Chromium, from a file, without a network."""

import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.results import synthetic_result
from tradingbot.analysis.html import render_html
from tradingbot.analysis.result import RunResult

pytestmark = pytest.mark.browser

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, or the one that CHROMIUM_PATH names."""
    path = os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS.split())
        yield running
        running.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_opens_offline_without_a_complaint(
    width: int, browser: Browser, synthetic_run: RunResult, tmp_path: Path
) -> None:
    """No message, no request but the file itself, nothing wider than the screen, charts with a size."""
    path = tmp_path / "report.html"
    path.write_text(render_html(synthetic_run))
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.context.set_offline(True)
    messages: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())

    assert (messages, requests) == ([], [path.as_uri()])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = page.eval_on_selector_all("svg", "all => all.map(one => one.getBoundingClientRect().height)")
    assert len(sizes) >= 8
    assert min(sizes) > 40
    assert page.locator("text=SYNTHETIC").first.is_visible()
    page.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page with the report of a run long enough for every chart."""
    path = tmp_path / "report.html"
    path.write_text(render_html(synthetic_result(seed=3, days=400)))
    page = browser.new_page()
    page.goto(path.as_uri())
    yield page
    page.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_words_in_charts_can_be_read(width: int, opened: Page) -> None:
    """On a phone and on a desk: no text below eight pixels, and no two labels of an axis on top of each other."""
    opened.set_viewport_size({"width": width, "height": 900})
    charts = opened.eval_on_selector_all(
        "svg",
        """all => all.map(one => [...one.querySelectorAll('.value, .below')].map(text => {
            const box = text.getBoundingClientRect();
            return [text.getAttribute('class'), parseFloat(getComputedStyle(text).fontSize)
                * one.getBoundingClientRect().width / one.viewBox.baseVal.width, box.left, box.right];
        }))""",
    )

    assert len(charts) >= 15
    for labels in charts:
        assert min(size for _, size, _, _ in labels) >= 8.0
        dates = sorted((left, right) for kind, _, left, right in labels if kind == "below")
        assert all(before[1] < after[0] for before, after in pairwise(dates))


def test_a_chart_opens_as_a_table_by_keyboard(opened: Page) -> None:
    """Focus, Enter, and the numbers are there."""
    details = opened.locator("#curves details").first
    assert not details.locator("table").is_visible()
    details.locator("summary").focus()
    opened.keyboard.press("Enter")

    assert details.locator("table").is_visible()


def test_a_table_wider_than_a_phone_scrolls_by_keyboard(opened: Page) -> None:
    """The group table can be focused and moved with an arrow key; its first column stays."""
    opened.set_viewport_size({"width": 390, "height": 900})
    table = opened.locator("#groups .scroll").first
    before = table.locator("tbody th").first.bounding_box()
    table.focus()
    opened.keyboard.press("ArrowRight")
    opened.wait_for_timeout(500)  # scrolling is smooth; the page's own policy forbids waiting by script
    after = table.locator("tbody th").first.bounding_box()

    assert before is not None
    assert after is not None
    assert before["x"] == after["x"]
    assert table.evaluate("one => one.scrollLeft") > 0


def test_paper_is_white_and_wide_enough(opened: Page) -> None:
    """Printed on A4, the page is dark on white, without what cannot be pressed there, and no table is cut."""
    opened.set_viewport_size({"width": 720, "height": 1040})
    opened.emulate_media(media="print")
    colour = opened.evaluate("getComputedStyle(document.body).backgroundColor")

    assert colour == "rgb(255, 255, 255)"
    assert not opened.locator("nav").is_visible()
    assert opened.evaluate("document.documentElement.scrollWidth") <= 720
