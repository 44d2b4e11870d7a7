"""ccxt.pro: the streams of prices and of the account, and orders over the WebSocket API."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import ccxt.pro
from told import KEY, SECRET, SOCKETS, URL, WAIT, finish

BTC = "BTC/USDT"


def settings() -> dict[str, Any]:
    """All that is set: where it is reached, and that it is a spot exchange."""
    api = {
        "public": f"{URL}/api/v3",
        "private": f"{URL}/api/v3",
        "sapi": f"{URL}/sapi/v1",
        "ws": {"spot": f"{SOCKETS}/ws", "ws-api": {"spot": f"{SOCKETS}/ws-api/v3"}},
    }
    options = {"fetchMarkets": {"types": ["spot"]}}
    return {"apiKey": KEY, "secret": SECRET, "urls": {"api": api}, "options": options}


async def soon(told: Awaitable[Any]) -> Any:
    """What comes within half a minute."""
    return await asyncio.wait_for(told, WAIT)


async def prices(client: ccxt.pro.binance) -> float:
    """Every public stream tells something; the last price."""
    trades, book, candles, ticker, top = await soon(
        asyncio.gather(
            client.watch_trades(BTC),
            client.watch_order_book(BTC),
            client.watch_ohlcv(BTC, "1m"),
            client.watch_ticker(BTC),
            client.watch_bids_asks([BTC]),
        )
    )
    assert trades[-1]["price"] > 0
    assert book["bids"][0][0] < book["asks"][0][0]
    assert candles[-1][4] > 0
    assert top[BTC]["bid"] < top[BTC]["ask"]
    return float(ticker["last"])


async def account(client: ccxt.pro.binance, last: float) -> list[str]:
    """Orders over the WebSocket API, told by the user stream; the states that were told."""
    states: list[str] = []

    async def watch() -> None:
        while states[-1:] != ["closed"]:
            states.extend(one["status"] for one in await client.watch_orders(BTC))

    watching = asyncio.create_task(watch())
    balances = asyncio.create_task(client.watch_balance())
    await asyncio.sleep(1.0)  # both have subscribed
    resting = await client.create_order_ws(BTC, "limit", "buy", 0.01, round(last * 0.9, 2))
    await client.cancel_order_ws(resting["id"], BTC)
    trade = asyncio.create_task(client.watch_my_trades(BTC))
    await asyncio.sleep(0.5)
    bought = await client.create_order_ws(BTC, "market", "buy", 0.01)
    assert bought["status"] == "closed"
    await soon(watching)
    assert (await soon(trade))[-1]["amount"] == 0.01
    assert (await soon(balances))["USDT"]["total"] > 0
    return states


async def main() -> None:
    """Prices, then the account."""
    client = ccxt.pro.binance(settings())
    try:
        await client.load_markets()
        last = await prices(client)
        states = await account(client, last)
        assert states[:2] == ["open", "canceled"], states
        finish(version=ccxt.__version__, states=states)
    finally:
        await client.close()


asyncio.run(main())
