"""A style earns its share of risk by its own record after costs; a style without an edge gets none."""

from typing import NamedTuple

import numpy as np

from tradingbot.domain.candles import FloatColumn
from tradingbot.domain.compiled import compiled
from tradingbot.domain.state import Records
from tradingbot.risk.rules import Rules

REMEMBERED = 50
"""Closed trades of a style that are looked at."""

PROBATION_SHARE = 0.5
"""Share of a style that comes back from a pause, until it has a new record."""


STYLE = np.dtype([("trades", "i8"), ("paused_until", "i8"), ("probation", "?")], align=True)


class StyleRecord(NamedTuple):
    """What each style did with its latest trades; rows are styles."""

    styles: Records  # STYLE: trades since the record began, ms until which it is paused, whether it came back
    results: FloatColumn  # (styles, REMEMBERED) in units of the risk taken


@compiled
def record_result(record: StyleRecord, rules: Rules, number: int, result: float, now: int) -> None:
    """Remember a closed trade; a record that is long enough and not positive pauses the style and starts anew."""
    if rules.allocator_trades <= 0:
        return
    style = record.styles[number]
    record.results[number, style.trades % REMEMBERED] = result
    style.trades += 1
    if style.trades < rules.allocator_trades:
        return
    total = 0.0
    for i in range(min(style.trades, REMEMBERED)):
        total += record.results[number, i]
    style.probation = False
    if total <= 0.0:
        style.trades = 0
        style.paused_until = now + rules.allocator_pause_ms
        style.probation = True


@compiled
def record_share(record: StyleRecord, rules: Rules, number: int, now: int) -> float:
    """0 while paused, half on probation, else 1."""
    if rules.allocator_trades <= 0:
        return 1.0
    style = record.styles[number]
    if now < style.paused_until:
        return 0.0
    return PROBATION_SHARE if style.probation else 1.0
