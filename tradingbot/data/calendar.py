"""UTC days and months in milliseconds."""

from datetime import UTC, datetime

from tradingbot.domain.errors import OutOfRange
from tradingbot.domain.timeframe import DAY_MS


def utc(moment: int) -> datetime:
    """The date and time of a moment in ms UTC."""
    return datetime.fromtimestamp(moment / 1000, UTC)


def to_ms(moment: datetime) -> int:
    """Milliseconds UTC of an aware datetime."""
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


def stamp(moment: int) -> str:
    """A moment for people: minutes, or seconds where it has any."""
    when = utc(moment)
    return when.strftime("%Y-%m-%dT%H:%MZ" if moment % 60_000 == 0 else "%Y-%m-%dT%H:%M:%SZ")


def day_of(moment: int) -> str:
    """The UTC day as YYYY-MM-DD."""
    return utc(moment).strftime("%Y-%m-%d")


def month_of(moment: int) -> str:
    """The UTC month as YYYY-MM."""
    return utc(moment).strftime("%Y-%m")


def month_span(month: str) -> tuple[int, int]:
    """First millisecond of a month and of the next one."""
    year, number = int(month[:4]), int(month[5:7])
    following = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    return to_ms(datetime(year, number, 1, tzinfo=UTC)), to_ms(following)


def days_between(start: int, end: int) -> list[int]:
    """The starts of the UTC days that [start, end) touches."""
    return list(range(start - start % DAY_MS, end, DAY_MS))


def parse_day(text: str, field: str) -> int:
    """The start of a UTC day (ms) written YYYY-MM-DD; raises OutOfRange naming `field`."""
    try:
        return to_ms(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC))
    except ValueError:
        raise OutOfRange(field, f"'{text}' is not a date", "Write it as YYYY-MM-DD (UTC)") from None


def check_range(start: int, end: int) -> None:
    """Raise OutOfRange unless start < end (ms UTC)."""
    if start >= end:
        raise OutOfRange(
            "from/to",
            f"the range {stamp(start)} to {stamp(end)} is {'empty' if start == end else 'reversed'}",
            "Give a 'from' before 'to'; 'to' is exclusive",
        )
