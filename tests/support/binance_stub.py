"""Answers of Binance as its documents show them, and a venue that talks to a stub."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from tests.support.stub_exchange import StubExchange, stub_exchange
from tradingbot.exchange.binance.account.venue import BinanceVenue
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.binance.wire.rest import CallSettings

NOW = 1_790_000_000_000
PRIVATE = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = Credentials("the-api-key", "the-secret")
RATES = {"maker": "0.00100000", "taker": "0.00200000", "buyer": "0.00000000", "seller": "0.00000000"}


def pem(key: PrivateKeyTypes, encryption: KeySerializationEncryption | None = None) -> str:
    """As openssl writes it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode()


def order_answer(**changes: Any) -> dict[str, Any]:
    """What placing a limit order is answered with in full."""
    answer = {
        "symbol": "BTCUSDT",
        "orderId": 28,
        "orderListId": -1,
        "clientOrderId": "mine",
        "transactTime": NOW,
        "price": "50000.00000000",
        "origQty": "1.00000000",
        "executedQty": "0.00000000",
        "origQuoteOrderQty": "0.00000000",
        "cummulativeQuoteQty": "0.00000000",
        "status": "NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
        "workingTime": NOW,
        "selfTradePreventionMode": "EXPIRE_MAKER",
        "fills": [],
    }
    return answer | changes


def list_answer(**changes: Any) -> dict[str, Any]:
    """What an OCO of orders 28 and 29 is answered with."""
    members = [{"symbol": "BTCUSDT", "orderId": number, "clientOrderId": f"c{number}"} for number in (29, 28)]
    answer = {
        "orderListId": 7,
        "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED",
        "listOrderStatus": "EXECUTING",
        "listClientOrderId": "my-list",
        "transactionTime": NOW,
        "symbol": "BTCUSDT",
        "orders": members,
        "orderReports": [order_answer(orderId=one["orderId"], clientOrderId=one["clientOrderId"]) for one in members],
    }
    return answer | changes


def set_scene(stub: StubExchange) -> None:
    """The clock is right, the account may trade, its key may not withdraw."""
    stub.always("GET /api/v3/time", {"serverTime": NOW})
    balances = [{"asset": "BTC", "free": "0.50000000", "locked": "0.10000000"}]
    balances.append({"asset": "ETH", "free": "0.00000000", "locked": "0.00000000"})
    stub.always("GET /api/v3/account", {"canTrade": True, "canWithdraw": True, "balances": balances})
    restrictions = {"ipRestrict": True, "enableWithdrawals": False, "enableSpotAndMarginTrading": True}
    stub.always("GET /sapi/v1/account/apiRestrictions", restrictions)


def venue_at(stub: StubExchange, credentials: Credentials = KEY, **hurry: Any) -> BinanceVenue:
    """A venue that is not open yet; `hurry` are further settings of its calls."""
    settings = CallSettings(timeout=0.5, connect_timeout=0.5, first_pause=0.001, **{"settle": 0.001, **hurry})
    return BinanceVenue(Endpoints.replay(stub.url), credentials, lambda: NOW, rng=Random(1), settings=settings)


@asynccontextmanager
async def opened(**hurry: Any) -> AsyncIterator[tuple[BinanceVenue, StubExchange]]:
    """A venue open at a stub that has forgotten what opening asked."""
    async with stub_exchange() as stub:
        set_scene(stub)
        venue = venue_at(stub, **hurry)
        await venue.open()
        stub.asked.clear()
        try:
            yield venue, stub
        finally:
            await venue.close()
