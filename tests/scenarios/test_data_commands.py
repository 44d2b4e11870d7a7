"""The data verbs as a person uses them: what they show, and what bad input ends in."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner, Result

from tradingbot.cli.data import app
from tradingbot.data.checksum import sha256
from tradingbot.data.exchange_info import FilterStore
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles
from tradingbot.domain.errors import TradingBotError
from tradingbot.domain.timeframe import DAY_MS, Timeframe

START = 1_704_067_200_000


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


def refused(*arguments: object) -> str:
    """The message of a command that must end with code 2."""
    error = run(*arguments).exception
    assert isinstance(error, TradingBotError)
    assert error.exit_code == 2
    return str(error)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Three days of hours in the exchange's columns."""
    path = tmp_path / "files" / "1h" / "BTCUSDT-2024.parquet"
    path.parent.mkdir(parents=True)
    frame = synthetic_candles(np.random.default_rng(1), SyntheticMarket(), Timeframe.H1, START, 72)
    frame.with_columns(pl.from_epoch("open_time", "ms").dt.replace_time_zone("UTC")).write_parquet(path)
    return path


@pytest.fixture
def store(tmp_path: Path, file: Path) -> Path:
    """A store with those hours."""
    folder = tmp_path / "store"
    assert run("import", file, "--store", folder).exit_code == 0
    return folder


def rows(store: Path) -> int:
    return len(ParquetStore(store).load("BTCUSDT", Timeframe.H1, START, START + 30 * DAY_MS).candles)


def test_a_folder_is_imported_and_listed(file: Path, tmp_path: Path) -> None:
    """Symbol and timeframe come from the path, and the list shows each original's sum."""
    store = tmp_path / "store"

    result = run("import", file.parent.parent, "--store", store)
    listed = json.loads(run("list", "--store", store, "--json").stdout)

    assert result.exit_code == 0
    assert [(one["symbol"], one["timeframe"], one["rows"]) for one in listed["series"]] == [("BTCUSDT", "1h", 72)]
    piece = listed["files"][0]["provenance"]["pieces"][0]
    assert (piece["origin"], piece["sha256"]) == (file.as_posix(), sha256(file.read_bytes()))


def test_csv_and_zip_need_no_more_than_their_names(file: Path, tmp_path: Path) -> None:
    """A CSV with a header, named as the archive names files, is understood."""
    path = tmp_path / "ETHUSDT-1h-2024-01.csv"
    path.write_bytes(pl.read_parquet(file).with_columns(pl.col("open_time").dt.epoch("us")).write_csv().encode())

    assert run("import", path, "--store", tmp_path / "s").exit_code == 0
    assert "ETHUSDT" in run("list", "--store", tmp_path / "s").stdout


def test_a_name_that_says_nothing_needs_options(file: Path, tmp_path: Path) -> None:
    """Without them the command says which; with them the file is imported."""
    path = file.rename(file.parent / "candles.parquet")
    store = tmp_path / "s"

    assert "Give one --symbol and one --timeframe" in refused("import", path, "--store", store)
    assert run("import", path, "--store", store, "--symbol", "BTCUSDT", "--timeframe", "1h").exit_code == 0


def test_a_manifest_guards_its_folder(file: Path, tmp_path: Path) -> None:
    """A file that is not what the manifest says is refused by name; the others are imported."""
    root = file.parent.parent
    other = file.with_name("ETHUSDT.parquet")
    other.write_bytes(file.read_bytes())
    sums = {"1h/BTCUSDT-2024.parquet": sha256(file.read_bytes()), "1h/ETHUSDT.parquet": "0" * 64}
    manifest = {"files": [{"path": path, "sha256": value} for path, value in sums.items()]}
    (root / "manifest.json").write_text(json.dumps(manifest))

    message = refused("import", root, "--store", tmp_path / "s")

    assert message.startswith("ETHUSDT.parquet: its SHA-256 is")
    assert list(ParquetStore(tmp_path / "s").symbols()) == ["BTCUSDT"]


