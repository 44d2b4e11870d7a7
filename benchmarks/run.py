"""Ours beside its peers, on the same work, in one run: `python -m benchmarks.run` writes benchmarks/RESULTS.md."""

import argparse
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import environments, portfolio, report, workloads
from benchmarks.contenders import ALL, BARE, OURS, Contender
from benchmarks.environments import HERE, NotInstalled
from benchmarks.measure import compete, process_seconds, say, scaling
from benchmarks.peers.harness import save
from benchmarks.worker import EngineFailed

QUICK_BARS = 30_000
WORKS = ("W1", "W2", "W3", "W4")

# (work, what grows, (bars, rows) at 1x, 4x and 16x; 0: all)
GROWTH = (
    ("W1", "bars", ((27_375, 0), (109_500, 0), (438_000, 0))),
    ("W3", "combinations", ((109_500, 6), (109_500, 24), (109_500, 96))),
    ("W16", "pairs", ((0, 1), (0, 4), (0, 16))),
)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="runs of each engine on each work (default 7)")
    parser.add_argument("--only", default="", help="engines, by parts of their names, with commas between")
    parser.add_argument("--works", default=",".join(WORKS), help="works, with commas between (default all)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_BARS} bars, 3 rounds; prints, writes no file")
    return parser.parse_args()


def install(engines: Sequence[Contender]) -> tuple[list[Contender], dict[str, str]]:
    """The engines that are there, and why the others are not."""
    there, missing = [], {}
    for who in engines:
        try:
            say(f"environment of {who.label}")
            environments.ensure(who.environment, HERE / f"{who.script}.py")
            there.append(who)
        except NotInstalled as error:
            missing[who.label] = str(error)
    return there, missing


def grow(folder: Path, engines: Sequence[Contender]) -> list[report.Growth]:
    """Cost against size, for ours and the bare loop."""
    found = []
    for work, what, sizes in GROWTH:
        for who in (w for w in (OURS, BARE) if w in engines):
            say(f"{who.label}: cost of {what}")
            try:
                found.append(report.Growth(who.label, what, scaling(folder / work, who, sizes, rounds=5)))
            except EngineFailed as error:
                say(f"{who.label}: {error}")
    return found


def whole_portfolio(folder: Path, engines: Sequence[Contender], rounds: int) -> report.Portfolio | None:
    """The default portfolio, where ours takes part."""
    if OURS not in engines:
        return None
    say("the default portfolio")
    return portfolio.measure(folder / "store", rounds)


def processes(folder: Path, engines: Sequence[Contender]) -> dict[str, float | str]:
    """Seconds of a whole process on W1, or what went wrong."""
    spent: dict[str, float | str] = {}
    for who in engines:
        say(f"{who.label}: a whole process")
        try:
            spent[who.label] = process_seconds(folder / "W1", who)
        except EngineFailed as error:
            spent[who.label] = str(error)
    return spent


def main() -> None:
    """Make the environments and the works, measure, write."""
    options = parse()
    names = [name.strip().lower() for name in options.only.split(",")]
    engines, missing = install([who for who in ALL if any(name in who.label.lower() for name in names)])
    works = options.works.split(",")
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as temporary:
        folder = Path(temporary)
        for name in works if options.quick else {*works, "W1", "W3", "W16"}:
            save(workloads.build(name), folder / name)
        limit, rounds = (QUICK_BARS, min(options.rounds, 3)) if options.quick else (0, options.rounds)
        results = {
            name: compete(folder / name, [w for w in engines if name in w.works], rounds, limit) for name in works
        }
        full = report.Report(
            when=datetime.now(UTC).strftime("%Y-%m-%d"),
            rounds=rounds,
            bars=limit or workloads.BARS,
            versions={w.package: environments.version(w.environment, w.package) for w in engines},
            missing=missing,
            results=results,
            growth=[] if options.quick else grow(folder, engines),
            portfolio=whole_portfolio(folder, engines, rounds) if not options.quick else None,
            processes={} if options.quick else processes(folder, engines),
        )
    text = report.markdown(full)
    print(text)
    if not options.quick:
        (HERE / "RESULTS.md").write_text(text)


if __name__ == "__main__":
    main()
