"""The order book of a symbol."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tradingbot.exchange.replay.market.depth import Book, Level, derived

D = Decimal
PRICES = st.integers(90, 110).map(D)
SIDE = st.dictionaries(PRICES, st.integers(0, 3).map(D), max_size=5).map(lambda side: list(side.items()))


def test_a_derived_book_has_one_tick_at_least_between_its_sides() -> None:
    """Half a basis point of 100 is half a tick; the grid rounds it outwards."""
    bids, asks = derived(D(100), D(3), D("0.00005"), D("0.01"))

    assert bids == [(D("99.99"), D(3))]
    assert asks == [(D("100.01"), D(3))]


def test_a_price_off_the_grid_lies_between_the_sides() -> None:
    """Both are on the grid."""
    bids, asks = derived(D("100.005"), D(3), D(0), D("0.01"))

    assert (bids[0][0], asks[0][0]) == (D("100.00"), D("100.01"))


def test_no_bid_at_nothing() -> None:
    """The smallest price has none below it."""
    bids, asks = derived(D("0.01"), D(3), D(0), D("0.01"))

    assert bids == []
    assert asks == [(D("0.02"), D(3))]


def test_the_same_levels_again_change_nothing() -> None:
    """And take no update id."""
    book = Book()
    book.set([(D(99), D(1))], [(D(101), D(1))])
    before = book.update_id

    assert not book.set([(D(99), D(1))], [(D(101), D(1))])
    assert book.update_id == before


def test_a_side_without_levels_has_no_top() -> None:
    """There is nothing to state."""
    book = Book()
    book.set([(D(99), D(1))], [])

    assert book.top() is None


@given(st.lists(st.tuples(SIDE, SIDE, st.booleans()), max_size=30))
def test_diffs_on_a_snapshot_give_the_book(moves: list[tuple[list[Level], list[Level], bool]]) -> None:
    """Each diff begins where the one before ended, and together they lead from any snapshot to the present."""
    book = Book()
    book.set([(D(95), D(1))], [(D(105), D(1))])
    book.watch(["diff"])
    bids, asks = dict(book.bids()), dict(book.asks())
    last = book.update_id
    for new_bids, new_asks, is_told in moves:
        book.change(new_bids, new_asks, book.update_id + 1 + len(new_bids))
        diff = book.take("diff") if is_told else None
        if diff is not None:
            assert diff.first == last + 1
            last = diff.last
            for side, changes in ((bids, diff.bids), (asks, diff.asks)):
                side.update(changes)
                for price in [price for price, quantity in side.items() if not quantity]:
                    del side[price]

            assert last == book.update_id
            assert (bids, asks) == (dict(book.bids()), dict(book.asks()))


def test_recorded_ids_are_kept() -> None:
    """A diff ends with its own id; what was told before it is not told again."""
    book = Book()
    book.set([(D(99), D(1))], [(D(101), D(1))], 500)
    book.watch(["diff"])
    book.change([(D(98), D(1))], [], 507)
    found = book.take("diff")

    assert found is not None
    assert (found.first, found.last, found.bids) == (501, 507, {D(98): D(1)})
    assert book.take("diff") is None


def test_a_late_diff_does_not_undo_a_newer_top_of_the_book() -> None:
    """Its other levels count, and are told with the next id."""
    book = Book()
    book.set([(D(99), D(1)), (D(98), D(1))], [(D(101), D(1))], 500)
    book.watch(["diff"])
    book.set_best((D(98), D(7)), (D(101), D(1)), 510)
    book.take("diff")
    book.change([(D(99), D(4)), (D(97), D(5))], [], 505)

    assert book.bids() == [(D(98), D(7)), (D(97), D(5))]
    assert book.take("diff") is None

    book.change([(D(96), D(6))], [], 512)
    found = book.take("diff")

    assert found is not None
    assert (found.first, found.last, found.bids) == (511, 512, {D(97): D(5), D(96): D(6)})
