"""What a replay exchange says of its own candles: that they were generated, which lowers their worth, or nothing."""

import msgspec

from tradingbot.domain.provenance import DataProvenance
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.binance.wire.refusals import unanswered
from tradingbot.exchange.binance.wire.transport import NoAnswer, NotConnected, TooLarge, Transport

PATH = "/replay/status"


class _Status(msgspec.Struct):
    candles: str = ""


class Provenance:
    """Whose prices an address gives: by the address, and of a replay also by what it says of itself.

    "synthetic" is believed and stays; anything else that a replay says changes nothing.
    """

    def __init__(self, endpoints: Endpoints, timeout: float) -> None:
        """`timeout` is for a question, in seconds."""
        self._endpoints = endpoints
        self._timeout = timeout
        self.data: DataProvenance = endpoints.data

    async def learn(self) -> None:
        """Ask a replay that has not called itself synthetic yet, and nobody else; raises Unavailable."""
        if self.data != "replay":
            return
        transport = Transport(self._timeout)
        try:
            answer = await transport.send("GET", self._endpoints.rest + PATH, {}, None)
        except (NotConnected, NoAnswer) as error:
            raise unanswered("replay status", str(error), changes=False) from None
        except TooLarge:
            return
        finally:
            await transport.close()
        if answer.status == 200 and _says_synthetic(answer.body):
            self.data = "synthetic"


def _says_synthetic(body: bytes) -> bool:
    try:
        return msgspec.json.decode(body, type=_Status).candles == "synthetic"
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return False
