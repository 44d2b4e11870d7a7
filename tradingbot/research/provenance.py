"""Where a result comes from: fingerprints of code, configuration and candles."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

import tradingbot
from tradingbot.analysis.result import SeriesInfo
from tradingbot.data.store import Loaded


def code_sha256() -> str:
    """Of all source files of the package, by name."""
    folder = Path(tradingbot.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def config_sha256(config: Mapping[str, Any]) -> str:
    """Of the settings as sorted JSON."""
    return hashlib.sha256(msgspec.json.encode(config, order="deterministic")).hexdigest()


def dataset_sha256(series: Iterable[SeriesInfo]) -> str:
    """Of what was read: symbols, timeframes and the digests of their columns."""
    lines = sorted(f"{one.symbol} {one.timeframe} {one.sha256}" for one in series)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def series_info(loaded: Loaded) -> SeriesInfo:
    """The facts of a loaded series as a result carries them."""
    facts = loaded.info
    return SeriesInfo(
        facts.symbol,
        facts.timeframe,
        facts.first,
        facts.last,
        facts.rows,
        facts.missing,
        [(at, count) for at, count in facts.gaps],
        list(facts.sources),
        facts.sha256,
        facts.note,
    )


def strategy_sha256(files: Sequence[Path]) -> str:
    """Of a person's own strategy files."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
