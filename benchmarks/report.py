"""RESULTS.md: nothing but what the run measured."""

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.agreement import AGREED
from benchmarks.contenders import OURS
from benchmarks.measure import Measurement

# times faster than the fastest public peer and than the fastest event-driven engine whose trades agree;
# at most this many times the bare loop
GOALS: Mapping[str, tuple[float, float | None, float]] = {
    "W1": (5.0, 1_000.0, 3.0),
    "W2": (4.0, 1_000.0, 3.0),
    "W3": (10.0, None, 2.0),
    "W4": (4.0, 300.0, 3.0),
}
MEMORY_GOAL = 1.5
PROCESS_GOAL_S = 2.0
PORTFOLIO_GOAL_S = 2.0


@dataclass(frozen=True)
class Growth:
    """Milliseconds at 1x, 4x and 16x."""

    label: str
    what: str
    spent_ms: Sequence[float]


@dataclass(frozen=True)
class Portfolio:
    """Seconds of the default portfolio: each stage of its preparation in order, and one pass of the core."""

    preparation: Mapping[str, float]
    simulation: float
    lanes: int
    events: int
    trades: int


@dataclass(frozen=True)
class Report:
    """All that a run measured."""

    when: str
    rounds: int
    bars: int
    versions: Mapping[str, str]
    missing: Mapping[str, str]
    results: Mapping[str, Sequence[Measurement]]
    growth: Sequence[Growth]
    portfolio: Portfolio | None
    processes: Mapping[str, float | str]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def markdown(report: Report) -> str:
    """The whole page."""
    parts = [_head(report), *(_work(name, found) for name, found in report.results.items())]
    parts += [_goals(report.results), _growth(report.growth)]
    parts += [_portfolio(report.portfolio), _processes(report.processes), _missing(report.missing)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(report: Report) -> str:
    versions = ", ".join(f"{label} {version}" for label, version in report.versions.items())
    return (
        "# Results\n\n"
        "Written by `python -m benchmarks.run`; [README.md](README.md) says what is measured and how.\n\n"
        f"{report.when}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; {versions}.\n"
        f"{report.rounds} rounds, the engines in turn within each; medians. Up to {report.bars:,} bars."
    )


def _work(name: str, found: Sequence[Measurement]) -> str:
    good = [r for r in found if r.times_ns]
    ours = next((r for r in good if r.who == OURS), None)
    rows = [_row(r, ours) for r in sorted(good, key=lambda r: r.ns)]
    unit = {"W3": "ns per bar and combination", "W4": "ns per bar and pair"}.get(name, "ns per bar")
    head = ("engine", unit, "against ours", "spread", "memory", "trades", "agree", "bars")
    failed = "".join(f"\n\n{r.who.label} did not run: {r.problem}" for r in found if r.problem)
    return f"## {name}\n\n{table(head, rows)}{failed}"


def _row(result: Measurement, ours: Measurement | None) -> Sequence[str]:
    trades = "" if result.trades is None else f"{len(result.trades):,}"
    return (
        result.who.label,
        f"{result.ns:,.1f}",
        "" if ours is None else f"{result.ns / ours.ns:,.2f}x",
        f"{result.spread:.2f}",
        "n/a" if result.memory is None else f"{result.memory:.2f}x",
        trades,
        "" if result.agreement is None else f"{100.0 * result.agreement:.2f} %",
        f"{result.bars:,}",
    )


def _goals(results: Mapping[str, Sequence[Measurement]]) -> str:
    rows = [row for name, found in results.items() for row in _goals_of(name, [r for r in found if r.times_ns])]
    return "## Goals\n\n" + table(("goal", "measured", "wanted", "verdict"), rows) if rows else ""


def _goals_of(name: str, found: Sequence[Measurement]) -> Iterable[Sequence[str]]:
    ours = next((r for r in found if r.who == OURS), None)
    if ours is None or name not in GOALS:
        return
    peer_goal, event_goal, bare_goal = GOALS[name]
    agreeing = [r for r in found if r.who != OURS and (r.agreement or 0.0) >= AGREED]
    public = [r for r in agreeing if r.who.level == "public"]
    yield from _faster(f"{name}, fastest peer that agrees", ours, public, peer_goal)
    yield from _faster(
        f"{name}, beneath a peer's public function", ours, [r for r in agreeing if r.who.level == "beneath"], None
    )
    if event_goal is not None:
        yield from _faster(
            f"{name}, fastest event-driven engine", ours, [r for r in public if r.who.event_driven], event_goal
        )
    for bare in (r for r in found if r.who.level == "bare"):
        yield _verdict(f"{name}, distance from the bare loop", ours.ns / bare.ns, bare_goal, less=True)
    if ours.memory is not None:
        yield _verdict(f"{name}, peak memory in inputs", ours.memory, MEMORY_GOAL, less=True)


def _faster(text: str, ours: Measurement, peers: Sequence[Measurement], goal: float | None) -> Iterable[Sequence[str]]:
    if peers:
        fastest = min(peers, key=lambda r: r.ns)
        yield _verdict(f"{text} ({fastest.who.label})", fastest.ns / ours.ns, goal, less=False)


def _verdict(text: str, measured: float, goal: float | None, *, less: bool) -> Sequence[str]:
    if goal is None:
        return text, f"{measured:,.2f}x", "", ""
    met = measured <= goal if less else measured >= goal
    return text, f"{measured:,.2f}x", f"{'<=' if less else '>='} {goal:,g}x", "met" if met else "**missed**"


def _growth(growth: Sequence[Growth]) -> str:
    rows = [
        (g.label, g.what, *(f"{ms:,.2f}" for ms in g.spent_ms), *(f"{b / a:.2f}x" for a, b in _steps(g.spent_ms)))
        for g in growth
    ]
    head = ("engine", "what grows", "1x, ms", "4x, ms", "16x, ms", "1x to 4x", "4x to 16x")
    return "## Growth\n\nLinear cost is 4x a step or less.\n\n" + table(head, rows) if rows else ""


def _steps(spent: Sequence[float]) -> Iterable[tuple[float, float]]:
    return pairwise(spent)


def _portfolio(found: Portfolio | None) -> str:
    if found is None:
        return ""
    goal = f"under {PORTFOLIO_GOAL_S:g} s"
    prepared = sum(found.preparation.values())
    rows = [(f"preparation: {stage}", f"{seconds:.3f}", "", "") for stage, seconds in found.preparation.items()]
    for label, seconds in (
        ("preparation, all", prepared),
        ("simulation", found.simulation),
        ("both", prepared + found.simulation),
    ):
        rows.append((label, f"{seconds:.3f}", goal, "met" if seconds < PORTFOLIO_GOAL_S else "**missed**"))
    text = (
        "TradingBot alone: all built-in strategies on the ten windows of W4 "
        "(real prices in a made-up order of events), all rules at their defaults, one case of costs, one account. "
        f"{found.lanes} lanes, {found.events:,} signals, {found.trades:,} trades."
    )
    return f"## The default portfolio\n\n{text}\n\n" + table(("stage", "seconds", "goal", "verdict"), rows)


def _processes(processes: Mapping[str, float | str]) -> str:
    rows = [(label, f"{s:.2f}" if isinstance(s, float) else f"failed: {s}") for label, s in processes.items()]
    goal = f"Start, imports, load, run on W1, all bars; goal for ours: under {PROCESS_GOAL_S:g} s."
    return f"## A whole process\n\n{goal}\n\n" + table(("engine", "seconds"), rows) if rows else ""


def _missing(missing: Mapping[str, str]) -> str:
    lines = [f"- {label}: {reason}" for label, reason in missing.items()]
    return "## Not run\n\n" + "\n".join(lines) if lines else ""
