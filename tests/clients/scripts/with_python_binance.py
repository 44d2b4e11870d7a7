"""python-binance: REST, streams, the user stream, and orders over the WebSocket API."""

import asyncio
from typing import Any

import binance
from binance import AsyncClient, BinanceSocketManager, Client
from binance.exceptions import BinanceAPIException
from told import KEY, SECRET, SOCKETS, URL, WAIT, finish, refused

BTC = "BTCUSDT"

# It takes its addresses from attributes of its classes.
for kind in (Client, AsyncClient):
    kind.API_URL = f"{URL}/api"
    kind.MARGIN_API_URL = f"{URL}/sapi"
    kind.WS_API_URL = f"{SOCKETS}/ws-api/v3"
BinanceSocketManager.STREAM_URL = f"{SOCKETS}/"


def rest() -> dict[str, Any]:
    """The synchronous client: prices, orders of each kind, errors."""
    client = Client(KEY, SECRET)
    assert client.get_symbol_info(BTC)["baseAsset"] == "BTC"
    assert client.get_exchange_info()["rateLimits"]
    assert len(client.get_historical_klines(BTC, "1m", "2 hours ago UTC")) >= 119
    assert client.get_order_book(symbol=BTC)["bids"]
    last = float(client.get_symbol_ticker(symbol=BTC)["price"])

    resting = client.order_limit_buy(symbol=BTC, quantity="0.01", price=f"{last * 0.9:.2f}")
    assert [one["orderId"] for one in client.get_open_orders(symbol=BTC)] == [resting["orderId"]]
    assert client.cancel_order(symbol=BTC, orderId=resting["orderId"])["status"] == "CANCELED"
    bought = client.order_market_buy(symbol=BTC, quantity="0.01")
    assert bought["status"] == "FILLED"
    assert client.get_my_trades(symbol=BTC)[-1]["orderId"] == bought["orderId"]
    pair = client.order_oco_sell(
        symbol=BTC,
        quantity="0.005",
        aboveType="LIMIT_MAKER",
        abovePrice=f"{last * 1.1:.2f}",
        belowType="STOP_LOSS_LIMIT",
        belowStopPrice=f"{last * 0.9:.2f}",
        belowPrice=f"{last * 0.89:.2f}",
        belowTimeInForce="GTC",
    )
    assert len(pair["orderReports"]) == 2
    client.cancel_order(symbol=BTC, orderId=pair["orders"][0]["orderId"])
    assert client.get_open_orders() == []

    low = f"{last * 0.9:.2f}"
    refused(BinanceAPIException, lambda: client.order_limit_buy(symbol=BTC, quantity="100", price=low), "-2010")
    refused(BinanceAPIException, lambda: client.get_order(symbol=BTC, orderId=999_999_999), "-2013")
    refused(BinanceAPIException, lambda: Client(KEY, "wrong").get_account(), "-1022")
    client.close_connection()
    return {"last": last, "filled": bought["fills"][0]["price"]}


async def streams(last: float) -> list[str]:
    """The asynchronous client: a candle stream, orders over the WebSocket API, told by the user stream."""
    client = await AsyncClient.create(KEY, SECRET)
    sockets = BinanceSocketManager(client)
    told: list[str] = []
    try:
        async with sockets.kline_socket(BTC) as candles:
            candle = await asyncio.wait_for(candles.recv(), WAIT)
            assert candle["k"]["s"] == BTC
        async with sockets.user_socket() as user:
            placed = await client.ws_order_limit_buy(symbol=BTC, quantity="0.01", price=f"{last * 0.9:.2f}")
            await client.ws_cancel_order(symbol=BTC, orderId=placed["orderId"])
            while "CANCELED" not in told:
                event = await asyncio.wait_for(user.recv(), WAIT)
                told += [event["X"]] if event["e"] == "executionReport" else []
    finally:
        await client.close_connection()
    return told


seen = rest()
finish(version=binance.__version__, told=asyncio.run(streams(seen["last"])), **seen)
