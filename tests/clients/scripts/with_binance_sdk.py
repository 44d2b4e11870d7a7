"""Binance's own SDK: REST, the WebSocket API with its user stream, and the streams."""

import asyncio
from importlib.metadata import version
from typing import Any

from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_common.errors import BadRequestError
from binance_sdk_spot.rest_api.models import (
    NewOrderSideEnum,
    NewOrderTimeInForceEnum,
    NewOrderTypeEnum,
    OrderListOcoAboveTypeEnum,
    OrderListOcoBelowTypeEnum,
    OrderListOcoSideEnum,
)
from binance_sdk_spot.spot import Spot
from binance_sdk_spot.websocket_api.models import OrderPlaceSideEnum, OrderPlaceTypeEnum
from told import KEY, PRIVATE_KEY, SECRET, SOCKETS, URL, WAIT, finish, refused

BTC = "BTCUSDT"


def client() -> Spot:
    """All that is set: keys and where it is reached."""
    return Spot(
        config_rest_api=ConfigurationRestAPI(api_key=KEY, api_secret=SECRET, base_path=URL, timeout=10_000, retries=0),
        config_ws_api=ConfigurationWebSocketAPI(api_key=KEY, api_secret=SECRET, stream_url=f"{SOCKETS}/ws-api/v3"),
        config_ws_streams=ConfigurationWebSocketStreams(stream_url=SOCKETS),
    )


def rest(spot: Spot) -> float:
    """Prices, orders of each kind, errors; the last price."""
    api = spot.rest_api
    assert api.time().data().server_time > 0
    assert {one.symbol for one in api.exchange_info().data().symbols} == {BTC, "ETHUSDT"}
    assert len(api.klines(symbol=BTC, interval="1m", limit=10).data()) == 10
    assert api.depth(symbol=BTC, limit=5).data().bids
    last = float(api.ticker_price(symbol=BTC).data().actual_instance.price)

    low = round(last * 0.9, 2)
    resting = api.new_order(
        symbol=BTC,
        side=NewOrderSideEnum.BUY,
        type=NewOrderTypeEnum.LIMIT,
        time_in_force=NewOrderTimeInForceEnum.GTC,
        quantity=0.01,
        price=low,
    ).data()
    assert api.get_order(symbol=BTC, order_id=resting.order_id).data().status == "NEW"
    assert api.delete_order(symbol=BTC, order_id=resting.order_id).data().status == "CANCELED"
    bought = api.new_order(symbol=BTC, side=NewOrderSideEnum.BUY, type=NewOrderTypeEnum.MARKET, quantity=0.01).data()
    assert (bought.status, bought.fills[0].commission_asset) == ("FILLED", "BTC")
    pair = api.order_list_oco(
        symbol=BTC,
        side=OrderListOcoSideEnum.SELL,
        quantity=0.005,
        above_type=OrderListOcoAboveTypeEnum.LIMIT_MAKER,
        above_price=round(last * 1.1, 2),
        below_type=OrderListOcoBelowTypeEnum.STOP_LOSS,
        below_stop_price=low,
    ).data()
    api.delete_order_list(symbol=BTC, order_list_id=pair.order_list_id)
    assert api.get_open_orders(symbol=BTC).data() == []
    balances = {one.asset: float(one.free) for one in api.get_account(omit_zero_balances=True).data().balances}
    assert balances["BTC"] > 0.05
    refused(BadRequestError, lambda: api.get_order(symbol=BTC, order_id=999_999_999), "Order does not exist.")
    return last


async def sockets(spot: Spot, last: float) -> list[str]:
    """A stream of prices beside; then orders over the WebSocket API, the subscription signed with the secret."""
    streams = spot.websocket_streams
    await streams.create_connection()
    tops: asyncio.Queue[Any] = asyncio.Queue()
    (await streams.book_ticker(symbol=BTC.lower())).on("message", tops.put_nowait)
    await spot.websocket_api.create_connection()
    subscription = await spot.websocket_api.user_data_stream_subscribe_signature()
    states = await orders(spot.websocket_api, subscription.stream, last)
    assert (await asyncio.wait_for(tops.get(), WAIT)).s == BTC
    await streams.close_connection(close_session=True)
    return states


async def session(last: float) -> list[str]:
    """A session that an Ed25519 key has logged on; what follows needs no signature."""
    modern = ConfigurationWebSocketAPI(api_key=KEY, private_key=PRIVATE_KEY, stream_url=f"{SOCKETS}/ws-api/v3")
    api = Spot(config_ws_api=modern).websocket_api
    await api.create_connection()
    await api.session_logon()
    subscription = await api.user_data_stream_subscribe()
    return await orders(api, subscription.stream, last)


async def orders(api: Any, told: Any, last: float) -> list[str]:
    """Place and cancel; the states that the user stream told."""
    heard: asyncio.Queue[Any] = asyncio.Queue()
    told.on("message", heard.put_nowait)
    placed = await api.order_place(
        symbol=BTC,
        side=OrderPlaceSideEnum.BUY,
        type=OrderPlaceTypeEnum.LIMIT,
        time_in_force="GTC",
        quantity=0.01,
        price=round(last * 0.9, 2),
    )
    await api.order_cancel(symbol=BTC, order_id=placed.data().result.order_id)
    states: list[str] = []
    while "CANCELED" not in states:
        event = (await asyncio.wait_for(heard.get(), WAIT)).actual_instance
        states += [event.X] if type(event).__name__ == "ExecutionReport" else []
    await api.close_connection(close_session=True)
    return states


async def by_sockets(spot: Spot, last: float) -> dict[str, list[str]]:
    """Both ways to sign."""
    return {"by_secret": await sockets(spot, last), "by_ed25519": await session(last)}


client_of_secret = client()
price = rest(client_of_secret)
finish(version=version("binance-sdk-spot"), last=price, **asyncio.run(by_sockets(client_of_secret, price)))
