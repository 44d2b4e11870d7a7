"""What to do where an exchange gives no answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from tradingbot.exchange.errors import Unavailable


@contextmanager
def reached(venue: str) -> Iterator[None]:
    """Add the remedy to an Unavailable that tells of no answer at all; one that the exchange sent passes as it is."""
    try:
        yield
    except Unavailable as error:
        if error.code is not None or error.status is not None:
            raise
        raise Unavailable(f"{error}. Check the network, and that --venue {venue} is meant") from None
