"""The page says of the default portfolio what was measured, and holds it against the goal."""

from benchmarks.report import Portfolio, Report, markdown


def page(portfolio: Portfolio | None) -> str:
    """A page of nothing else."""
    return markdown(Report("2026-01-01", 3, 10, {}, {}, {}, [], portfolio, {}))


def test_the_portfolio_is_held_against_its_goal() -> None:
    """1.5 s of preparation and 0.75 s of simulation: each is quick enough, both together are not."""
    text = page(Portfolio({"signals": 0.5, "calendar": 1.0}, 0.75, 40, 2_000, 30))

    assert "40 lanes, 2,000 signals, 30 trades" in text
    assert "| preparation, all | 1.500 | under 2 s | met |" in text
    assert "| simulation | 0.750 | under 2 s | met |" in text
    assert "| both | 2.250 | under 2 s | **missed** |" in text


def test_a_portfolio_that_was_not_run_is_not_on_the_page() -> None:
    """No heading without numbers."""
    assert "portfolio" not in page(None)
