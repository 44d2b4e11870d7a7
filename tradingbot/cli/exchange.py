"""`tradingbot exchange`: the verbs about exchanges. What they do is imported when one of them runs."""

from pathlib import Path
from typing import Annotated

import typer

from tradingbot.cli import exchange_check, exchange_drift
from tradingbot.cli import options as o

app = typer.Typer(no_args_is_help=True, help="The exchange: serve a replay of your own, check keys, find drift.")

_EXAMPLES = (
    "Examples:  tradingbot exchange serve --symbols BTCUSDT,ETHUSDT --wall-clock --api-key K --api-secret S "
    "--balance USDT=10000 --balance BTC=0.05  |  tradingbot exchange serve --start 2024-01-02 --speed max --paused"
)

Port = Annotated[int, typer.Option("--port", min=0, max=65_535, help="Where it listens; 0 takes a free one.")]
Symbols = Annotated[str, typer.Option("--symbols", help="Comma-separated, as in BTCUSDT,ETHUSDT.")]
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Folder of the candle store.")]
Start = Annotated[
    str | None,
    typer.Option("--start", metavar="DAY", help="Recorded UTC day it begins with; default the last seven days."),
]
WallClock = Annotated[bool, typer.Option("--wall-clock", help="Shift the recording so that its now is the real now.")]
Speed = Annotated[str, typer.Option("--speed", help="Times real time, or 'max'.")]
Paused = Annotated[bool, typer.Option("--paused", help="Stand still until POST /replay/resume or advance.")]
Frames = Annotated[
    list[Path] | None,
    typer.Option("--frames", metavar="FILE", help="Recorded trades and book of a symbol, told instead of candles."),
]
Balances = Annotated[
    list[str] | None, typer.Option("--balance", metavar="ASSET=AMOUNT", help="What the account begins with.")
]
ApiKey = Annotated[
    str | None, typer.Option("--api-key", envvar="TRADINGBOT_EXCHANGE_API_KEY", help="The one key it knows.")
]
ApiSecret = Annotated[
    str | None,
    typer.Option("--api-secret", envvar="TRADINGBOT_EXCHANGE_API_SECRET", help="Its secret, for HMAC signatures."),
]
PublicKey = Annotated[
    Path | None, typer.Option("--ed25519-key", metavar="FILE", help="PEM of its public key, for Ed25519 signatures.")
]
ExchangeInfo = Annotated[
    Path | None,
    typer.Option("--exchange-info", metavar="FILE", help="Filters; default the store's, else tick and step."),
]
Chaos = Annotated[
    int | None, typer.Option("--chaos", min=0, metavar="SEED", help="Misbehave on a schedule that the seed fixes.")
]
Host = Annotated[str, typer.Option("--host", help="Address it listens on.")]
AllowRemote = Annotated[
    bool, typer.Option("--allow-remote", help="Let other machines in, where --host is not this one.")
]


@app.command(epilog=_EXAMPLES)
def serve(
    port: Port = 8080,
    symbols: Symbols = "BTCUSDT",
    data: Data = None,
    start: Start = None,
    wall_clock: WallClock = False,
    speed: Speed = "1",
    paused: Paused = False,
    frames: Frames = None,
    balance: Balances = None,
    api_key: ApiKey = None,
    api_secret: ApiSecret = None,
    ed25519_key: PublicKey = None,
    exchange_info: ExchangeInfo = None,
    chaos: Chaos = None,
    host: Host = "127.0.0.1",
    allow_remote: AllowRemote = False,
    config: o.Config = None,
    as_json: o.Json = False,
) -> None:
    """Serve an exchange of your own that speaks Binance's protocol: replayed data, simulated fills, no real money.

    REST at /api/v3, streams at /ws and /stream, the WebSocket API at /ws-api/v3, steering at /replay/. It runs until
    Ctrl-C. Its state is memory: after a restart it begins anew. Key and secret are better given by the environment, as
    TRADINGBOT_EXCHANGE_API_KEY and TRADINGBOT_EXCHANGE_API_SECRET, than where other users of the machine see them.
    """
    typer.echo("Starting the replay exchange ...", err=True)
    from tradingbot.cli.exchange_serve import Access, Wanted, run

    wanted = Wanted(
        access=Access(port, host, allow_remote, api_key, api_secret, ed25519_key),
        symbols=symbols,
        data=data,
        start=start,
        wall_clock=wall_clock,
        speed=speed,
        paused=paused,
        frames=tuple(frames or ()),
        balances=tuple(balance or ()),
        exchange_info=exchange_info,
        chaos=chaos,
        config=config,
    )
    run(wanted, as_json=as_json)


exchange_check.register(app)
exchange_drift.register(app)
