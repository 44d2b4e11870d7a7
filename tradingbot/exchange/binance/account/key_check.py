"""What a key may do, and whether it may be used at all."""

from tradingbot.exchange.binance.account.account_answers import AccountAnswer, RestrictionsAnswer
from tradingbot.exchange.binance.wire.calls import ACCOUNT, RESTRICTIONS
from tradingbot.exchange.binance.wire.rest import Rest
from tradingbot.exchange.errors import BadRequest, ContractChanged, KeyRefused
from tradingbot.exchange.orders import KeyPermissions

_NOT_FOUND = 404


async def permissions_of(rest: Rest) -> KeyPermissions:
    """Ask the exchange; raises KeyRefused where it does not know the key.

    Only the real exchange says of a key whether it may withdraw. GET account's canWithdraw is no substitute: it is
    about the account, and true for one whose key may do nothing.
    """
    account = await rest.ask(ACCOUNT, AccountAnswer, {"omitZeroBalances": "true"})
    restrictions = await _restrictions(rest)
    if restrictions is None:
        return KeyPermissions(can_trade=account.can_trade, can_withdraw=None)
    return KeyPermissions(
        can_trade=account.can_trade and restrictions.enable_spot_and_margin_trading,
        can_withdraw=restrictions.enable_withdrawals,
        is_bound_to_addresses=restrictions.ip_restrict,
    )


def refuse_unsafe(permissions: KeyPermissions) -> None:
    """Raise KeyRefused for a key that may take money away, or that cannot trade."""
    if permissions.can_withdraw:
        remedy = "Switch `Enable Withdrawals` off in Binance's API management, or make another key"
        raise KeyRefused(f"The key may withdraw, and whoever got hold of it could empty the account. {remedy}")
    if not permissions.can_trade:
        remedy = "Switch `Enable Spot & Margin Trading` on in Binance's API management"
        raise KeyRefused(f"The key may not trade, or its account may not. {remedy}")


async def _restrictions(rest: Rest) -> RestrictionsAnswer | None:
    """None where the exchange does not say, which only one without real money may."""
    if rest.endpoints.execution == "testnet":  # it has no /sapi
        return None
    try:
        return await rest.ask(RESTRICTIONS, RestrictionsAnswer)
    except (BadRequest, ContractChanged) as error:
        if error.status == _NOT_FOUND and rest.endpoints.execution == "simulated":
            return None
        raise
