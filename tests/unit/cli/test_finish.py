"""A finished run on disk."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tradingbot.analysis.result import RunResult
from tradingbot.cli.finish import keep, write_report
from tradingbot.research.runs import load


def test_a_kept_run_is_loaded_with_its_strategies(synthetic_run: RunResult, tmp_path: Path) -> None:
    """And its report can be written anew, the same."""
    report = keep(tmp_path / "runs", synthetic_run, [tmp_path / "mine"])
    content = report.read_bytes()

    loaded, paths = load(tmp_path / "runs", synthetic_run.run_id)

    assert (loaded.run_id, paths) == (synthetic_run.run_id, [tmp_path / "mine"])
    assert write_report(tmp_path / "runs", loaded).read_bytes() == content


def test_the_same_run_may_be_kept_by_several_at_once(synthetic_run: RunResult, tmp_path: Path) -> None:
    """They wait for each other: none finds its half-written file moved away."""
    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(lambda _: keep(tmp_path, synthetic_run, ()), range(8)))

    assert set(reports) == {tmp_path / synthetic_run.run_id / "report.html"}
    assert load(tmp_path, synthetic_run.run_id)[0].run_id == synthetic_run.run_id
