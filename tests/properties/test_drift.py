"""Whatever an exchange answers, the check ends in findings."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.garbage import JSON
from tests.support.instruments import INSTRUMENTS
from tradingbot.exchange.drift.ask import Answer
from tradingbot.exchange.drift.contract import recorded
from tradingbot.exchange.drift.findings import Difference, Unchecked
from tradingbot.exchange.drift.judge import of_answer, of_frame, of_order
from tradingbot.exchange.drift.rules import of_rate_limits, of_symbol

CONTRACT = recorded()
ROW = {
    "symbol": "BTCUSDT",
    "status": "TRADING",
    "orderTypes": list(INSTRUMENTS[0].order_types),
    "filters": [dict(one) for one in INSTRUMENTS[0].filters],
}


@given(status=st.sampled_from([200, 400, 401, 403, 404, 503]), body=JSON, question=st.sampled_from(CONTRACT.questions))
def test_any_answer_can_be_judged(status: int, body: Any, question: Any) -> None:
    """An answer of another kind is a difference, or tells why nothing was looked at."""
    outcomes = list(of_answer(question, Answer(status, {}, body), CONTRACT.known))

    assert outcomes or not question.headers
    assert all(isinstance(one, Difference | Unchecked) for one in outcomes)


@given(frame=JSON, status=st.integers() | st.none())
def test_any_frame_and_test_order_can_be_judged(frame: Any, status: int | None) -> None:
    """Nothing but 200 passes as a test order."""
    answered = {"status": status, "error": frame}
    assert status == 200 or list(of_frame(CONTRACT.websocket[0], "here", answered, CONTRACT.known))
    assert (of_order("x", "y", Answer(status or 0, {}, frame)) is None) == (status == 200)


@given(name=st.sampled_from(sorted(ROW)), value=JSON, limits=st.lists(JSON, max_size=3))
def test_any_row_can_be_judged(name: str, value: Any, limits: list[Any]) -> None:
    """A row without faults has no difference, a spoiled one may; missing limits are named."""
    assert list(of_symbol(CONTRACT, ROW)) == []
    assert all(isinstance(one, Difference) for one in of_symbol(CONTRACT, {**ROW, name: value}))
    assert len(list(of_rate_limits(CONTRACT, "here", limits))) >= len(CONTRACT.rate_limits)
