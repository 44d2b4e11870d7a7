"""How figures and provenance are written, the same on the terminal and on the page."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tradingbot.analysis.result import RunResult
from tradingbot.analysis.trades import Figure, NotAvailable
from tradingbot.domain.provenance import ExecutionProvenance


def number(value: Figure, digits: int = 2) -> str:
    """A plain number."""
    return str(value) if isinstance(value, NotAvailable) else f"{value:,.{digits}f}"


def percent(value: Figure, digits: int = 1, *, signed: bool = False) -> str:
    """A fraction as a percentage."""
    if isinstance(value, NotAvailable):
        return str(value)
    return f"{value:+.{digits}%}" if signed else f"{value:.{digits}%}"


def chance(value: Figure) -> str:
    """A probability in whole percent; an estimate is never said to be certain."""
    if isinstance(value, NotAvailable):
        return str(value)
    return "<1%" if value < 0.01 else (">99%" if value > 0.99 else f"{value:.0%}")


def interval(low: Figure, high: Figure) -> str:
    """Both ends, or once why there are none."""
    return str(low) if isinstance(low, NotAvailable) else f"{number(low)} to {number(high)}"


def money(value: Figure, *, signed: bool = False) -> str:
    """Quote currency, two digits."""
    if isinstance(value, NotAvailable):
        return str(value)
    return f"{value:+,.2f}" if signed else f"{value:,.2f}"


def day(moment: int) -> str:
    """The UTC day of a moment in ms."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d")


def minute(moment: int) -> str:
    """Day and minute (UTC) of a moment in ms."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def label(result: RunResult) -> str:
    """SYNTHETIC, or nothing: what every line and table of a run must carry."""
    return "SYNTHETIC" if result.data == "synthetic" else ""


def banner(result: RunResult) -> str:
    """What data and what execution the figures come from; what was imported is not called Binance's."""
    return f"{result.kind.upper()} {result.run_id} - {_candles(result)}, {_FILLS[result.execution]}"


_FILLS: Mapping[ExecutionProvenance, str] = {
    "real": "real fills",
    "testnet": "testnet fills",
    "simulated": "simulated fills",
    "backtest": "simulated fills",
}


def _candles(result: RunResult) -> str:
    if result.data == "synthetic":
        return "SYNTHETIC candles, not a market"
    if result.data != "replay":
        return f"{result.data} candles"
    sources = {source for one in result.dataset for source in one.sources}
    if "import" not in sources:
        return "recorded Binance candles"
    return "candles imported from files" + (", others recorded by Binance" if len(sources) > 1 else "")
