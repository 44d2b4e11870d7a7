"""What a client's script shares: its arguments, an expected refusal, and what it prints at the end."""

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

URL, KEY, SECRET, PRIVATE_KEY = sys.argv[1:5]
SOCKETS = URL.replace("http", "ws", 1)
WAIT = 30.0  # seconds for what a stream must tell


def refused(kind: type[Exception], call: Callable[[], Any], words: str = "") -> str:
    """The message with which a call is refused; fails where it is not."""
    try:
        call()
    except kind as error:
        return _worded(error, words)
    raise AssertionError(f"not refused: {kind.__name__} was expected")


async def refused_soon(kind: type[Exception], call: Awaitable[Any], words: str = "") -> str:
    """`refused` for what is awaited."""
    try:
        await call
    except kind as error:
        return _worded(error, words)
    raise AssertionError(f"not refused: {kind.__name__} was expected")


def _worded(error: Exception, words: str) -> str:
    assert words in str(error), f"{words!r} is not in {error!r}"
    return str(error)


def finish(**told: Any) -> None:
    """Print what was seen."""
    sys.stdout.write(json.dumps(told) + "\n")
