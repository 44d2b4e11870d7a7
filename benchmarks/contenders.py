"""Who runs: ours, the bare loop, and the peers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Contender:
    """An engine in one of its ways to be called.

    `bars` cuts the work to its first bars, for engines that would need minutes (0: all).
    `level` is "public" for the function its users call, "beneath" for a function under it, "bare" for the reference.
    """

    label: str
    script: str  # in benchmarks/, without .py
    variant: str
    environment: str  # "": the project's own
    package: str
    works: tuple[str, ...] = ("W1", "W2", "W3", "W4")
    bars: int = 0
    level: str = "public"
    event_driven: bool = False


OURS = Contender("TradingBot", "ours", "ours", "", "tradingbot")
BARE = Contender("bare Numba loop", "peers/bare_numba", "bare", "", "numba", level="bare")

ALL = (
    OURS,
    BARE,
    Contender("vectorbt, Rust", "peers/with_vectorbt", "rust", "vectorbt", "vectorbt", ("W1", "W2", "W3")),
    Contender("vectorbt, Numba", "peers/with_vectorbt", "numba", "vectorbt", "vectorbt"),
    Contender(
        "vectorbt, Rust function beneath",
        "peers/with_vectorbt",
        "beneath",
        "vectorbt",
        "vectorbt",
        ("W1", "W2", "W3"),
        level="beneath",
    ),
    Contender("raptorbt", "peers/with_raptorbt", "raptorbt", "raptorbt", "raptorbt"),
    Contender(
        "backtesting.py",
        "peers/with_backtesting_py",
        "backtesting.py",
        "backtesting_py",
        "backtesting",
        ("W1", "W2"),
        bars=50_000,
    ),
    Contender(
        "NautilusTrader",
        "peers/with_nautilus",
        "nautilus",
        "nautilus",
        "nautilus_trader",
        ("W1", "W2", "W4"),
        bars=20_000,
        event_driven=True,
    ),
    Contender(
        "backtrader",
        "peers/with_backtrader",
        "backtrader",
        "backtrader",
        "backtrader",
        ("W1", "W2", "W4"),
        bars=20_000,
        event_driven=True,
    ),
)
