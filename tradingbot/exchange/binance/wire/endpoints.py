"""Where a Binance is reached, and what its numbers are therefore worth."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tradingbot.domain.errors import InputError
from tradingbot.domain.provenance import DataProvenance, ExecutionProvenance

_OWN_HOSTS = ("binance.com", "binance.vision", "binance.us", "binance.me")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The three services of one Binance, without a trailing slash; made by `mainnet`, `testnet` and `replay` alone.

    `rest` is without `/api`, `streams` without `/ws` and `/stream`, `ws_api` is complete. Provenance is a property of
    the addresses: what is not Binance's own is a replay, whatever it says of itself.
    """

    rest: str
    ws_api: str
    streams: str

    @classmethod
    def mainnet(cls) -> "Endpoints":
        """The real exchange."""
        return cls(
            rest="https://api.binance.com",
            ws_api="wss://ws-api.binance.com:443/ws-api/v3",
            streams="wss://stream.binance.com:9443",
        )

    @classmethod
    def testnet(cls) -> "Endpoints":
        """Binance's test network: its own books, virtual balances."""
        return cls(
            rest="https://testnet.binance.vision",
            ws_api="wss://ws-api.testnet.binance.vision/ws-api/v3",
            streams="wss://stream.testnet.binance.vision",
        )

    @classmethod
    def replay(cls, url: str) -> "Endpoints":
        """A replay exchange at `url`, as http://127.0.0.1:8080; raises InputError, also for an address of Binance."""
        base = url.rstrip("/")
        host = _host(base)
        if host is None:
            raise InputError(
                "venue", f"{url!r} is no address of an exchange", "Give mainnet, testnet or http://HOST:PORT"
            )
        if f".{host}".endswith(tuple(f".{own}" for own in _OWN_HOSTS)):
            remedy = "Say mainnet or testnet, so that orders and numbers are labelled as what they are"
            raise InputError("venue", f"{host} is Binance itself, not a replay", remedy)
        sockets = base.replace("http", "ws", 1)
        return cls(rest=base, ws_api=f"{sockets}/ws-api/v3", streams=sockets)

    @classmethod
    def named(cls, venue: str) -> "Endpoints":
        """Those of `mainnet`, `testnet` or a replay exchange's URL; raises InputError."""
        named = {"mainnet": cls.mainnet, "testnet": cls.testnet}.get(venue)
        return named() if named else cls.replay(venue)

    @property
    def data(self) -> DataProvenance:
        """Whose prices these are."""
        if self == Endpoints.mainnet():
            return "live"
        return "testnet" if self == Endpoints.testnet() else "replay"

    @property
    def execution(self) -> ExecutionProvenance:
        """Whose fills these are."""
        if self == Endpoints.mainnet():
            return "real"
        return "testnet" if self == Endpoints.testnet() else "simulated"


def _host(url: str) -> str | None:
    """The host of scheme://host[:port] and nothing more; None for anything else."""
    try:
        parts = urlsplit(url)
        bare = f"{parts.scheme}://{parts.netloc}" == url and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return None
    return parts.hostname if bare and parts.scheme in ("http", "https") else None
