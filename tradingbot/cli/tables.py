"""Tables on the terminal for what is not a report; each has a JSON form."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from rich.box import SIMPLE_HEAD
from rich.table import Table

from tradingbot.analysis.compare import compare_runs, comparison_table
from tradingbot.analysis.deflated import deflated_sharpe
from tradingbot.analysis.overfitting import probability_of_overfitting
from tradingbot.analysis.result import RunResult
from tradingbot.analysis.sharpe import annualised
from tradingbot.cli.workspace import Workspace, console, print_json
from tradingbot.config import Config
from tradingbot.research.optimise import Optimisation
from tradingbot.research.reproduce import Comparison
from tradingbot.research.settings import RunSettings
from tradingbot.research.sweep import Sweep
from tradingbot.research.trial import Tried, matrix
from tradingbot.strategies.base import Strategy
from tradingbot.strategies.params import Parameter, parameters

SHOWN = 20


def table(title: str, *columns: str) -> Table:
    """A plain table; numbers go to the right."""
    made = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    for column in columns:
        made.add_column(column.removeprefix(">"), justify="right" if column.startswith(">") else "left")
    return made


def banner(workspace: Workspace, what: str) -> str:
    """What data the figures come from."""
    data = workspace.laboratory.provenance
    return f"{what} - {'SYNTHETIC candles' if data == 'synthetic' else 'recorded candles, backtest'}"


def as_text(parameters_: Mapping[str, Any]) -> str:
    """Parameters on one line."""
    return " ".join(
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}" for name, value in parameters_.items()
    )


def _year(sharpe: float) -> str:
    return "n/a" if sharpe != sharpe else f"{annualised(sharpe):.2f}"


def _row(one: Tried) -> Mapping[str, Any]:
    sharpe = one.sharpe
    return {
        "parameters": dict(one.parameters),
        "sharpe": None if sharpe != sharpe else annualised(sharpe),
        "return": one.total_return,
        "max_drawdown": one.max_drawdown,
        "trades": one.trades,
    }


def show_sweep(workspace: Workspace, settings: RunSettings, done: Sweep, *, as_json: bool) -> None:
    """The best combinations, and what choosing among so many is worth."""
    ranked = sorted(done.results, key=lambda one: -1e9 if one.sharpe != one.sharpe else one.sharpe, reverse=True)
    overfit = probability_of_overfitting(matrix(done.results)) if len(done.results) > 1 else None
    best = deflated_sharpe(ranked[0].returns, done.trials.count, done.trials.sharpe_variance)
    if as_json:
        rows = [_row(one) for one in ranked]
        facts = {"overfitting": overfit, "deflated_sharpe": best, "trials": done.trials.count, "refused": done.refused}
        print_json({"data": workspace.laboratory.provenance, "results": rows, **facts})
        return
    made = table(
        banner(workspace, f"SWEEP {settings.strategies[0].name}"),
        "parameters",
        ">Sharpe",
        ">return",
        ">max drawdown",
        ">trades",
    )
    for one in ranked[:SHOWN]:
        made.add_row(
            as_text(one.parameters),
            _year(one.sharpe),
            f"{one.total_return:+.2%}",
            f"{one.max_drawdown:.2%}",
            str(one.trades),
        )
    out = console()
    out.print(made)
    out.print(f"{len(ranked)} combinations, {done.refused} refused by the strategy; at most {SHOWN} are shown.")
    out.print(f"Probability that choosing the best is overfitting (CSCV): {_share(overfit)}")
    out.print(f"Chance that the best is above luck, after {done.trials.count} trials: {_share(best)}")


def _share(value: object) -> str:
    return f"{value:.1%}" if isinstance(value, float) and value == value else "n/a"


def show_optimisation(workspace: Workspace, settings: RunSettings, done: Optimisation, *, as_json: bool) -> None:
    """The recommended parameters, how sure they are, and what the search is worth."""
    best = done.best
    chance = deflated_sharpe(best.result.returns, done.trials.count, done.trials.sharpe_variance)
    folds = [None if one != one else annualised(float(one)) for one in best.folds]
    if as_json:
        facts = {"trials": done.trials.count, "deflated_sharpe": chance, "fold_sharpes": folds, "score": best.score}
        facts["came_back"] = done.stops.came_back
        ranges = {name: list(span) for name, span in done.near.items()}
        print_json(
            {"data": workspace.laboratory.provenance, "recommended": _row(best.result), "as_good": ranges, **facts}
        )
        return
    made = table(
        banner(workspace, f"OPTIMISE {settings.strategies[0].name}"),
        "parameter",
        ">recommended",
        ">as good from",
        ">to",
    )
    for name, value in best.parameters.items():
        low, high = done.near[name]
        made.add_row(name, *(f"{one:.4g}" if isinstance(one, float) else str(one) for one in (value, low, high)))
    out = console()
    out.print(made)
    out.print("Sharpe of the stretches: " + "  ".join("n/a" if one is None else f"{one:.2f}" for one in folds))
    out.print(
        f"All days: Sharpe {_year(best.result.sharpe)}, {best.result.total_return:+.2%}, {best.result.trades} trades"
    )
    out.print(f"Chance that this is above luck, given {done.trials.count} trials on these candles: {_share(chance)}")
    out.print(
        f"{done.stops.stopped} trades were stopped below their entry; came back to it: {_share(done.stops.came_back)}"
    )
    out.print("These are in-sample figures: judge the parameters with walk-forward, or on other candles.")


def show_comparison(done: Comparison, *, as_json: bool) -> None:
    """Whether a repetition is equal."""
    if as_json:
        print_json({"run": done.run_id, "equal": done.equal, "checks": done.checks})
        return
    made = table(f"REPRODUCE {done.run_id}", "what", "equal")
    for name, equal in done.checks.items():
        made.add_row(name, "yes" if equal else "NO")
    out = console()
    out.print(made)
    out.print("Equal to the last digit." if done.equal else f"Not equal: {', '.join(done.differences)}.")


def show_compared(results: Sequence[RunResult], *, as_json: bool) -> None:
    """Runs beside each other."""
    compared = compare_runs(results)
    if as_json:
        print_json(compared)
    else:
        console().print(comparison_table(compared))


def show_runs(results: Sequence[RunResult], *, as_json: bool) -> None:
    """One line a run."""
    rows: list[Mapping[str, Any]] = [
        {
            "run": one.run_id,
            "kind": one.kind,
            "data": one.data,
            "strategies": [spec["name"] for spec in one.config["strategies"]],
            "symbols": len(one.config["symbols"]),
            "return": float(one.central.equity["equity"][-1]) / one.initial_equity - 1.0,
            "trades": len(one.central.trades),
        }
        for one in results
    ]
    if as_json:
        print_json(rows)
        return
    made = table("RUNS", "run", "kind", "data", "strategies", ">symbols", ">return", ">trades")
    for row in rows:
        made.add_row(
            row["run"],
            row["kind"],
            row["data"],
            " ".join(row["strategies"]),
            str(row["symbols"]),
            f"{row['return']:+.2%}",
            str(row["trades"]),
        )
    console().print(made)


def show_strategies(known: Mapping[str, type[Strategy]], *, as_json: bool) -> None:
    """Strategies with their parameters."""
    rows: list[Mapping[str, Any]] = [
        {
            "strategy": name,
            "about": (strategy.__doc__ or "").strip().split("\n")[0],
            "parameters": [
                {"name": p.name, "default": _value(p.default), "allowed": _allowed(p)} for p in parameters(strategy)
            ],
        }
        for name, strategy in sorted(known.items())
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        made = table(f"{row['strategy']}: {row['about']}", "parameter", "default", "allowed")
        for one in row["parameters"]:
            made.add_row(one["name"], str(one["default"]), one["allowed"])
        console().print(made)


def _allowed(parameter: Parameter) -> str:
    if parameter.choices:
        return " ".join(str(choice) for choice in parameter.choices)
    return f"{parameter.low:g} to {parameter.high:g}"


def _value(value: object) -> object:
    return value if isinstance(value, int | float | str | None) else str(value)


def show_settings(config: Config, *, as_json: bool) -> None:
    """All settings."""
    held = msgspec.to_builtins(config)
    if as_json:
        print_json(held)
        return
    made = table("SETTINGS", "table", "setting", "value")
    for name, values in held.items():
        for setting, value in values.items():
            made.add_row(name, setting, str(value))
    console().print(made)


def show_findings(findings: Sequence[str], *, as_json: bool) -> None:
    """What a check for look-ahead found."""
    if as_json:
        print_json({"findings": list(findings)})
        return
    for finding in findings:
        console().print(finding)
    console().print(
        f"{len(findings)} findings."
        if findings
        else "Nothing found: no value changed with the future, the warm-up or the run."
    )
