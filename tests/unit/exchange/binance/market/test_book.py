"""The local book follows the documented procedure."""

import pytest

from tradingbot.exchange.binance.market import book as books
from tradingbot.exchange.binance.market.book import BookGap, LocalBook
from tradingbot.exchange.binance.market.frames import Depth, DepthUpdate, Levels


def update(first: int, last: int, bids: Levels | None = None, asks: Levels | None = None) -> DepthUpdate:
    """Updates first to last."""
    return DepthUpdate(0, "BTCUSDT", first, last, bids or [], asks or [])


def started() -> LocalBook:
    """In step at update 11."""
    book = LocalBook("BTCUSDT")
    book.apply(update(10, 11))
    assert book.load(Depth(11, [(99.0, 1.0), (98.0, 2.0)], [(101.0, 3.0), (102.0, 4.0)]))
    return book


def test_levels_are_sorted_from_the_best() -> None:
    """Bids fall, asks rise."""
    book = started()

    assert book.bids(5) == [(99.0, 1.0), (98.0, 2.0)]
    assert book.asks(1) == [(101.0, 3.0)]


def test_an_update_sets_and_removes_levels() -> None:
    """A quantity replaces the one before, zero removes the level, an unknown removed level is nothing."""
    book = started()
    book.apply(update(12, 13, bids=[(99.0, 0.0), (98.5, 7.0), (12.0, 0.0)], asks=[(101.0, 9.0)]))

    assert book.bids(5) == [(98.5, 7.0), (98.0, 2.0)]
    assert book.asks(1) == [(101.0, 9.0)]
    assert book.update_id == 13


def test_an_old_update_changes_nothing() -> None:
    """What the book already has is dropped."""
    book = started()

    assert not book.apply(update(9, 11, bids=[(99.0, 5.0)]))
    assert book.bids(1) == [(99.0, 1.0)]


def test_a_gap_is_refused() -> None:
    """Update 13 without 12 must not be applied."""
    with pytest.raises(BookGap, match="12 to 12"):
        started().apply(update(13, 13))


@pytest.mark.parametrize(("last_update_id", "fits"), [(9, False), (10, True), (15, True), (99, True)])
def test_a_snapshot_must_not_be_older_than_the_updates(last_update_id: int, *, fits: bool) -> None:
    """The first buffered update is 10; what the snapshot already has is dropped, the rest applied."""
    book = LocalBook("BTCUSDT")
    for number in (10, 14, 18):
        book.apply(update(number, number + 3, bids=[(float(number), 1.0)]))

    assert book.load(Depth(last_update_id, [(1.0, 1.0)], [])) is fits
    assert book.in_sync is fits
    assert book.update_id == (max(last_update_id, 21) if fits else -1)


def test_a_snapshot_before_any_update_does_not_fit() -> None:
    """Without a buffered update nobody knows whether it is too old."""
    assert not LocalBook("BTCUSDT").load(Depth(5, [], []))


def test_updates_without_a_snapshot_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The buffer does not grow for ever."""
    monkeypatch.setattr(books, "MAX_BUFFERED", 2)
    book = LocalBook("BTCUSDT")
    book.apply(update(1, 1))
    book.apply(update(2, 2))

    with pytest.raises(BookGap, match="no snapshot"):
        book.apply(update(3, 3))


def test_removed_levels_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A side keeps no more of them than of others, and a few to spare; those that are there all stay."""
    monkeypatch.setattr(books, "SPARE", 10)
    book = started()
    for number in range(12, 600):
        book.apply(update(number, number, bids=[(float(number), 1.0), (float(number - 3), 0.0)]))

    assert book.bids(99) == [(599.0, 1.0), (598.0, 1.0), (597.0, 1.0)]
    assert len(book._bids._levels) < 30
