"""What a number is made of: whose data, and whose execution. Set by the adapter that runs, never by a setting."""

from typing import Literal

DataProvenance = Literal["live", "testnet", "replay", "synthetic"]
ExecutionProvenance = Literal["real", "testnet", "simulated", "backtest"]
