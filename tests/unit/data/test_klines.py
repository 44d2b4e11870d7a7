"""Klines are read from every form they come in, and what is damaged or foreign is refused by name."""

import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from tradingbot.data.klines import read_csv, read_parquet, read_rest, unzip
from tradingbot.domain.errors import BadFile

LINE = "1704067200000,42283.58,42298.62,42261.02,42298.61,35.92724,1704067259999,1519032.1,1327,23.1,977,0\n"


def zipped(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return target.getvalue()


def test_archive_lines_are_read() -> None:
    """A line without a header has the exchange's twelve columns."""
    frame = read_csv(LINE.encode(), "a.csv")

    assert frame.select("open_time", "open", "trades").row(0) == (1_704_067_200_000, 42283.58, 1327)


def test_a_header_line_in_any_spelling_is_understood() -> None:
    """The archive's own header and that of common exports name the same columns."""
    header = "Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Number of trades,taker_buy_volume\n"
    frame = read_csv((header + LINE[:-7] + "\n").encode(), "a.csv")

    assert frame.select("open", "trades").row(0) == (42283.58, 1327)
    assert {"quote_volume", "taker_buy_base"} <= set(frame.columns)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "empty file"),
        (LINE.encode() + LINE[:40].encode(), "twelve kline columns"),
        (b"<html>not found</html>\n<p>x</p>", "columns open_time, open"),
        (b"date,price\n2024-01-01,3\n", "columns open_time, open, high, low, close, volume are missing"),
        (b"open_time,open,high,low,close,volume\n1704067200000,x,1,1,1,1\n", "not numeric"),
        (LINE.replace("42298.62", "abc").encode(), "not kline CSV"),
    ],
)
def test_foreign_text_is_refused(content: bytes, problem: str) -> None:
    """The file and what is wrong with it are named."""
    with pytest.raises(BadFile, match=rf"a\.csv: .*{problem}"):
        read_csv(content, "a.csv")


def test_parquet_stamps_may_be_datetimes(tmp_path: Path) -> None:
    """Any resolution of a timestamp column is read."""
    frame = read_csv(LINE.encode(), "a.csv").with_columns(
        pl.from_epoch("open_time", "ms").cast(pl.Datetime("ns", "UTC"))
    )
    frame.write_parquet(tmp_path / "a.parquet")

    assert read_parquet(tmp_path / "a.parquet")["open_time"].to_list() == [1_704_067_200_000_000]


@pytest.mark.parametrize("cut", [0, 10, 200])
def test_damaged_parquet_is_refused(tmp_path: Path, cut: int) -> None:
    """A truncated file names itself."""
    path = tmp_path / "a.parquet"
    read_csv(LINE.encode(), "a.csv").write_parquet(path)
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(BadFile, match=r"a\.parquet: not a readable Parquet file"):
        read_parquet(path)


def test_foreign_parquet_is_refused(tmp_path: Path) -> None:
    """A table of something else names the columns that it lacks."""
    pl.DataFrame({"x": [1]}).write_parquet(tmp_path / "a.parquet")

    with pytest.raises(BadFile, match="columns open_time"):
        read_parquet(tmp_path / "a.parquet")


def test_rest_rows_are_read() -> None:
    """The API's strings become the same numbers as the archive's text; no rows is an empty frame."""
    body = b'[[1704067200000,"42283.58","42298.62","42261.02","42298.61","35.92724",1704067259999,"1.5",3,"1","2","0"]]'

    assert read_rest(body, "klines")["volume"].to_list() == [35.92724]
    assert read_rest(b"[]", "klines").height == 0
    with pytest.raises(BadFile, match="not a klines answer"):
        read_rest(b'{"code": 0}', "klines")


def test_a_zip_gives_its_one_file() -> None:
    """The archive's zips hold one CSV file."""
    assert unzip(zipped(("a.csv", LINE.encode())), "a.zip", 1000) == LINE.encode()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"not a zip", "truncated or corrupted zip"),
        (zipped(("a.csv", LINE.encode()))[:60], "truncated or corrupted zip"),
        (zipped(("a.csv", b"1"), ("b.csv", b"2")), "not a zip of one CSV"),
        (zipped(("a.exe", b"1")), "not a zip of one CSV"),
        (zipped(("a.csv", bytes(5_000_000))), "unpacks to more than 1,000 bytes"),
    ],
    ids=["foreign", "truncated", "two files", "no CSV", "bomb"],  # a zip holds the time at which it was made
)
def test_a_bad_zip_is_refused(content: bytes, problem: str) -> None:
    """Damage, foreign content and a bomb are named; a bomb is never unpacked beyond its bound."""
    with pytest.raises(BadFile, match=rf"a\.zip: .*{problem}"):
        unzip(content, "a.zip", 1000)


def test_a_corrupted_member_is_refused() -> None:
    """A flipped byte inside the compressed text is found by the zip's own sum."""
    content = bytearray(zipped(("a.csv", LINE.encode() * 50)))
    content[60] ^= 0xFF

    with pytest.raises(BadFile, match="truncated or corrupted zip"):
        unzip(bytes(content), "a.zip", 100_000)
