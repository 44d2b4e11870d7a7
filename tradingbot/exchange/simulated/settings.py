"""What a simulated exchange is told."""

import msgspec

from tradingbot.engine.costs import CostSettings


class SimulationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`costs` are fees, spread, slippage, impact and participation, as `[costs]` of the configuration."""

    costs: CostSettings = CostSettings()
