"""A run as plain values: what `--json` prints and `report.json` holds."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from tradingbot.analysis.result import CASES, RunResult
from tradingbot.analysis.summary import headline, summarise
from tradingbot.analysis.words import banner


def to_json(result: RunResult) -> Mapping[str, Any]:
    """Provenance, dataset, settings, all figures of all cases, and every trade of the central one."""
    summaries = {name: summarise(result.cases[name], result) for name in CASES}
    return {
        "run": result.run_id,
        "kind": result.kind,
        "provenance": {"data": result.data, "execution": result.execution, "words": banner(result)},
        "headline": headline(summaries["central"], list(summaries.values())),
        "created": result.created,
        "start": result.start,
        "end": result.end,
        "base": result.base,
        "quote": result.quote,
        "initial_equity": result.initial_equity,
        "cases": {
            name: {**one.to_json(), "costs": result.cases[name].costs, "dust": result.cases[name].dust}
            for name, one in summaries.items()
        },
        "events": list(result.central.events),
        "trades": result.central.trades.rename({"return_": "return"}).to_dicts(),
        "equity": result.central.equity.to_dicts(),
        "buy_and_hold_equity": result.benchmark.to_dicts(),
        "refusals": result.central.refusals.to_dicts(),
        "trials": asdict(result.trials),
        "dataset": [asdict(one) for one in result.dataset],
        "dataset_sha256": result.dataset_sha256,
        "config": result.config,
        "config_sha256": result.config_sha256,
        "code_version": result.code_version,
        "code_sha256": result.code_sha256,
        "notes": list(result.notes),
        "buy_and_hold": result.benchmark_note,
    }
