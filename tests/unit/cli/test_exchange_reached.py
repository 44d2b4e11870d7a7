"""An exchange that gives no answer."""

import pytest

from tests.support.command import tradingbot
from tradingbot.cli.exchange_reached import reached
from tradingbot.exchange.errors import Unavailable


@pytest.mark.parametrize("verb", ["check", "drift"])
def test_where_nobody_listens_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """After what happened; the command has failed, the input was no mistake."""
    monkeypatch.setenv("TRADINGBOT_API_KEY", "K")
    monkeypatch.setenv("TRADINGBOT_API_SECRET", "S")
    ended = tradingbot("exchange", verb, "--venue", "http://127.0.0.1:1")

    assert ended.code == 1
    assert ended.err.endswith("Check the network, and that --venue http://127.0.0.1:1 is meant")


def test_what_the_exchange_itself_says_passes() -> None:
    """It was reached."""
    with pytest.raises(Unavailable) as told, reached("mainnet"):
        raise Unavailable("closed for maintenance", status=503)

    assert str(told.value) == "closed for maintenance"