def test_verify_lists_and_judges(store: Path) -> None:
    """Sound candles give no finding and code 0; a damaged file is an error and code 1."""
    sound = run("verify", "--store", store)
    ParquetStore(store).layout.file("BTCUSDT", Timeframe.H1, "2024-01", "import").write_bytes(b"PAR1")

    damaged = run("verify", "--store", store, "--json")

    assert (sound.exit_code, "1 series read, 0 findings" in sound.stdout) == (0, True)
    assert damaged.exit_code == 1
    assert [one["kind"] for one in json.loads(damaged.stdout)["findings"]] == ["unreadable"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["download", "--symbols", "FOO"], "symbol: 'FOO' is not a spot symbol"),
        (["download", "--timeframe", "7m"], "timeframe: '7m' is not known. Use one of: 1s 1m"),
        (["download", "--from", "2024-02-30"], "from: '2024-02-30' is not a date. Write it as YYYY-MM-DD"),
        (["download", "--from", "2024-02-01", "--to", "2024-01-01"], "from/to: the range .* is reversed"),
        (["download", "--from", "2024-02-01", "--to", "2024-02-01"], "from/to: the range .* is empty"),
        (["import", "nowhere"], "nowhere: no such file or folder. Check the path"),
        (["import", "nowhere", "--as-of", "x"], "as-of: 'x' is not a date"),
        (["list", "--symbols", "LTCUSDT"], "symbol: nothing is stored for LTCUSDT. Run 'tradingbot data download"),
        (["verify", "--symbols", "LTCUSDT"], "symbol: nothing is stored for LTCUSDT"),
        (["verify", "--timeframe", "1w"], "timeframe: '1w' is not known"),
    ],
)
def test_bad_options_are_refused(store: Path, arguments: list[str], message: str) -> None:
    """Field, problem and remedy are named, nothing is asked of anybody, and the store is as it was."""
    said = refused(*arguments, "--store", store)

    assert message.split(".*", maxsplit=1)[0] in said
    assert message.rsplit(".*", maxsplit=1)[-1] in said
    assert rows(store) == 72


@pytest.mark.parametrize("name", ["list", "verify"])
def test_an_empty_store_says_what_to_do(tmp_path: Path, name: str) -> None:
    """There is nothing to show, and how to get something."""
    assert "holds no candles. Run 'tradingbot data download'" in refused(name, "--store", tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("BTCUSDT-1h-2024-01.csv", b""),
        ("BTCUSDT-1h-2024-01.csv", b"<html>no</html>"),
        ("BTCUSDT-1h-2024-01.zip", b"PK no zip"),
        ("BTCUSDT-1h-2024.parquet", b"PAR1 no parquet"),
        ("exchangeInfo.json", b"{}"),
        ("exchangeInfo.json.gz", b"no gzip"),
        ("notes.txt", b"hello"),
    ],
)
def test_foreign_files_are_refused(store: Path, tmp_path: Path, name: str, content: bytes) -> None:
    """The file is named, and what was stored stays."""
    path = tmp_path / name
    path.write_bytes(content)

    assert name in refused("import", path, "--store", store)
    assert rows(store) == 72
    assert not FilterStore(store).snapshots()


def test_a_folder_without_candles_is_refused(tmp_path: Path) -> None:
    """How files must be named is said."""
    (tmp_path / "empty").mkdir()

    assert "holds no spot candle files. Name files as" in refused(
        "import", tmp_path / "empty", "--store", tmp_path / "s"
    )


def test_help_has_examples() -> None:
    """Each verb shows how it is used."""
    for verb in ("download", "import", "verify", "list"):
        assert f"tradingbot data {verb}" in run(verb, "--help").stdout.replace("\n", " ")


@pytest.mark.market_data
def test_the_real_data_come_in(market_data: Path, tmp_path: Path) -> None:
    """Each file is verified against the manifest; facts known of the market are found again."""
    wanted = ("--symbols", "BTCUSDT,ETHUSDT", "--timeframes", "1h,1d")
    result = run("import", market_data, "--store", tmp_path / "s", *wanted, "--json")

    outcomes = [one for one in json.loads(result.stdout)["outcomes"] if one["rows"]]
    store = ParquetStore(tmp_path / "s")
    day = store.load("BTCUSDT", Timeframe.H1, START, START + DAY_MS)
    crash = store.load("ETHUSDT", Timeframe.H4, 1_503_360_000_000, 1_503_360_000_000 + DAY_MS)

    assert {one["verified"] for one in outcomes} == {"manifest.json"}
    assert (day.candles.open[0], day.info.rows) == (42283.58, 24)
    assert (crash.candles.open[1], crash.info.note) == (144.21, "resampled from 1h")
    assert FilterStore(tmp_path / "s").get("BTCUSDT").tick_size > 0
