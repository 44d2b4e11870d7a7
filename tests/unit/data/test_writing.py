"""A write is whole or nothing."""

import errno
import io
import pickle
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from tradingbot.data.atomic import put
from tradingbot.data.parquet_store import ParquetStore
from tradingbot.data.schema import SourceInfo
from tradingbot.data.synthetic import SyntheticMarket, synthetic_candles
from tradingbot.domain.errors import BadFile, StorageFull
from tradingbot.domain.timeframe import DAY_MS, Timeframe

START = 1_704_067_200_000


class FullDisk(io.FileIO):
    """A file on a disk that takes 100 bytes more."""

    def write(self, content: object) -> int:
        super().write(bytes(content)[:100])  # type: ignore[call-overload]
        raise OSError(errno.ENOSPC, "No space left on device")


def full(path: Path) -> IO[bytes]:
    return FullDisk(path, "w")


def test_a_full_disk_leaves_no_trace(tmp_path: Path) -> None:
    """The error names the file and the remedy; neither half a file nor a changed one remains."""
    put(tmp_path / "a", b"old")

    with pytest.raises(StorageFull, match=r"disk is full while writing .*Free some space"):
        put(tmp_path / "a", b"new" * 1000, full)

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_a_full_disk_loses_no_candle(tmp_path: Path) -> None:
    """What was stored before is still read, and the same write succeeds once there is room."""
    frame = synthetic_candles(np.random.default_rng(1), SyntheticMarket(), Timeframe.H1, START, 48)
    first, second = (SourceInfo("import", name, name * 64, 1) for name in "ab")
    ParquetStore(tmp_path).write("BTCUSDT", Timeframe.H1, frame[:24], first)

    with pytest.raises(StorageFull):
        ParquetStore(tmp_path, full).write("BTCUSDT", Timeframe.H1, frame, second)

    store = ParquetStore(tmp_path)
    assert len(store.load("BTCUSDT", Timeframe.H1, START, START + 2 * DAY_MS).candles) == 24
    assert store.write("BTCUSDT", Timeframe.H1, frame, second).new == 24
    assert not list(tmp_path.rglob(".*.part"))


def test_another_failure_is_passed_on(tmp_path: Path) -> None:
    """Only a full disk is called one."""

    def forbidden(path: Path) -> IO[bytes]:
        raise PermissionError(errno.EACCES, "no", str(path))

    with pytest.raises(PermissionError):
        put(tmp_path / "a", b"x", forbidden)


def test_a_damaged_stored_file_is_named(tmp_path: Path) -> None:
    """Reading and writing both refuse a stored file that is no longer Parquet, and say how to mend it."""
    store = ParquetStore(tmp_path)
    frame = synthetic_candles(np.random.default_rng(1), SyntheticMarket(), Timeframe.H1, START, 24)
    store.write("BTCUSDT", Timeframe.H1, frame, SourceInfo("import", "a", "a", 1))
    store.layout.file("BTCUSDT", Timeframe.H1, "2024-01", "import").write_bytes(b"PAR1 nonsense")

    with pytest.raises(BadFile, match=r"import\.parquet: not a readable candle file.*Delete it"):
        store.load("BTCUSDT", Timeframe.H1, START, START + DAY_MS)
    with pytest.raises(BadFile, match=r"import\.parquet"):
        store.write("BTCUSDT", Timeframe.H1, frame, SourceInfo("import", "b", "b", 2))


def test_a_store_goes_to_another_process(tmp_path: Path) -> None:
    """A worker gets the same folder and can write to it."""
    frame = synthetic_candles(np.random.default_rng(1), SyntheticMarket(), Timeframe.H1, START, 24)

    copy = pickle.loads(pickle.dumps(ParquetStore(tmp_path)))

    assert copy == ParquetStore(tmp_path)
    assert copy.write("BTCUSDT", Timeframe.H1, frame, SourceInfo("import", "a", "a", 1)).new == 24
