"""What the exchange says becomes an error that says what may be done."""

import pytest

from tradingbot.exchange.errors import (
    BadRequest,
    Banned,
    CancelRefused,
    ClockOff,
    ContractChanged,
    ExchangeError,
    FilterRefused,
    KeyRefused,
    OrderNotFound,
    OrderRefused,
    Overloaded,
    RateLimited,
    Reason,
    ReplaceFailed,
    Retry,
    SignatureRefused,
    StatusUnknown,
    TooManyOrders,
    Unavailable,
    UnknownSymbol,
    typed,
)

UNCLEAR = (-1000, -1001, -1006, -1007, -1008, -1016)
PARAMETERS = (-1014, -1020, *range(-1106, -1099), -1111, -1112, *range(-1118, -1113), -1120, -1122, -1128, -1130, -1131)
WRONG = (*PARAMETERS, -1134, -1220, -2035, -2036, -2038, -2042, -2043, -9999)
ONE_MEANING: list[tuple[int, type[ExchangeError]]] = [
    (-1003, RateLimited),
    (-1015, TooManyOrders),
    (-1021, ClockOff),
    (-1022, SignatureRefused),
    (-1121, UnknownSymbol),
    (-2010, OrderRefused),
    (-2011, CancelRefused),
    (-2013, OrderNotFound),
    (-2018, OrderNotFound),
    (-2026, OrderNotFound),
    (-2039, OrderNotFound),
    (-1002, KeyRefused),
    (-2008, KeyRefused),
    (-2014, KeyRefused),
    (-2015, KeyRefused),
    (-2021, ReplaceFailed),
    (-2022, ReplaceFailed),
    (-4120, ContractChanged),
]
RETRIES = {
    RateLimited: Retry.AFTER_WAIT,
    TooManyOrders: Retry.AFTER_WAIT,
    ClockOff: Retry.AFTER_RESYNC,
}


@pytest.mark.parametrize("code", UNCLEAR)
def test_an_order_without_a_clear_answer_is_unknown(code: int) -> None:
    """What may have been executed is to be asked for; a question that met the same may be asked again."""
    order = typed(code, "no clear answer", changes=True)
    question = typed(code, "no clear answer", changes=False)

    assert (type(order), order.retry) == (StatusUnknown, Retry.ASK_FIRST)
    assert type(question) is (Overloaded if code == -1008 else Unavailable)
    assert question.retry is Retry.AFTER_WAIT


@pytest.mark.parametrize("changes", [True, False])
@pytest.mark.parametrize(("code", "kind"), ONE_MEANING)
def test_a_clear_answer_means_the_same_to_both(code: int, kind: type[ExchangeError], changes: bool) -> None:
    """A refusal is final, except for a wait or a clock that can be set."""
    error = typed(code, "words", changes=changes)

    assert type(error) is kind
    assert error.retry is RETRIES.get(kind, Retry.NEVER)
    assert error.code == code


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_request_is_never_sent_again(code: int) -> None:
    """Codes that are not known here too: whoever does not understand a refusal must not repeat it."""
    error = typed(code, "words", status=400, changes=True)

    assert (type(error), error.retry) == (BadRequest, Retry.NEVER)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, StatusUnknown),
        (502, StatusUnknown),
        (503, StatusUnknown),
        (504, StatusUnknown),
        (429, RateLimited),
        (418, Banned),
        (410, ContractChanged),
        (401, KeyRefused),
        (403, BadRequest),
        (404, BadRequest),
    ],
)
def test_without_a_code_the_status_counts(status: int, kind: type[ExchangeError]) -> None:
    """As where a proxy answers in the exchange's stead."""
    assert type(typed(None, "words", status=status, changes=True)) is kind


@pytest.mark.parametrize("code", [-1021, -1015, -2010, -1013, -9999])
def test_a_server_in_trouble_is_not_believed_about_an_order(code: int) -> None:
    """5xx means that the outcome is unknown, whatever its body says; else -1021 would send the order once more."""
    error = typed(code, "words", status=503, changes=True)

    assert (type(error), error.code) == (StatusUnknown, code)


def test_a_ban_is_one_whatever_its_code() -> None:
    """418 comes with -1003; when it ends is kept."""
    error = typed(-1003, "Way too much request weight used", status=418, changes=False, retry_at=9)

    assert isinstance(error, Banned)
    assert error.retry_at == 9


def test_a_filter_is_named() -> None:
    """-1013 with a filter's name is its refusal; without one it is a bad request."""
    error = typed(-1013, "Filter failure: LOT_SIZE", changes=True)

    assert isinstance(error, FilterRefused)
    assert error.filter == "LOT_SIZE"
    assert type(typed(-1013, "Invalid quantity.", changes=True)) is BadRequest


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Account has insufficient balance for requested action.", Reason.BALANCE),
        ("Duplicate order sent.", Reason.DUPLICATE),
        ("Order would trigger immediately.", Reason.WOULD_TRIGGER),
        ("Stop price would trigger immediately.", Reason.WOULD_TRIGGER),
        ("Order would immediately match and take.", Reason.WOULD_MATCH),
        ("The relationship of the prices for the orders is not correct.", Reason.PRICE_RELATION),
        ("Market is closed.", Reason.MARKET_CLOSED),
        ("Filter failure: MAX_NUM_ALGO_ORDERS", Reason.FILTER),
        ("Market orders are not supported for this symbol.", Reason.NOT_ALLOWED),
        ("This action is disabled on this account.", Reason.NOT_ALLOWED),
        ("Something new.", Reason.OTHER),
    ],
)
def test_the_engine_refuses_for_a_reason(words: str, reason: Reason) -> None:
    """-2010 has one code and many texts."""
    error = typed(-2010, words, changes=True)

    assert isinstance(error, OrderRefused)
    assert error.reason is reason
