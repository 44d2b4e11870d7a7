"""Holding one answer against its part of the contract."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tradingbot.exchange.drift.ask import Answer
from tradingbot.exchange.drift.contract import Question, Shaped
from tradingbot.exchange.drift.findings import Difference, Outcome, Severity, Unchecked
from tradingbot.exchange.drift.shape import Enums, Mismatch, mismatches

GONE = frozenset({404, 405, 410})
NOT_OFFERED = frozenset({-1014, -1116, -4120})  # unknown order composition, order type, moved elsewhere
KEY_OR_CLOCK = frozenset({-1002, -1021, -1022, -2008, -2014, -2015})
NOT_OFFERED_WORDS = ("not supported", "not allowed", "not permitted", "not enabled")
NO_BALANCE = "insufficient balance"

_WORDS: Mapping[str, str] = {
    "missing": "field {} is missing",
    "new": "field {} is new",
    "type": "field {} has another type",
    "value": "field {} has a value we do not know",
}


def of_answer(question: Question, answer: Answer, enums: Enums) -> Iterator[Outcome]:
    """What is different in the answer to a question."""
    gone = of_endpoint(question.ask, question.used_by, answer.status)
    if answer.is_refused_for_now:
        yield Unchecked(where=question.ask, why=answer.words, expected=False)
    elif gone is not None:
        yield gone
    elif question.code is not None and answer.code != question.code:
        what = "another answer to a request that must be refused"
        yield _breaks(question, question.ask, what, (str(question.code), answer.words))
    elif question.code is None and answer.status != 200:
        yield from _refused(question, question.ask, answer)
    else:
        yield from of_body(question, question.ask, [answer.body], enums)
        yield from _of_headers(question, answer)


def of_frame(question: Question, where: str, frame: Any, enums: Enums) -> Iterator[Outcome]:
    """What is different in an answer of the WebSocket API."""
    status = frame.get("status") if isinstance(frame, dict) else None
    if isinstance(status, int) and status != 200:
        yield from _refused(question, where, Answer(status, {}, frame.get("error")))
    else:
        yield from of_body(question, where, [frame], enums)


def of_endpoint(where: str, used_by: str, status: int | None) -> Difference | None:
    """The difference where this status says that the exchange does not offer it any more."""
    if status not in GONE:
        return None
    found = f"HTTP {status}"
    return Difference(severity=Severity.BREAKS, where=where, what="endpoint is gone", found=found, used_by=used_by)


def of_body(part: Shaped, where: str, bodies: Iterable[Any], enums: Enums) -> Iterator[Difference]:
    """What is different in one or more values that should have the same shape; each difference once."""
    shape, seen = part.shape, set[tuple[str, str]]()
    for body in bodies:
        for one in mismatches(shape, body, enums):
            if (one.path, one.what) not in seen:
                seen.add((one.path, one.what))
                yield _difference(part, where, one)


def of_order(name: str, used_by: str, answer: Answer) -> Outcome | None:
    """What is different in the answer to a test order; None where the exchange takes it."""
    where = f"POST /api/v3/order/test, {name}"
    if answer.is_refused_for_now or answer.code in KEY_OR_CLOCK:
        return Unchecked(where=where, why=answer.words, expected=False)
    if answer.status == 200 or (answer.code == -2010 and NO_BALANCE in answer.words):
        return None
    if answer.code == -1013:
        what, severity = "our smallest order does not pass the symbol's filters", Severity.LOOK
    elif answer.status in GONE or answer.code in NOT_OFFERED or _says_not_offered(answer):
        what, severity = "order type is not allowed any more", Severity.BREAKS
    else:
        what, severity = "order is refused", Severity.BREAKS
    return Difference(severity=severity, where=where, what=what, found=answer.words, used_by=used_by)


def _says_not_offered(answer: Answer) -> bool:
    return any(words in answer.words for words in NOT_OFFERED_WORDS)


def _refused(question: Question, where: str, answer: Answer) -> Iterator[Outcome]:
    if answer.is_refused_for_now:
        yield Unchecked(where=where, why=answer.words, expected=False)
    elif answer.status == 401 or answer.code in KEY_OR_CLOCK:
        yield Unchecked(where=where, why=f"the key or the clock was refused: {answer.words}", expected=False)
    else:
        yield _breaks(question, where, "a request of ours is refused", ("HTTP 200", answer.words))


def _of_headers(question: Question, answer: Answer) -> Iterator[Difference]:
    for name in question.headers:
        value = answer.headers.get(name, "")
        if not value.isdecimal():
            yield _breaks(question, question.ask, f"header {name} is missing or no number", ("a number", value))


def _breaks(question: Question, where: str, what: str, stated: tuple[str, str]) -> Difference:
    expected, found = stated
    return Difference(
        severity=Severity.BREAKS, where=where, what=what, expected=expected, found=found, used_by=question.used_by
    )


def _difference(part: Shaped, where: str, one: Mismatch) -> Difference:
    return Difference(
        severity=one.severity,
        where=where,
        what=_WORDS[one.what].format(one.path),
        expected=one.expected,
        found=one.found,
        used_by=part.used_by if one.severity is Severity.BREAKS else "",
    )
