"""The causality checks on a strategy and stored candles."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tradingbot.domain.candles import Candles
from tradingbot.domain.errors import NoData
from tradingbot.features.checks import check_all
from tradingbot.research.laboratory import Laboratory
from tradingbot.research.settings import RunSettings
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.guard import evaluate

SEED = 1


def signal_columns(strategy: Strategy, candles: Candles) -> Mapping[str, NDArray[Any]]:
    """What a strategy says, as named columns."""
    said = strategy.signals(candles)
    names = ("enter", "exit", "strength", "weight", "target", "probability")
    return {name: column for name in names if (column := getattr(said, name)) is not None}


def check_strategy(laboratory: Laboratory, settings: RunSettings) -> Sequence[str]:
    """What is wrong with the run's first strategy on each symbol, in words; empty when nothing is.

    Raises BadStrategy for one that breaks its contract, NoData where the candles do not reach past its warm-up.
    """
    strategy = laboratory.catalogue.build(settings.strategies)[0][1]
    store, timeframe = laboratory.store, strategy.timeframe
    findings: list[str] = []
    for symbol in settings.symbols:
        candles = store.load(symbol, timeframe, settings.start, settings.end).candles
        try:
            reference = store.load(settings.reference, timeframe, settings.start, settings.end).candles
        except NoData:
            reference = None
        if len(candles) <= strategy.warmup:
            problem = f"{len(candles)} candles of {symbol} in {timeframe} show nothing past the warm-up"
            raise NoData("from/to", problem, f"Choose a range of more than {strategy.warmup} candles")
        candles = candles.with_reference(reference)
        evaluate(strategy, candles)  # what cannot be run at all is refused before it is judged
        found = check_all(
            lambda given: signal_columns(strategy, given),
            candles,
            strategy.warmup,
            np.random.default_rng(SEED),
        )
        findings += [f"{symbol}: {one}" for one in found]
    return findings
