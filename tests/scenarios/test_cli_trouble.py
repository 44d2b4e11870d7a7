"""Trouble from outside: an interrupt, two processes, a full disk, damaged and unusable folders."""

import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.support import own_strategies
from tests.support.command import PERIOD, SMA, Ended, end_of, refused, started, tradingbot

FULL = Path("/dev/full")


def run_of(desk: Path) -> Path:
    """The folder of the only run."""
    [folder] = (path for path in (desk / "runs").iterdir() if path.is_dir())
    return folder


def trials(desk: Path) -> int:
    """Rows of a ledger that is sound."""
    db = sqlite3.connect(desk / "runs" / "ledger.sqlite")
    try:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return int(db.execute("SELECT count(*) FROM trials").fetchone()[0])
    finally:
        db.close()


def interrupted(process: subprocess.Popen[str], marker: Path) -> Ended:
    """Ctrl-C once the strategy is at work."""
    waited = 0.0
    while not marker.exists() and process.poll() is None and waited < 60.0:
        time.sleep(0.05)
        waited += 0.05
    process.send_signal(signal.SIGINT)
    return end_of(process)


@pytest.mark.parametrize(
    "words",
    [
        ["backtest"],
        ["sweep", "-p", "timeframe=1h,2h,4h,6h"],
        ["optimize", "--trials", "50"],
        ["walk-forward", "--train", "40", "--test", "20", "-p", "timeframe=1h,4h"],
    ],
    ids=lambda words: words[0],
)
def test_an_interrupt_loses_nothing(desk: Path, words: list[str]) -> None:
    """Code 130 and a line of words; the runs and trials of before are whole, and the same command works afterwards."""
    slow = ["Path('working').touch()", "time.sleep(0.4 if Path('slow').exists() else 0.0)"]
    own_strategies.write(desk / "mine", *slow)
    command = [words[0], "-s", "own", "--strategy-path", "mine", *PERIOD, *words[1:]]
    assert tradingbot("backtest", *SMA).code == 0
    (desk / "slow").touch()

    ended = interrupted(started(desk, *command), desk / "working")
    (desk / "slow").unlink()

    assert (ended.code, ended.out) == (130, "")
    assert ended.err == "Interrupted: nothing half-written remains, and the same command can be run again."
    assert (len(tradingbot("list-runs", "--json").document), trials(desk)) == (1, 1)
    assert tradingbot(*command).code == 0
    assert trials(desk) > 1


def test_runs_at_once_share_a_ledger(desk: Path) -> None:
    """Processes that finish together, two of them with the very same run, are all kept and counted."""
    names = ("sma-cross", "sma-cross", "channel-breakout", "rsi-reversion")

    ended = [end_of(one) for one in [started(desk, "backtest", "-s", name, *PERIOD) for name in names]]

    assert [(one.code, one.err.partition("Report")[0]) for one in ended] == [(0, "SYNTHETIC ")] * 4
    assert {run["strategies"][0] for run in tradingbot("list-runs", "--json").document} == set(names)
    assert trials(desk) == 3


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("file", ["central-equity.parquet", "run.json", "report.html"])
def test_a_full_disk_is_named_and_the_run_can_be_made_again(desk: Path, file: str) -> None:
    """What was there stays, nothing half-written remains, and with room the same command ends well."""
    tradingbot("backtest", *SMA)
    folder = run_of(desk)
    before = (folder / file).read_bytes()
    (folder / f".{file}.part").symlink_to(FULL)

    message = refused("backtest", *SMA)

    assert f"the disk is full while writing {Path('runs', folder.name, file)}. Free some space" in message
    assert (folder / file).read_bytes() == before
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []
    assert tradingbot("backtest", *SMA).code == 0


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("run.json", b""),
        ("run.json", b"[]"),
        ("run.json", b'{"result": {}, "cases": [], "strategy_paths": []}'),
        ("run.json", b'{"half": '),
        ("central-equity.parquet", b"PAR1"),
        ("benchmark.parquet", b"foreign"),
        ("pessimistic-trades.parquet", None),
    ],
)
def test_a_damaged_run_is_named_by_every_verb(desk: Path, file: str, content: bytes | None) -> None:
    """Empty, foreign, cut off or missing files; a run that is whole is listed all the same."""
    tradingbot("backtest", *SMA)
    damaged = run_of(desk)
    tradingbot("backtest", "-s", "channel-breakout", *PERIOD)
    path = damaged / file
    path.unlink() if content is None else path.write_bytes(content)

    for words in (["report", damaged.name], ["reproduce", damaged.name], ["compare", damaged.name, damaged.name]):
        assert f"runs/{damaged.name}: not a whole run" in refused(*words)
    listed = tradingbot("list-runs", "--json")

    assert (listed.code, f"{damaged.name}: not a whole run" in listed.err) == (2, True)
    assert [run["strategies"] for run in listed.document] == [["channel-breakout"]]


def test_folders_that_are_no_runs_are_left_out(desk: Path) -> None:
    """A stranger's folder, and an interrupted run without its `run.json`."""
    (desk / "runs" / "notes").mkdir(parents=True)
    (desk / "runs" / "notes" / "run.json").write_text("{}")
    (desk / "runs" / "bt-0123456789").mkdir()

    listed = tradingbot("list-runs", "--json")

    assert (listed.code, listed.document, listed.err) == (0, [], "No whole runs in runs yet.")


def test_a_runs_folder_that_is_a_file(desk: Path) -> None:
    """Is named, with what to check."""
    (desk / "runs").write_text("mine")

    assert refused("backtest", *SMA) == (
        "Error: runs: File exists. Check that the path is right, may be used, and has room"
    )
    assert (desk / "runs").read_text() == "mine"


def test_a_runs_folder_that_cannot_be_written(desk: Path) -> None:
    """The ledger comes first: a run that cannot be counted is not shown."""
    (desk / "runs" / "ledger.sqlite").mkdir(parents=True)

    message = refused("backtest", *SMA)

    assert "runs: runs/ledger.sqlite cannot be used (unable to open database file). Make it writable" in message


def test_a_foreign_ledger_is_named(desk: Path) -> None:
    """And left as it is."""
    (desk / "runs").mkdir()
    (desk / "runs" / "ledger.sqlite").write_bytes(b"not a ledger" * 100)

    message = refused("backtest", *SMA)

    assert "runs/ledger.sqlite: not a whole ledger (file is not a database). Put a copy of it back" in message
    assert (desk / "runs" / "ledger.sqlite").read_bytes() == b"not a ledger" * 100


def test_a_reader_that_goes_away_is_no_error(desk: Path) -> None:
    """As in `tradingbot list-strategies | head -1`: no traceback."""
    with started(desk, "list-strategies") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert said == ""
