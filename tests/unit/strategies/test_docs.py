"""The documentation lists what there is, and its example runs."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.support.generated import gappy
from tradingbot.domain.candles import Candles
from tradingbot.features.checks import Columns, check_all
from tradingbot.features.registry import discover_features
from tradingbot.strategies.guard import evaluate
from tradingbot.strategies.params import build, parameters
from tradingbot.strategies.registry import discover

DOCS = Path(__file__).parents[3] / "docs"
FEATURES = (DOCS / "features.md").read_text(encoding="utf-8")
STRATEGIES = (DOCS / "strategies.md").read_text(encoding="utf-8")


def rows(text: str, width: int) -> list[list[str]]:
    """The cells of the tables' rows whose first cell is one name in code."""
    found = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")
    ]
    return [cells for cells in found if len(cells) == width and re.fullmatch(r"`[\w-]+`", cells[0])]


def test_every_feature_is_documented_as_it_is() -> None:
    """Name, warm-up and summary of the page are those of the code, no more and no fewer."""
    documented = {cells[0].strip("`"): (cells[1], cells[2]) for cells in rows(FEATURES, 3) if cells[1].isdigit()}

    assert documented == {name: (str(one.warmup), one.summary) for name, one in discover_features().items()}


@pytest.mark.parametrize("module", ["trend", "momentum", "volatility", "volume", "statistics", "columns", "higher"])
def test_every_indicator_is_documented(module: str) -> None:
    """The functions listed for a module are its public functions."""
    source = (DOCS.parent / "tradingbot" / "features" / f"{module}.py").read_text(encoding="utf-8")
    listed = next(line for line in FEATURES.splitlines() if line.startswith(f"| `features.{module}`"))
    public = set(re.findall(r"^def ([a-z]\w*)", source, re.MULTILINE)) - {"checked"}

    assert set(re.findall(r"`(\w+)`", listed)) == public


def test_every_strategy_is_documented_with_its_parameters() -> None:
    """Names and parameters of the page are those of the code; each has its paragraph."""
    documented = {cells[0].strip("`"): re.findall(r"`(\w+)`", cells[1]) for cells in rows(STRATEGIES, 2)}
    known = discover()

    assert {name: documented[name] for name in known} == {
        name: [one.name for one in parameters(strategy)] for name, strategy in known.items()
    }
    assert all(f"**{name}**" in STRATEGIES for name in known)


def test_the_example_runs_as_written(tmp_path: Path) -> None:
    """A reader who copies it gets a strategy that is found, built, causal, and says something."""
    example = re.search(r"```python\n(.*?)```", STRATEGIES, re.DOTALL)
    assert example is not None
    (tmp_path / "weekly.py").write_text(example[1], encoding="utf-8")
    strategy = build(discover([tmp_path])["weekly-momentum"], {"n": "20"})
    candles = gappy(900, timeframe=strategy.timeframe)

    def columns(given: Candles) -> Columns:
        signals = strategy.signals(given)
        return {"enter": signals.enter, "exit": signals.exit}

    assert check_all(columns, candles, strategy.warmup, np.random.default_rng(1)) == []
    assert evaluate(strategy, candles).enter.any()
