"""What a reader is told first is where the figures come from."""

from dataclasses import replace

import pytest

from tests.support.results import synthetic_result
from tradingbot.analysis.result import RunResult
from tradingbot.analysis.words import banner
from tradingbot.domain.provenance import DataProvenance, ExecutionProvenance

RUN = synthetic_result(days=40)


def read_from(*sources: str) -> RunResult:
    """The run as if its candles were recorded, and came from these sources."""
    return replace(RUN, data="replay", dataset=[replace(RUN.dataset[0], sources=[one]) for one in sources])


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        (("archive", "rest"), "recorded Binance candles"),
        (("import",), "candles imported from files"),
        (("archive", "import"), "candles imported from files, others recorded by Binance"),
    ],
)
def test_imported_candles_are_not_called_binances(sources: tuple[str, ...], words: str) -> None:
    """Only what came from the exchange's own archive or interface carries its name."""
    assert banner(read_from(*sources)) == f"BACKTEST {RUN.run_id} - {words}, simulated fills"


@pytest.mark.parametrize(
    ("data", "execution", "words"),
    [
        ("synthetic", "backtest", "SYNTHETIC candles, not a market, simulated fills"),
        ("live", "simulated", "live candles, simulated fills"),
        ("testnet", "testnet", "testnet candles, testnet fills"),
        ("live", "real", "live candles, real fills"),
    ],
)
def test_fills_are_named_by_what_executed_them(
    data: DataProvenance, execution: ExecutionProvenance, words: str
) -> None:
    """Real fills are never called simulated, nor simulated ones real."""
    assert banner(replace(RUN, data=data, execution=execution)).endswith(f" - {words}")
