"""The archive's layout and its sums."""

import pytest

from tradingbot.data.archive import ArchiveFile, plan
from tradingbot.data.calendar import parse_day
from tradingbot.data.checksum import check, parse_checksum, sha256
from tradingbot.domain.errors import BadFile, ChecksumMismatch, OutOfRange
from tradingbot.domain.timeframe import Timeframe


def day(text: str) -> int:
    return parse_day(text, "from")


def test_addresses_are_the_archives() -> None:
    """Monthly and daily files lie where the exchange puts them."""
    monthly = ArchiveFile("BTCUSDT", Timeframe.M1, "monthly", day("2024-01-01"))
    daily = ArchiveFile("BTCUSDT", Timeframe.H1, "daily", day("2024-02-29"))

    assert monthly.url("http://a/") == "http://a/data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip"
    assert daily.url("http://a") == "http://a/data/spot/daily/klines/BTCUSDT/1h/BTCUSDT-1h-2024-02-29.zip"


def test_whole_months_come_in_one_file() -> None:
    """The range's edges are filled with days, never with more than was asked for."""
    files = plan("BTCUSDT", Timeframe.M1, day("2023-12-30"), day("2024-02-03"))

    assert [(file.period, file.name[-14:-4]) for file in files] == [
        ("daily", "2023-12-30"),
        ("daily", "2023-12-31"),
        ("monthly", "1m-2024-01"),
        ("daily", "2024-02-01"),
        ("daily", "2024-02-02"),
    ]


def test_a_month_has_its_days() -> None:
    """An absent monthly file is replaced by the month's days."""
    days = ArchiveFile("BTCUSDT", Timeframe.M1, "monthly", day("2024-02-01")).days()

    assert (len(days), days[0].name, days[-1].end) == (29, "BTCUSDT-1m-2024-02-01.zip", day("2024-03-01"))


def test_a_sum_is_for_one_file() -> None:
    """A CHECKSUM of another file, or none at all, is refused."""
    right = f"{'A' * 64}  x.zip\n"

    assert parse_checksum(right, "x.zip") == "a" * 64
    for text in (f"{'a' * 64}  y.zip", "<html>", f"{'a' * 63}  x.zip", ""):
        with pytest.raises(BadFile, match=r"x\.zip\.CHECKSUM"):
            parse_checksum(text, "x.zip")


def test_a_wrong_sum_names_the_file() -> None:
    """Both sums are shown."""
    check(b"x", sha256(b"x"), "x.zip")

    with pytest.raises(ChecksumMismatch, match=rf"x\.zip: its SHA-256 is {sha256(b'y')}.*states {sha256(b'x')}"):
        check(b"y", sha256(b"x"), "x.zip")


@pytest.mark.parametrize("text", ["", "2024", "2024-13-01", "2024-02-30", "yesterday", "2024-01-01T00:00"])
def test_a_date_is_a_day(text: str) -> None:
    """Anything else is refused with the field's name."""
    with pytest.raises(OutOfRange, match=r"from: .* is not a date"):
        parse_day(text, "from")
