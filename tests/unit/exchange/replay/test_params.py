"""Text becomes values, or the exchange's own refusal."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tradingbot.exchange.errors import ExchangeError
from tradingbot.exchange.orders import Side
from tradingbot.exchange.replay.params import Params

Read = Callable[[Params], Any]


@pytest.mark.parametrize(
    ("sent", "read", "value"),
    [
        ("0.00100000", lambda params: params.decimal("x"), Decimal("0.00100000")),
        ("12345678901234567890", lambda params: params.decimal("x"), Decimal(12345678901234567890)),
        ("28", lambda params: params.integer("x"), 28),
        ("1700000000123", lambda params: params.moment("x"), 1_700_000_000_123),
        ("1700000000123456", lambda params: params.moment("x"), 1_700_000_000_123),
        ("true", lambda params: params.flag("x"), True),
        ("false", lambda params: params.flag("x"), False),
        ("SELL", lambda params: params.choice("x", Side), Side.SELL),
        ("my-order_1", lambda params: params.client_id("x"), "my-order_1"),
    ],
)
def test_what_is_well_written_is_read(sent: str, read: Read, value: Any) -> None:
    """Numbers keep their digits, moments may be in microseconds."""
    assert value == read(Params({"x": sent}))


@pytest.mark.parametrize("read", [Params.decimal, Params.integer, Params.moment, Params.optional, Params.client_id])
def test_what_was_not_sent_is_none(read: Callable[[Params, str], Any]) -> None:
    """An optional parameter may be missing."""
    assert read(Params({}), "x") is None


_NUMBER = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"


@pytest.mark.parametrize("sent", ["-1", "+1", "1e-8", "1.", ".5", "1,5", "NaN", "1\n", "\u0661", "1" * 21])
def test_a_number_has_neither_sign_nor_exponent(sent: str) -> None:
    """Everything else is answered with the legal range (-1100)."""
    with pytest.raises(ExchangeError) as caught:
        Params({"price": sent}).decimal("price")

    assert caught.value.code == -1100
    assert caught.value.message == f"Illegal characters found in parameter 'price'; legal range is '{_NUMBER}'."


@pytest.mark.parametrize(
    ("sent", "read", "code", "words"),
    [
        ("", lambda params: params.text("x"), -1105, "Parameter 'x' was empty."),
        ("-1", lambda params: params.integer("x"), -1100, "'^[0-9]{1,20}$'"),
        ("9223372036854775808", lambda params: params.integer("x"), -1108, "Parameter 'x' overflowed."),
        ("1.5", lambda params: params.moment("x"), -1100, "parameter 'x'"),
        ("yes", lambda params: params.flag("x"), -1130, "Data sent for parameter 'x' is not valid."),
        ("UP", lambda params: params.choice("x", Side, -1117, "Invalid side."), -1117, "Invalid side."),
        ("UP", lambda params: params.choice("x", Side), -1130, "Data sent for parameter 'x' is not valid."),
        ("a b", lambda params: params.client_id("x"), -1100, "'^[a-zA-Z0-9-_]{1,36}$'"),
        ("a" * 37, lambda params: params.client_id("x"), -1100, "'^[a-zA-Z0-9-_]{1,36}$'"),
    ],
)
def test_what_is_badly_written_is_refused(sent: str, read: Read, code: int, words: str) -> None:
    """Each kind of nonsense has its own code."""
    with pytest.raises(ExchangeError) as caught:
        read(Params({"x": sent}))

    assert (code, True) == (caught.value.code, words in caught.value.message)


def test_a_mandatory_parameter_must_be_sent() -> None:
    """-1102 names it."""
    with pytest.raises(ExchangeError, match="Mandatory parameter 'side' was not sent") as caught:
        Params({}).text("side")

    assert caught.value.code == -1102


@pytest.mark.parametrize("sent", ["btcusdt", "BTC/USDT", "B" * 51, "BTC USDT"])
def test_a_symbol_has_no_small_letters(sent: str) -> None:
    """-1100, before anybody asks whether it exists."""
    with pytest.raises(ExchangeError) as caught:
        Params({"symbol": sent}).symbol()

    assert caught.value.code == -1100


def test_a_symbol_may_be_written_in_any_script() -> None:
    """Since December 2025 symbols need not be ASCII."""
    assert Params({"symbol": "币安USDT"}).symbol() == "币安USDT"


@pytest.mark.parametrize(("sent", "limit"), [({}, 500), ({"limit": "7"}, 7), ({"limit": "5000"}, 1000)])
def test_a_limit_has_a_default_and_a_maximum(sent: dict[str, str], limit: int) -> None:
    """More than the maximum is cut to it."""
    assert limit == Params(sent).limit()


def test_no_rows_cannot_be_asked_for() -> None:
    """-1130."""
    with pytest.raises(ExchangeError, match="'limit' is not valid"):
        Params({"limit": "0"}).limit()


def test_what_nobody_reads_is_refused() -> None:
    """-1104 counts what was read and what was sent."""
    params = Params({"symbol": "BTCUSDT", "colour": "red"})
    params.symbol()

    with pytest.raises(ExchangeError, match=r"read '1' parameter\(s\) but was sent '2'") as caught:
        params.refuse_unknown()

    assert caught.value.code == -1104


def test_where_nothing_is_read_nothing_may_be_sent() -> None:
    """-1101."""
    with pytest.raises(ExchangeError, match="Too many parameters; expected '0' and received '1'") as caught:
        Params({"colour": "red"}).refuse_unknown()

    assert caught.value.code == -1101
