"""What a run is asked to do: everything that, with the same candles and code, gives the same result."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from tradingbot.engine.costs import CostSettings
from tradingbot.risk.ranking import UniverseSettings
from tradingbot.risk.regime import RegimeSettings
from tradingbot.risk.settings import RiskSettings, Styles


class StrategySpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A strategy by name, with the parameters that differ from its defaults."""

    name: str
    parameters: Mapping[str, Any] = {}


class RunSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One backtest: strategies x symbols on one account, from `start` to `end` (ms UTC, end exclusive)."""

    strategies: Sequence[StrategySpec]
    symbols: Sequence[str]
    start: int
    end: int
    cash: Annotated[float, msgspec.Meta(gt=0.0)] = 10_000.0
    base: str | None = None  # the base clock; null: the finest timeframe of all symbols
    reference: str = "BTCUSDT"  # the market's leading symbol
    risk: RiskSettings = RiskSettings()
    costs: CostSettings = CostSettings()
    styles: Styles = Styles()
    universe: UniverseSettings = UniverseSettings()
    regime: RegimeSettings = RegimeSettings()
