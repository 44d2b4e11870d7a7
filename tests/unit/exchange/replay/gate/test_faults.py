"""What goes wrong on purpose: as planned, or on a schedule that a seed fixes."""

import pytest

from tradingbot.domain.errors import InputError
from tradingbot.exchange.replay.gate.faults import FRAME_FAULTS, REQUEST_FAULTS, Fault, Faults, Rule

ORDER = ("/api/v3/order", "POST /api/v3/order", "order.place")
DEPTH = ("/api/v3/depth", "GET /api/v3/depth", "depth")


def planned(*rules: Rule) -> Faults:
    """A plan and no schedule."""
    faults = Faults()
    faults.plan(rules)
    return faults


def struck(faults: Faults, names: tuple[str, ...], times: int) -> list[Fault | None]:
    """What befalls the next requests of that name."""
    spells = [faults.of_request(names) for _ in range(times)]
    return [None if spell is None else spell.fault for spell in spells]


@pytest.mark.parametrize("match", ["/api/v3/order", "POST /api/v3/order", "order.place", "*", "order.*"])
def test_the_next_requests_that_match_are_struck(match: str) -> None:
    """After those that are let through, as often as said, and no other."""
    faults = planned(Rule(Fault.DELAY, match, times=2, after=1))

    assert struck(faults, ORDER, 5) == [None, Fault.DELAY, Fault.DELAY, None, None]
    assert faults.is_quiet


def test_others_are_left_alone() -> None:
    """And do not use the plan up."""
    faults = planned(Rule(Fault.BAN, "POST /api/v3/order"))

    assert struck(faults, DEPTH, 3) == [None, None, None]
    assert [rule.times for rule in faults.rules] == [1]


def test_rules_are_used_in_their_order() -> None:
    """One a request."""
    faults = planned(Rule(Fault.UNKNOWN), Rule(Fault.DELAY, value=7))

    assert [faults.of_request(ORDER) for _ in range(2)] != [None, None]
    assert faults.of_request(ORDER) is None


def test_a_value_has_a_usual_one() -> None:
    """Where the rule names none."""
    faults = planned(Rule(Fault.SERVER_ERROR), Rule(Fault.SERVER_ERROR, value=502))

    assert [getattr(faults.of_request(ORDER), "value", None) for _ in range(2)] == [503, 502]


def test_faults_of_frames_leave_requests_alone_and_the_other_way_round() -> None:
    """A lost frame is no request, an error of the server no frame."""
    faults = planned(Rule(Fault.LOST), Rule(Fault.SERVER_ERROR))
    connection = faults.of_connection()

    assert getattr(connection.of_frame("btcusdt@trade"), "fault", None) is Fault.LOST
    assert connection.of_frame("btcusdt@trade") is None
    assert struck(faults, ORDER, 1) == [Fault.SERVER_ERROR]


def test_a_frame_held_back_comes_after_the_next() -> None:
    """And a second one to hold back lets both go."""
    connection = Faults().of_connection()

    assert list(connection.reorder(b"1", hold=True)) == []
    assert list(connection.reorder(b"2", hold=False)) == [b"2", b"1"]
    assert list(connection.reorder(b"3", hold=False)) == [b"3"]


def schedule(faults: Faults) -> list[object]:
    """What a seed does to 400 requests and to the frames of two connections."""
    requests = [faults.of_request(ORDER) for _ in range(400)]
    connections = [faults.of_connection(), faults.of_connection()]
    return [*requests, *(one.of_frame("user") for one in connections for _ in range(400))]


def test_a_seed_fixes_what_happens() -> None:
    """The same requests meet the same faults; another seed others; and a seed is begun anew when it is set again."""
    faults = Faults(7)
    first = schedule(faults)
    faults.reseed(7)

    assert first == schedule(Faults(7)) == schedule(faults)
    assert first != schedule(Faults(8))
    assert 5 < sum(spell is not None for spell in first[:400]) < 50


def test_each_fault_can_be_met() -> None:
    """Of requests and of frames."""
    faults = Faults(1)
    requests = {getattr(faults.of_request(ORDER), "fault", None) for _ in range(5_000)}
    connection = faults.of_connection()
    frames = {getattr(connection.of_frame("user"), "fault", None) for _ in range(20_000)}

    assert requests == REQUEST_FAULTS | {None}
    assert frames == FRAME_FAULTS | {None}


@pytest.mark.parametrize(
    "rule",
    [
        Rule(Fault.DELAY, times=0),
        Rule(Fault.DELAY, after=-1),
        Rule(Fault.DELAY, value=-1),
        Rule(Fault.DELAY, value=10**9),
        Rule(Fault.SERVER_ERROR, value=404),
        Rule(Fault.PARTIAL_FILLS, value=101),
    ],
)
def test_a_rule_that_means_nothing_is_refused(rule: Rule) -> None:
    """And changes no plan."""
    faults = planned(Rule(Fault.BAN))
    with pytest.raises(InputError):
        faults.plan([rule])

    assert [one.fault for one in faults.rules] == [Fault.BAN]
