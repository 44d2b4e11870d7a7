"""`tradingbot exchange check`: can this machine trade there, with this key?"""

from typing import Annotated

import typer

from tradingbot.cli import options as o


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example:  tradingbot exchange check --venue testnet --symbols BTCUSDT,ETHUSDT --json")(check)


def check(
    venue: Annotated[str, typer.Option("--venue", help="mainnet, testnet, or a replay exchange's URL.")] = "testnet",
    symbols: Annotated[str, typer.Option("--symbols", "--symbol", help="Comma-separated.")] = "BTCUSDT",
    as_json: o.Json = False,
) -> None:
    """Connect with the key and show what it may do, what trading costs, and that streams are heard. Places nothing.

    The key comes from TRADINGBOT_API_KEY and TRADINGBOT_API_SECRET, or from the file that TRADINGBOT_API_KEY_FILE
    names: TOML, mode 600, with api_key and either secret or private_key (the path of an Ed25519 PEM). A key that may
    withdraw is refused.
    """
    from tradingbot.cli.exchange_check_work import check_exchange

    check_exchange(venue, symbols.split(","), as_json=as_json)
