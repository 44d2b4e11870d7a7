"""The few wallet routes that clients of a spot account call."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.spoken import Spoken, spoken

pytestmark = pytest.mark.anyio


@pytest.fixture
async def exchange(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Spoken]:
    """Two symbols, at a standstill."""
    async with spoken(tmp_path) as running:
        yield running


@pytest.mark.parametrize(
    ("key", "trades", "withdraws"), [("trader", True, False), ("reader", False, False), ("withdrawer", True, True)]
)
async def test_restrictions_are_those_of_the_key_that_asks(
    exchange: Spoken, key: str, trades: bool, withdraws: bool
) -> None:
    """Trading and withdrawing; everything that the exchange lacks is off."""
    told = (await exchange.ask("GET", "/sapi/v1/account/apiRestrictions", key=key)).body

    assert (told["enableReading"], told["ipRestrict"]) == (True, False)
    assert (told["enableSpotAndMarginTrading"], told["enableWithdrawals"]) == (trades, withdraws)
    assert not told["enableFutures"]


async def test_assets_are_those_of_the_symbols_and_of_the_account(exchange: Spoken) -> None:
    """With what the account has of them, and no network to withdraw to."""
    told = {row["coin"]: row for row in (await exchange.ask("GET", "/sapi/v1/capital/config/getall")).body}

    assert {"BTC", "ETH", "USDT", "BNB"} == set(told)
    assert (float(told["USDT"]["free"]), float(told["ETH"]["free"])) == (1_000_000, 0)
    assert all(row["networkList"] == [] and not row["withdrawAllEnable"] for row in told.values())


async def test_what_is_there_of_an_asset_is_written_without_exponent(exchange: Spoken) -> None:
    """A hundred-millionth is 0.00000001, in no other way."""
    await exchange.admin("transfer", {"asset": "ETH", "change": "0.00000001"})
    told = {row["coin"]: row for row in (await exchange.ask("GET", "/sapi/v1/capital/config/getall")).body}

    assert (told["ETH"]["free"], told["ETH"]["locked"]) == ("0.00000001", "0.00000000")


async def test_fees_are_the_accounts(exchange: Spoken) -> None:
    """Of one symbol or of all."""
    every = (await exchange.ask("GET", "/sapi/v1/asset/tradeFee")).body
    one = (await exchange.ask("GET", "/sapi/v1/asset/tradeFee", "symbol=ETHUSDT")).body

    assert [row["symbol"] for row in every] == ["BTCUSDT", "ETHUSDT"]
    assert one == [{"symbol": "ETHUSDT", "makerCommission": "0.00100000", "takerCommission": "0.00100000"}]


async def test_the_system_is_up(exchange: Spoken) -> None:
    """Asked without a key."""
    assert (await exchange.send("GET", "/sapi/v1/system/status")).body == {"status": 0, "msg": "normal"}
