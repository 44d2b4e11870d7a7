"""Each verb as it is meant to be used: what it shows, and that its JSON is JSON."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.support import own_strategies
from tests.support.command import PERIOD, SMA, tradingbot
from tradingbot.cli.main import app

STEPS = ("--train", 40, "--test", 20)
COMMAND = typer.main.get_command(app)
TOP: dict[str, Any] = COMMAND.commands  # type: ignore[attr-defined]
VERBS = [[name] for name, command in TOP.items() if not hasattr(command, "commands")]
VERBS += [[group, name] for group, held in TOP.items() for name in getattr(held, "commands", ())]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_help_has_an_example(verb: list[str]) -> None:
    """A command line that begins with the verb."""
    ended = tradingbot(*verb, "--help")

    assert ended.code == 0
    assert f"tradingbot {' '.join(verb)}" in ended.out.partition("Example")[2]


def test_the_version_is_shown() -> None:
    """And nothing else is done."""
    assert tradingbot("--version").out.startswith("tradingbot 0.")


def test_a_run_is_made_shown_again_compared_and_repeated(desk: Path) -> None:
    """The whole way of a person: backtest, list, report, compare, reproduce."""
    first = tradingbot("backtest", *SMA)
    second = tradingbot("backtest", "-s", "channel-breakout", *PERIOD)
    ids = [run["run"] for run in tradingbot("list-runs", "--json").document]
    shown = tradingbot("report", ids[0])
    compared = tradingbot("compare", *ids)
    repeated = tradingbot("reproduce", ids[0])

    assert [one.code for one in (first, second, shown, compared, repeated)] == [0] * 5
    assert (len(ids), set(ids)) == (2, {path.name for path in (desk / "runs").iterdir() if path.is_dir()})
    assert shown.out == first.out
    assert all(one in compared.out for one in ids)
    assert "Equal to the last digit." in repeated.out


def test_every_line_of_a_synthetic_run_says_so(desk: Path) -> None:
    """Also where its output goes to another program."""
    lines = tradingbot("backtest", *SMA).out.splitlines()

    assert len(lines) > 20
    assert [line for line in lines if not line.startswith("SYNTHETIC ")] == []


def test_a_run_as_json_is_its_report(desk: Path) -> None:
    """The document on stdout is the file in the run's folder, and progress is not in it."""
    ended = tradingbot("backtest", *SMA, "--json")
    [folder] = (path for path in (desk / "runs").iterdir() if path.is_dir())

    assert ended.out == (folder / "report.json").read_text() + "\n"
    assert (folder / "report.html").stat().st_size > 10_000
    assert ended.document == tradingbot("report", folder.name, "--json").document


def test_a_sweep_ranks_its_grid(desk: Path) -> None:
    """Best first, each combination once, all of them counted as trials."""
    words = ("sweep", *SMA, "-p", "fast=10:20:10", "-p", "slow=30,50")
    document = tradingbot(*words, "--json").document
    text = tradingbot(*words).out

    sharpes = [one["sharpe"] for one in document["results"]]
    assert (len(sharpes), sharpes) == (4, sorted(sharpes, reverse=True))
    assert (document["data"], document["refused"]) == ("synthetic", 0)
    assert "4 combinations, 0 refused" in text
    assert "SYNTHETIC" in text.splitlines()[0]


def test_a_sweep_needs_no_grid(desk: Path) -> None:
    """Without --param it spreads --points values over each range."""
    document = tradingbot("sweep", *SMA, "--points", 2, "--json").document

    tried = {(one["parameters"]["fast"], one["parameters"]["slow"]) for one in document["results"]}
    assert tried == {(5, 10), (5, 400), (100, 400)}
    assert document["refused"] == 1


def test_an_optimisation_recommends_the_same_again(desk: Path) -> None:
    """The seed decides; figures are numbers, also the share of stopped trades that came back."""
    words = ("optimize", *SMA, "--trials", 3, "--folds", 2, "--seed", 5)
    first, text = tradingbot(*words, "--json").document, tradingbot(*words).out

    assert first["recommended"] == tradingbot(*words, "--json").document["recommended"]
    assert isinstance(first["came_back"], float | None)
    assert "in-sample figures" in text


def test_a_walk_forward_is_a_run_like_any_other(desk: Path) -> None:
    """It is listed, and repeating it gives the same."""
    made = tradingbot("walk-forward", *SMA, *STEPS, "-p", "fast=10,20")
    [run] = tradingbot("list-runs", "--json").document

    assert (made.code, run["kind"]) == (0, "walk-forward")
    assert "Step 1: fast = " in made.out
    assert tradingbot("reproduce", run["run"], "--json").document["equal"] is True


