"""The few wallet routes (/sapi) that clients of a spot account call: what a key may do, assets, fees, status.

Source: the wallet section of Binance's API documentation. Other /sapi routes do not exist here.
"""

from collections.abc import Callable, Sequence
from typing import Any

from tradingbot.exchange.replay.answers.orders import number
from tradingbot.exchange.replay.gate.keys import not_permitted
from tradingbot.exchange.replay.operation import Operation, Security
from tradingbot.exchange.replay.params import Params
from tradingbot.exchange.replay.world import World

_NOTHING = "0"


def _restrictions(world: World, params: Params) -> dict[str, Any]:
    """What the key may do: fields and meaning as Binance's, everything that this exchange lacks is off."""
    params.refuse_unknown()
    key = world.caller
    if key is None:
        raise not_permitted()
    return {
        "ipRestrict": bool(key.addresses),
        "createTime": key.created_at,
        "enableReading": True,
        "enableSpotAndMarginTrading": key.can_trade,
        "enableWithdrawals": key.can_withdraw,
        "enableInternalTransfer": False,
        "enableMargin": False,
        "enableFutures": False,
        "permitsUniversalTransfer": False,
        "enableVanillaOptions": False,
        "enableFixApiTrade": False,
        "enableFixReadOnly": False,
        "enablePortfolioMarginTrading": False,
    }


def _coins(world: World, params: Params) -> list[dict[str, Any]]:
    """The assets of the symbols; there are no networks to deposit from or withdraw to."""
    params.refuse_unknown()
    instruments = [world.exchange.instrument(symbol) for symbol in world.market.symbols]
    held = {one.asset: one for one in world.exchange.balances()}
    names = dict.fromkeys([*held, *(name for one in instruments for name in (one.base_asset, one.quote_asset))])
    return [
        {
            "coin": name,
            "name": name,
            "free": number(held[name].free) if name in held else _NOTHING,
            "locked": number(held[name].locked) if name in held else _NOTHING,
            "freeze": _NOTHING,
            "withdrawing": _NOTHING,
            "ipoing": _NOTHING,
            "ipoable": _NOTHING,
            "storage": _NOTHING,
            "isLegalMoney": False,
            "trading": True,
            "depositAllEnable": False,
            "withdrawAllEnable": False,
            "networkList": [],
        }
        for name in names
    ]


def _fees(world: World, params: Params) -> list[dict[str, str]]:
    """The account's rates."""
    asked = params.symbol() if "symbol" in params else None
    params.refuse_unknown()
    rates = [world.exchange.commission(one) for one in (world.market.symbols if asked is None else (asked,))]
    return [
        {"symbol": one.symbol, "makerCommission": number(one.maker), "takerCommission": number(one.taker)}
        for one in rates
    ]


def _status(_world: World, params: Params) -> dict[str, Any]:
    params.refuse_unknown()
    return {"status": 0, "msg": "normal"}


def _no_pairs(_world: World, params: Params) -> list[dict[str, Any]]:
    """There is no margin trading, so no pair of it."""
    params.refuse_unknown()
    return []


def _get(path: str, security: Security, weight: int, handle: Callable[[World, Params], Any]) -> Operation[World]:
    return Operation(verb="GET", path=path, ws="", security=security, weight=lambda _: weight, handle=handle)


OPERATIONS: Sequence[Operation[World]] = (
    _get("/sapi/v1/account/apiRestrictions", Security.USER_DATA, 1, _restrictions),
    _get("/sapi/v1/capital/config/getall", Security.USER_DATA, 10, _coins),
    _get("/sapi/v1/margin/allPairs", Security.USER_DATA, 1, _no_pairs),
    _get("/sapi/v1/margin/isolated/allPairs", Security.USER_DATA, 10, _no_pairs),
    _get("/sapi/v1/asset/tradeFee", Security.USER_DATA, 1, _fees),
    _get("/sapi/v1/system/status", Security.NONE, 1, _status),
)
