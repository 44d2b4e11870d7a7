"""One configuration tried on prepared candles: figures only, at central costs, and one entry in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tradingbot.analysis.sharpe import sharpe
from tradingbot.domain.candles import FloatColumn
from tradingbot.engine.outputs import DAYS, TRADES
from tradingbot.engine.run import Inputs
from tradingbot.research.laboratory import Laboratory
from tradingbot.research.ledger import Trial
from tradingbot.research.prepare import Prepared, with_strategies
from tradingbot.research.provenance import code_sha256, config_sha256, dataset_sha256, series_info
from tradingbot.research.settings import StrategySpec
from tradingbot.research.simulate import Simulated, inputs_of, simulate


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """What a configuration did. `returns` are daily."""

    parameters: Mapping[str, Any]
    returns: FloatColumn
    trades: int
    total_return: float
    max_drawdown: float

    @property
    def sharpe(self) -> float:
        """Daily, not annualised; NaN when it is not defined."""
        return sharpe(self.returns)


def tried(prepared: Prepared, simulated: Simulated, parameters: Mapping[str, Any]) -> Tried:
    """The figures of a finished pass."""
    cash = prepared.settings.cash
    days = simulated.output.days[: simulated.output.used[DAYS]]
    equity = np.concatenate([[cash], days["equity"]])
    return Tried(
        parameters,
        np.diff(equity) / equity[:-1],
        int(simulated.output.used[TRADES]),
        float(equity[-1] / cash - 1.0),
        float(simulated.book.account[0].max_drawdown),
    )


@dataclass(frozen=True, slots=True)
class Bench:
    """Tries parameters of one strategy on one prepared market; nothing that is shared is changed."""

    laboratory: Laboratory
    prepared: Prepared
    inputs: Inputs  # at central costs; the events are those of the default parameters
    dataset: str
    code: str

    @classmethod
    def of(cls, laboratory: Laboratory, prepared: Prepared) -> "Bench":
        """A bench for a run's settings."""
        inputs = inputs_of(prepared, laboratory.filters(prepared.settings), "central")
        dataset = dataset_sha256(series_info(loaded) for loaded in prepared.loaded)
        return cls(laboratory, prepared, inputs, dataset, code_sha256())

    def variant(self, parameters: Mapping[str, Any]) -> Prepared:
        """The run with other parameters of its (first) strategy."""
        first, *others = self.prepared.settings.strategies
        specs = [StrategySpec(first.name, {**first.parameters, **parameters}), *others]
        return with_strategies(self.prepared, self.laboratory.catalogue.build(specs), specs)

    def run(self, parameters: Mapping[str, Any]) -> tuple[Tried, Prepared]:
        """One pass of the core with these parameters."""
        variant = self.variant(parameters)
        inputs = self.inputs._replace(events=variant.events, volatility=variant.volatility)
        return tried(variant, simulate(variant, inputs), parameters), variant

    def trial(self, result: Tried, variant: Prepared, kind: str, now_ms: int) -> Trial:
        """What the ledger keeps of it."""
        market, settings = variant.market, variant.settings
        sharpe = result.sharpe
        return Trial(
            config_sha256(self.laboratory.config(settings, variant)),
            self.dataset,
            self.code,
            kind,
            list(settings.symbols),
            market.start,
            market.start + market.candles.shape[2] * market.step,
            now_ms,
            None if sharpe != sharpe else sharpe,
            {"return": result.total_return, "max_drawdown": result.max_drawdown, "trades": float(result.trades)},
        )


def matrix(results: Sequence[Tried]) -> FloatColumn:
    """Daily returns, one column a configuration: (days, configurations)."""
    return np.stack([result.returns for result in results], axis=1)
