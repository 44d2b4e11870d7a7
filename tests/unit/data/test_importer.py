"""Files are recognised by their names and checked against sums beside them."""

import json
from pathlib import Path

import numpy as np
import pytest

from tradingbot.data.checksum import find_manifest, sha256
from tradingbot.data.importer import candle_files, import_candles
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles
from tradingbot.domain.errors import ChecksumMismatch, UnknownName
from tradingbot.domain.timeframe import Timeframe

START = 1_704_067_200_000


def make(root: Path, name: str) -> Path:
    """An hourly Parquet file of that name."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = synthetic_candles(np.random.default_rng(1), SyntheticMarket(), Timeframe.H1, START, 24)
    frame.write_parquet(path)
    return path


def test_only_spot_candles_of_a_folder_are_taken(tmp_path: Path) -> None:
    """Names give symbol and timeframe; futures, other markets and other files are left out."""
    for name in (
        "spot/klines/1h/BTCUSDT.parquet",
        "spot/klines/1h/BTCUSDT-2024.parquet",
        "spot/klines/5m/ETHUSDT-2024-01.parquet",
        "spot/klines/notes/README.parquet",
        "futures/um/klines/1h/BTCUSDT.parquet",
        "news/bitcoin.parquet",
    ):
        make(tmp_path, name)

    found = {(file.symbol, str(file.timeframe)) for file in candle_files(tmp_path, [], [])}
    hours = candle_files(tmp_path, ["BTCUSDT"], [Timeframe.H1])

    assert found == {("BTCUSDT", "1h"), ("ETHUSDT", "5m")}
    assert [file.path.name for file in hours] == ["BTCUSDT-2024.parquet", "BTCUSDT.parquet"]


def test_a_folder_of_archive_files_is_understood(tmp_path: Path) -> None:
    """The archive's own names say everything, wherever they lie; its futures part is not spot."""
    make(tmp_path, "a/BTCUSDT-1h-2024-01.parquet")
    make(tmp_path, "futures/BTCUSDT-1h-2024-01.parquet")

    assert [file.path.parent.name for file in candle_files(tmp_path, [], [])] == ["a"]


def test_options_overrule_a_name(tmp_path: Path) -> None:
    """What the user says of a single file counts; a name that says nothing needs both."""
    path = make(tmp_path, "1h/BTCUSDT.parquet")

    (file,) = candle_files(path, ["ETHUSDT"], [])

    assert (file.symbol, file.timeframe) == ("ETHUSDT", Timeframe.H1)
    with pytest.raises(UnknownName, match="does not say which candles"):
        candle_files(make(tmp_path, "x.parquet"), ["ETHUSDT"], [])


def test_a_checksum_file_beside_is_believed(tmp_path: Path) -> None:
    """The right sum verifies the file, a wrong one refuses it."""
    path = make(tmp_path, "BTCUSDT-1h-2024-01.parquet")
    beside = tmp_path / f"{path.name}.CHECKSUM"
    store, files = ParquetStore(tmp_path / "store"), candle_files(path, [], [])

    beside.write_text(f"{'0' * 64}  {path.name}\n")
    wrong = import_candles(store, files, START * 2, lambda *_: None)
    beside.write_text(f"{sha256(path.read_bytes())}  {path.name}\n")
    right = import_candles(store, files, START * 2, lambda *_: None)

    assert [type(error) for error in wrong.failures] == [ChecksumMismatch]
    assert [(one.verified, one.new) for one in right.outcomes] == [("CHECKSUM", 24)]


def test_another_programs_manifest_is_none(tmp_path: Path) -> None:
    """The nearest manifest that lists sums counts; a file of that name with something else does not."""
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "manifest.json").write_text('{"name": "a web page"}')
    (tmp_path / "manifest.json").write_text(json.dumps({"files": [{"path": "a/b/x", "sha256": "F" * 64}]}))

    manifest = find_manifest(inner)

    assert manifest is not None
    assert (manifest.root, manifest.sum_of(inner / "x"), manifest.sum_of(inner / "y")) == (tmp_path, "f" * 64, None)
