"""Finished runs on disk: one folder each, enough to show, compare and repeat them."""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from polars.exceptions import PolarsError

from tradingbot.analysis.result import CaseResult, PriceSeries, RunResult, SeriesInfo, Trials
from tradingbot.data.atomic import put
from tradingbot.domain.errors import BadFile, UnknownName

_ID = re.compile("[a-z]+-[0-9a-f]{10}")
_FRAMES = ("equity", "trades", "refusals")


def run_folder(runs: Path, run_id: str) -> Path:
    """The folder of a run; raises UnknownName when there is none."""
    folder = runs / run_id
    if not _ID.fullmatch(run_id) or not (folder / "run.json").is_file():
        known = " ".join(known_runs(runs)[-5:]) or "none yet"
        raise UnknownName("run", f"'{run_id}' is not in {runs}", f"Newest runs: {known}")
    return folder


def known_runs(runs: Path) -> Sequence[str]:
    """The ids of the runs in a folder, oldest first."""
    files = [path for path in runs.glob("*/run.json") if _ID.fullmatch(path.parent.name)]
    return [path.parent.name for path in sorted(files, key=lambda path: path.stat().st_mtime)]


def save(runs: Path, result: RunResult, strategy_paths: Sequence[Path]) -> Path:
    """Write a run's folder; `run.json` comes last, so that a run that has one is whole."""
    folder = runs / result.run_id
    folder.mkdir(parents=True, exist_ok=True)
    for name, case in result.cases.items():
        for frame in _FRAMES:
            _put_frame(folder / f"{name}-{frame}.parquet", getattr(case, frame))
    _put_frame(folder / "benchmark.parquet", result.benchmark)
    document = {
        "result": _plain(result, ("cases", "benchmark")),
        "cases": {name: _plain(case, _FRAMES) for name, case in result.cases.items()},
        "strategy_paths": [str(path.resolve()) for path in strategy_paths],
    }
    put(folder / "run.json", msgspec.json.format(msgspec.json.encode(document)))
    return folder


def load(runs: Path, run_id: str) -> tuple[RunResult, Sequence[Path]]:
    """A run and the folders of its strategies; raises UnknownName, BadFile."""
    folder = run_folder(runs, run_id)
    try:
        document = msgspec.json.decode((folder / "run.json").read_bytes())
        held: Mapping[str, Any] = document["result"]
        cases = {name: _case(folder, name, one) for name, one in document["cases"].items()}
        result = RunResult(
            **{
                **held,
                "dataset": [SeriesInfo(**one) for one in held["dataset"]],
                "prices": [PriceSeries(**one) for one in held["prices"]],
                "trials": Trials(held["trials"]["count"], _number(held["trials"]["sharpe_variance"])),
                "cases": cases,
                "benchmark": pl.read_parquet(folder / "benchmark.parquet"),
            }
        )
        paths = [Path(path) for path in document["strategy_paths"]]
    except (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError, OSError, PolarsError) as error:
        raise BadFile(str(folder), f"not a whole run ({error})", "Run the backtest again") from None
    return result, paths


def _case(folder: Path, name: str, held: Mapping[str, Any]) -> CaseResult:
    frames = {frame: pl.read_parquet(folder / f"{name}-{frame}.parquet") for frame in _FRAMES}
    return CaseResult(**{**held, **frames})


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _plain(value: RunResult | CaseResult, without: Sequence[str]) -> Mapping[str, Any]:
    names = [field.name for field in fields(value)]
    return {name: getattr(value, name) for name in names if name not in without}


def _put_frame(path: Path, frame: pl.DataFrame) -> None:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    put(path, buffer.getvalue())
