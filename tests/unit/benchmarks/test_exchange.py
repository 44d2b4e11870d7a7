"""The page about the replay exchange says what was measured, and holds it against the goals."""

from dataclasses import replace

from benchmarks.exchange import Month, page
from benchmarks.exchange_requests import Rates, Trips
from benchmarks.exchange_streams import Lag

LAG = Lag(clients=200, streams=30, seconds=60, frames=9_000, p50_ms=5, p99_ms=20, worst_ms=30, is_complete=True)
TRIPS = [Trips("bare aiohttp, ping", [100.0, 120.0, 110.0]), Trips("BinanceVenue", [220.0, 220.0])]
RATES = [Rates("REST pings", 9_000.0), Rates("REST orders", 3_000.0)]
MONTHS = [Month("nobody", 59.0), Month("one client", 61.0)]


def test_each_figure_stands_beside_its_reference() -> None:
    """The median request against the bare ping, the slowest round against the fastest, orders against pings."""
    text = page(TRIPS, RATES, LAG, MONTHS)

    assert "| bare aiohttp, ping | 110 | 1.00x | 1.20 |" in text
    assert "| BinanceVenue | 220 | 2.00x | 1.00 |" in text
    assert "| REST orders | 3,000 | 3.00x |" in text


def test_goals_are_met_or_missed() -> None:
    """A month in 59 s meets its goal, one in 61 s does not."""
    text = page(TRIPS, RATES, LAG, MONTHS)

    assert "| nobody | 59.0 | 7,566 | met |" in text
    assert "| one client | 61.0 | 7,318 | **missed** |" in text
    assert "without falling behind: met." in text


def test_a_client_that_missed_a_trade_or_heard_it_late_misses_the_goal() -> None:
    """However quick the others were."""
    for lag in (replace(LAG, is_complete=False), replace(LAG, p99_ms=1_500)):
        assert "without falling behind: **missed**." in page(TRIPS, RATES, lag, MONTHS)
