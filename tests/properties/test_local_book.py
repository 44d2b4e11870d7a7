"""The local book against a plain one, whatever the exchange sends and whenever the snapshot comes."""

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.exchange.binance.market.book import BookGap, LocalBook
from tradingbot.exchange.binance.market.frames import Depth, DepthUpdate

PRICES = st.integers(1, 8).map(float)
CHANGES = st.lists(st.tuples(PRICES, st.sampled_from([0.0, 1.0, 2.0])), max_size=4)


def plain(changes: list[list[tuple[float, float]]]) -> dict[float, float]:
    """The bids after these updates."""
    levels: dict[float, float] = {}
    for update in changes:
        levels |= dict(update)
    return {price: quantity for price, quantity in levels.items() if quantity}


@given(st.lists(CHANGES, min_size=1, max_size=12), st.data())
def test_any_snapshot_leads_to_the_same_book(changes: list[list[tuple[float, float]]], data: st.DataObject) -> None:
    """A snapshot of any later moment, taken after any number of buffered updates, ends in the exchange's own book."""
    updates = [DepthUpdate(0, "S", number, number, bids, []) for number, bids in enumerate(changes, start=1)]
    buffered = data.draw(st.integers(1, len(updates)))
    taken = data.draw(st.integers(1, len(updates)))
    book = LocalBook("S")
    for update in updates[:buffered]:
        book.apply(update)
    loaded = book.load(Depth(taken, list(plain(changes[:taken]).items()), []))
    for update in updates[buffered:]:
        book.apply(update)

    assert loaded
    assert dict(book.bids(99)) == plain(changes)
    assert list(book.bids(99)) == sorted(book.bids(99), reverse=True)


@given(st.lists(CHANGES, min_size=3, max_size=12), st.data())
def test_a_lost_update_never_passes(changes: list[list[tuple[float, float]]], data: st.DataObject) -> None:
    """Whichever update after the snapshot is missing, the next one is refused."""
    updates = [DepthUpdate(0, "S", number, number, bids, []) for number, bids in enumerate(changes, start=1)]
    missing = data.draw(st.integers(1, len(updates) - 2))
    book = LocalBook("S")
    book.apply(updates[0])
    book.load(Depth(1, [], []))
    for update in updates[1:missing]:
        book.apply(update)
    try:
        book.apply(updates[missing + 1])
    except BookGap:
        return
    raise AssertionError("a gap went unnoticed")
