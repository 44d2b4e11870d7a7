"""One pass of the core over what was prepared, under one case of costs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tradingbot.domain.filters import SymbolFilters
from tradingbot.domain.state import Records
from tradingbot.domain.timeframe import DAY_MS
from tradingbot.engine.book import Book, new_book
from tradingbot.engine.costs import COST_CASES, terms_table
from tradingbot.engine.outputs import Output, new_output
from tradingbot.engine.run import Inputs, run
from tradingbot.research.prepare import Prepared
from tradingbot.risk.settings import rules_of


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """What the core left behind."""

    inputs: Inputs
    book: Book
    output: Output


def inputs_of(prepared: Prepared, filters: Sequence[SymbolFilters | None], case: str) -> Inputs:
    """The core's inputs under one case of costs."""
    settings = prepared.settings
    costs = COST_CASES[case]
    styles = np.unique(prepared.lanes.style)
    return Inputs(
        prepared.market,
        prepared.detail,
        prepared.events,
        prepared.volatility,
        prepared.calendar,
        terms_table(list(settings.symbols), settings.costs, costs, list(filters)),
        rules_of(settings.risk, allocator=len(styles) > 1),
        costs.path,
    )


def simulate(prepared: Prepared, inputs: Inputs) -> Simulated:
    """Run the core; neither `prepared` nor `inputs` is changed."""
    lanes: Records = prepared.lanes.copy().view(np.recarray)
    lanes.tick_size = inputs.terms.tick_size[lanes.symbol]
    market = inputs.market
    book = new_book(prepared.settings.cash, lanes, market.candles.shape[1])
    days = market.candles.shape[2] * market.step // DAY_MS + 2
    output = new_output(int(np.count_nonzero(inputs.events["enter"])), days, len(lanes))
    run(inputs, book, output)
    return Simulated(inputs, book, output)