def test_a_walk_forward_may_choose_nothing(desk: Path) -> None:
    """With --fixed the parameters are judged as given."""
    document = tradingbot("walk-forward", *SMA, *STEPS, "--fixed", "--rolling", "--json").document

    assert document["config"]["walk_forward"]["grid"] == {}


def test_a_repetition_that_differs_ends_with_1(desk: Path) -> None:
    """And what differs is named."""
    tradingbot("backtest", *SMA)
    [run] = tradingbot("list-runs", "--json").document
    folder = desk / "runs" / run["run"]
    shutil.copy(folder / "optimistic-trades.parquet", folder / "central-trades.parquet")

    ended = tradingbot("reproduce", run["run"], "--json")

    assert (ended.code, ended.document["equal"]) == (1, False)
    assert [name for name, equal in ended.document["checks"].items() if not equal] == ["central trades"]


def test_own_strategies_are_listed_beside_the_built_in(desk: Path) -> None:
    """From --strategy-path and from the configuration alike."""
    mine = own_strategies.write(desk / "mine")
    with (desk / "tradingbot.toml").open("a") as file:
        file.write("strategies = ['mine']\n")

    configured = tradingbot("list-strategies", "--json").document
    assert {"own", "sma-cross"} <= {one["strategy"] for one in configured}
    assert configured == tradingbot("list-strategies", "--strategy-path", mine, "--json").document
    assert "Enters on a rising candle" in tradingbot("list-strategies").out


def test_an_own_strategy_runs_and_is_repeated_from_its_folder(desk: Path) -> None:
    """`reproduce` finds it again without being told where it is."""
    own_strategies.write(desk / "mine")
    assert tradingbot("backtest", "-s", "own", *PERIOD, "--strategy-path", "mine").code == 0
    [run] = tradingbot("list-runs", "--json").document

    assert run["strategies"] == ["own"]
    assert tradingbot("reproduce", run["run"]).code == 0


def test_settings_are_shown_after_file_and_environment(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a run would use."""
    monkeypatch.setenv("TRADINGBOT__RISK__MAX_POSITION", "0.15")
    document = tradingbot("show-config", "--json").document

    assert document["risk"]["max_position"] == 0.15
    assert document["folders"]["store"] in tradingbot("show-config").out


def test_a_setting_of_the_environment_reaches_the_run(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its document carries what was set, and the option goes before it."""
    monkeypatch.setenv("TRADINGBOT__RISK__MAX_POSITION", "0.15")
    monkeypatch.setenv("TRADINGBOT__ACCOUNT__CASH", "5000")

    config = tradingbot("backtest", *SMA, "--json").document["config"]
    optional = tradingbot("backtest", *SMA, "--cash", 700, "--json").document["config"]

    assert (config["risk"]["max_position"], config["cash"]) == (0.15, 5000.0)
    assert optional["cash"] == 700.0


def test_a_sound_strategy_has_no_findings(desk: Path) -> None:
    """And says so in words and in JSON."""
    words = ("lookahead-check", "-s", "sma-cross", "--to", "2023-03-01", "--from", "2023-01-01")

    assert tradingbot(*words).out.startswith("Nothing found")
    assert tradingbot(*words, "--json").document == {"findings": []}


def test_the_data_verbs_use_the_same_configuration(desk: Path) -> None:
    """Without --store they read the store that runs read."""
    ended = tradingbot("data", "list", "--json")

    assert {one["symbol"] for one in ended.document["series"]} == {"BTCUSDT", "ETHUSDT", "SOLUSDT"}
    assert tradingbot("data", "verify", "--symbols", "BTCUSDT").code == 0
    assert tradingbot("data", "list", "--store", "other").code == 2


def test_downloads_go_where_the_configuration_says(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless an option says otherwise; a server that does not answer is no fault of the input: code 1."""
    monkeypatch.setenv("TRADINGBOT__DOWNLOAD__RETRIES", "0")
    monkeypatch.setenv("TRADINGBOT__DOWNLOAD__ARCHIVE_URL", "http://127.0.0.1:9")
    words = ("data", "download", "--symbols", "BTCUSDT", "--from", "2024-01-01", "--to", "2024-02-01", "--no-rest")

    configured = tradingbot(*words, "--store", "new")
    asked = tradingbot(*words, "--store", "new", "--archive-url", "http://127.0.0.1:10")

    assert (configured.code, asked.code) == (1, 1)
    assert "http://127.0.0.1:9/" in configured.err
    assert "http://127.0.0.1:10/" in asked.err


def test_tables_are_whole_where_their_output_is_read_by_a_program(desk: Path) -> None:
    """No name or figure is cut off with an ellipsis."""
    tradingbot("backtest", "-s", "sma-cross", "-s", "channel-breakout", "-s", "rsi-reversion", *PERIOD)

    assert "sma-cross channel-breakout rsi-reversion" in tradingbot("list-runs").out
    assert "…" not in tradingbot("list-runs").out
