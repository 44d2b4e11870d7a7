"""What the exchange says of an account: balances, commission rates and trades."""

from collections.abc import Sequence
from decimal import Decimal

from tradingbot.exchange.orders import Balance, Commission, Fill, Side
from tradingbot.exchange.replay.answers.orders import Json, number

BIPS = 10_000
_NO_RATES = {"maker": "0.00000000", "taker": "0.00000000", "buyer": "0.00000000", "seller": "0.00000000"}


def account_answer(balances: Sequence[Balance], rates: Commission, updated_at: int) -> Json:
    """The account; `rates` are its general ones, whatever their symbol."""
    return {
        "makerCommission": int(rates.maker * BIPS),
        "takerCommission": int(rates.taker * BIPS),
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": _rates(rates),
        "canTrade": True,
        "canWithdraw": False,
        "canDeposit": False,
        "brokered": False,
        "requireSelfTradePrevention": False,
        "preventSor": False,
        "updateTime": updated_at,
        "accountType": "SPOT",
        "balances": [balance_row(balance) for balance in balances],
        "permissions": ["SPOT"],
        "uid": 1,
    }


def balance_row(balance: Balance) -> Json:
    """One asset."""
    return {"asset": balance.asset, "free": number(balance.free), "locked": number(balance.locked)}


def commission_answer(rates: Commission) -> Json:
    """The rates of a symbol: all of it standard commission, as the simulation knows no other."""
    return {
        "symbol": rates.symbol,
        "standardCommission": _rates(rates),
        "specialCommission": _NO_RATES,
        "taxCommission": _NO_RATES,
        "discount": _discount(rates),
    }


def order_commission_answer(rates: Commission) -> Json:
    """The rates that an order would pay, as `order/test` states them."""
    none = number(Decimal(0))
    return {
        "standardCommissionForOrder": {"maker": number(rates.maker), "taker": number(rates.taker)},
        "specialCommissionForOrder": {"maker": none, "taker": none},
        "taxCommissionForOrder": {"maker": none, "taker": none},
        "discount": _discount(rates),
    }


def trade_answer(fill: Fill, list_id: int) -> Json:
    """One trade of the account; `list_id` is that of its order."""
    return {
        "symbol": fill.symbol,
        "id": fill.trade_id,
        "orderId": fill.order_id,
        "orderListId": list_id,
        "price": number(fill.price),
        "qty": number(fill.quantity),
        "quoteQty": number(fill.value),
        "commission": number(fill.commission),
        "commissionAsset": fill.commission_asset,
        "time": fill.time,
        "isBuyer": fill.side is Side.BUY,
        "isMaker": fill.is_maker,
        "isBestMatch": True,
    }


def _rates(rates: Commission) -> Json:
    return _NO_RATES | {"maker": number(rates.maker), "taker": number(rates.taker)}


def _discount(rates: Commission) -> Json:
    pays_in_bnb = bool(rates.bnb_discount)
    return {
        "enabledForAccount": pays_in_bnb,
        "enabledForSymbol": pays_in_bnb,
        "discountAsset": "BNB",
        "discount": number(1 - rates.bnb_discount),  # what the standard commission is multiplied by
    }
