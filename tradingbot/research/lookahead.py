"""The causality checks on a strategy and stored candles."""

from collections.abc import Sequence

from tradingbot.features.checks import check
from tradingbot.research.laboratory import Laboratory
from tradingbot.research.settings import RunSettings


def check_strategy(laboratory: Laboratory, settings: RunSettings) -> Sequence[str]:
    """What is wrong with the run's first strategy on each symbol, in words; empty when nothing is."""
    name, strategy = laboratory.catalogue.build(settings.strategies)[0]
    del name
    findings: list[str] = []
    for symbol in settings.symbols:
        candles = laboratory.store.load(symbol, strategy.timeframe, settings.start, settings.end).candles
        findings += [f"{symbol}: {one}" for one in check(strategy, candles)]
    return findings
