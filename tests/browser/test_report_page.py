"""The report in Chromium, from a file, without a network."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

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
