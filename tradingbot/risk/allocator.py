"""A style earns its share of risk by its own record after costs; a style without an edge gets none."""

from typing import Any, NamedTuple

from numpy.typing import NDArray

from tradingbot.domain.compiled import compiled
from tradingbot.risk.rules import Rules

REMEMBERED = 50
"""Closed trades of a style that are looked at."""

PROBATION_SHARE = 0.5
"""Share of a style that comes back from a pause, until it has a new record."""


class StyleRecord(NamedTuple):
    """What each style did with its latest trades (rows are styles)."""

    results: NDArray[Any]  # (styles, REMEMBERED) in units of the risk taken
    trades: NDArray[Any]  # trades since the record began
    paused_until: NDArray[Any]  # ms
    probation: NDArray[Any]  # 1 after a pause


@compiled
def record_result(record: StyleRecord, rules: Rules, style: int, result: float, now: int) -> None:
    """Remember a closed trade; a record that is long enough and not positive pauses the style and starts anew."""
    if rules.allocator_trades <= 0:
        return
    record.results[style, record.trades[style] % REMEMBERED] = result
    record.trades[style] += 1
    if record.trades[style] < rules.allocator_trades:
        return
    known = min(record.trades[style], REMEMBERED)
    total = 0.0
    for i in range(known):
        total += record.results[style, i]
    record.probation[style] = 0
    if total <= 0.0:
        record.trades[style] = 0
        record.paused_until[style] = now + rules.allocator_pause_ms
        record.probation[style] = 1


@compiled
def record_share(record: StyleRecord, rules: Rules, style: int, now: int) -> float:
    """0 while paused, half on probation, else 1."""
    if rules.allocator_trades <= 0:
        return 1.0
    if now < record.paused_until[style]:
        return 0.0
    return PROBATION_SHARE if record.probation[style] else 1.0
