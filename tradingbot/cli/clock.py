"""The wall clock: the one module that reads it."""

from datetime import UTC, datetime


def now_ms() -> int:
    """The present moment in milliseconds UTC."""
    return int(datetime.now(UTC).timestamp() * 1000)  # noqa: TID251  (the one place where the clock is read)
