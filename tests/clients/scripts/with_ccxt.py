"""ccxt's synchronous and asynchronous client: markets, prices, account, every kind of order, and its errors."""

import asyncio
from typing import Any

import ccxt
import ccxt.async_support
from told import KEY, SECRET, URL, finish, refused, refused_soon

BTC = "BTC/USDT"


def settings(secret: str = SECRET) -> dict[str, Any]:
    """All that is set: where it is reached, and that it is a spot exchange."""
    api = {"public": f"{URL}/api/v3", "private": f"{URL}/api/v3", "sapi": f"{URL}/sapi/v1"}
    options = {"fetchMarkets": {"types": ["spot"]}}
    return {"apiKey": KEY, "secret": secret, "urls": {"api": api}, "options": options}


def prices(client: ccxt.binance) -> float:
    """What anyone may ask; the last price."""
    markets = client.load_markets()
    assert {BTC, "ETH/USDT"} <= set(markets)
    assert markets[BTC]["precision"]["price"] == 0.01
    assert abs(client.fetch_time() - client.milliseconds()) < 2_000
    book = client.fetch_order_book(BTC, 5)
    assert book["bids"][0][0] < book["asks"][0][0]
    candles = client.fetch_ohlcv(BTC, "1m", limit=100)
    assert len(candles) == 100
    assert candles[1][0] - candles[0][0] == 60_000
    assert client.fetch_trades(BTC, limit=5)
    assert client.fetch_tickers([BTC, "ETH/USDT"])["ETH/USDT"]["last"] > 0
    return float(client.fetch_ticker(BTC)["last"])


def orders(client: ccxt.binance, last: float) -> dict[str, Any]:
    """Rest, cancel, take, protect."""
    resting = client.create_limit_buy_order(BTC, 0.01, round(last * 0.9, 2))
    assert client.fetch_order(resting["id"], BTC)["status"] == "open"
    assert [one["id"] for one in client.fetch_open_orders(BTC)] == [resting["id"]]
    client.cancel_order(resting["id"], BTC)
    assert client.fetch_order(resting["id"], BTC)["status"] == "canceled"

    bought = client.create_market_buy_order(BTC, 0.01)
    assert (bought["status"], bought["filled"]) == ("closed", 0.01)
    by_value = client.create_market_buy_order_with_cost(BTC, 100)
    assert 99 < by_value["cost"] <= 100
    trades = client.fetch_my_trades(BTC)
    assert {bought["id"], by_value["id"]} <= {one["order"] for one in trades}
    assert {one["fee"]["currency"] for one in trades} == {"BTC"}

    stop = client.create_order(
        BTC, "limit", "sell", 0.01, round(last * 0.89, 2), {"stopLossPrice": round(last * 0.9, 2)}
    )
    assert client.fetch_order(stop["id"], BTC)["status"] == "open"
    client.cancel_order(stop["id"], BTC)
    return {"bought": bought["average"], "fee": trades[-1]["fee"]["cost"]}


def pair(client: ccxt.binance, last: float) -> None:
    """An OCO through the endpoint itself, which has no method of its own."""
    given = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "quantity": "0.01",
        "aboveType": "LIMIT_MAKER",
        "abovePrice": f"{last * 1.1:.2f}",
        "belowType": "STOP_LOSS",
        "belowStopPrice": f"{last * 0.9:.2f}",
    }
    placed = client.private_post_orderlist_oco(given)
    assert placed["listOrderStatus"] == "EXECUTING"
    assert len(client.fetch_open_orders(BTC)) == 2
    client.cancel_all_orders(BTC)
    assert client.fetch_open_orders(BTC) == []


def errors(client: ccxt.binance, last: float) -> list[str]:
    """Each as the class that a user of ccxt catches."""
    low = round(last * 0.9, 2)
    stranger = ccxt.binance(settings("wrong"))
    return [
        refused(ccxt.InsufficientFunds, lambda: client.create_limit_buy_order(BTC, 100, low)),
        refused(ccxt.BadRequest, lambda: client.create_limit_buy_order(BTC, 0.00001, low), "NOTIONAL"),
        refused(
            ccxt.OrderImmediatelyFillable,
            lambda: client.create_limit_buy_order(BTC, 0.01, last * 1.1, {"postOnly": True}),
        ),
        refused(ccxt.OrderNotFound, lambda: client.cancel_order("999999999", BTC)),
        refused(ccxt.OrderNotFound, lambda: client.fetch_order("999999999", BTC)),
        refused(ccxt.BadSymbol, lambda: client.public_get_ticker_price({"symbol": "NOSUCH"})),
        refused(ccxt.AuthenticationError, stranger.fetch_balance),
    ]


async def asynchronous(last: float) -> float:
    """The same over the asynchronous client; what USDT is left."""
    client = ccxt.async_support.binance(settings())
    try:
        await client.load_markets()
        resting = await client.create_limit_sell_order(BTC, 0.01, round(last * 1.1, 2))
        assert (await client.fetch_balance())["BTC"]["used"] == 0.01
        await client.cancel_order(resting["id"], BTC)
        sold = await client.create_market_sell_order(BTC, 0.01)
        assert sold["status"] == "closed"
        await refused_soon(ccxt.OrderNotFound, client.cancel_order(resting["id"], BTC))
        return float((await client.fetch_balance())["USDT"]["total"])
    finally:
        await client.close()


def main() -> None:
    """One story after the other on one account."""
    client = ccxt.binance(settings())
    last = prices(client)
    before = client.fetch_balance()
    seen = orders(client, last)
    pair(client, last)
    refusals = errors(client, last)
    left = asyncio.run(asynchronous(last))
    assert left < before["USDT"]["total"]
    finish(version=ccxt.__version__, refusals=len(refusals), usdt=left, **seen)


main()
