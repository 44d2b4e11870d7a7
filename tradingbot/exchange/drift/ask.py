"""Asking the exchange as it is: answers are returned, whatever their status, and none is tried twice."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from yarl import URL

from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.errors import Unavailable, typed

MOST_BYTES = 32 << 20
LISTENED_MESSAGES = 2_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is the decoded JSON, or the text where it was none."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def code(self) -> int | None:
        """The exchange's error code, where it is an error of the exchange."""
        found = self.body.get("code") if isinstance(self.body, dict) else None
        return found if isinstance(found, int) else None

    @property
    def words(self) -> str:
        """Status and message for a person."""
        if isinstance(self.body, dict) and "msg" in self.body:
            return f"HTTP {self.status}, {self.code} {self.body['msg']}"
        return f"HTTP {self.status}"

    @property
    def is_refused_for_now(self) -> bool:
        """Whether the exchange is out of order or behind a firewall, which tells nothing of the contract."""
        return self.status == 403 or self.status >= 500


@dataclass(slots=True)
class Asker:
    """One check's connection; `offset` (ms) is the exchange's clock less ours, set when its time is known."""

    session: aiohttp.ClientSession
    endpoints: Endpoints
    credentials: Credentials | None
    clock: Callable[[], int]
    patience_s: float
    offset: int = 0

    async def rest(self, ask: str, params: Mapping[str, Any], *, signed: bool = False) -> Answer:
        """A request as "GET /api/v3/time"; raises Unavailable, and RateLimited where we have to wait."""
        verb, path = ask.split(" ")
        query, headers = urlencode(params), {}
        if signed and self.credentials is not None:
            query = urlencode({**params, **self._moment()})
            query += f"&signature={quote(self.credentials.sign(query), safe='')}"
            headers["X-MBX-APIKEY"] = self.credentials.api_key
        url = f"{self.endpoints.rest}{path}"
        try:
            async with (
                asyncio.timeout(self.patience_s),
                self.session.request(verb, _as_is(url, query), headers=headers, allow_redirects=False) as answer,
            ):
                found = Answer(answer.status, answer.headers, _decoded(await _body(answer)))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise _unavailable(f"{ask} at {self.endpoints.rest}", error) from error
        if found.status in (418, 429):
            raise typed(found.code, f"{ask}: {found.words}", status=found.status, changes=False)
        return found

    async def websocket(self, method: str, params: Mapping[str, Any], *, signed: bool = False) -> Any:
        """The first frame that answers a request to the WebSocket API; raises Unavailable."""
        sent = dict(params)
        if signed and self.credentials is not None:
            sent |= {"apiKey": self.credentials.api_key, **self._moment()}
            sent["signature"] = self.credentials.sign("&".join(f"{name}={sent[name]}" for name in sorted(sent)))
        request = msgspec.json.encode({"id": "drift", "method": method, "params": sent}).decode()
        try:
            async with (
                asyncio.timeout(self.patience_s),
                self.session.ws_connect(self.endpoints.ws_api, max_msg_size=MOST_BYTES) as socket,
            ):
                await socket.send_str(request)
                return _decoded((await socket.receive_str()).encode())
        except (aiohttp.ClientError, OSError, TimeoutError, TypeError) as error:
            raise _unavailable(f"{method} at {self.endpoints.ws_api}", error) from error

    async def listen(self, streams: Sequence[str]) -> Mapping[str, Sequence[Any]]:
        """The frames of combined streams by name, until each has come or patience is over.

        Raises Unavailable where not one has come.
        """
        heard: dict[str, list[Any]] = {stream: [] for stream in streams}
        url = f"{self.endpoints.streams}/stream?streams={'/'.join(streams)}"
        try:
            async with asyncio.timeout(self.patience_s):
                async with self.session.ws_connect(url, max_msg_size=MOST_BYTES) as socket:
                    for _ in range(LISTENED_MESSAGES):
                        _keep(heard, _decoded((await socket.receive_str()).encode()))
                        if all(heard.values()):
                            break
        except (aiohttp.ClientError, OSError, TimeoutError, TypeError) as error:
            if not any(heard.values()):
                raise _unavailable(f"the streams at {self.endpoints.streams}", error) from error
        return heard

    def _moment(self) -> Mapping[str, Any]:
        return {"timestamp": self.clock() + self.offset, "recvWindow": 5000}


def _as_is(url: str, query: str) -> URL:
    """The address exactly as it was signed."""
    return URL(f"{url}?{query}" if query else url, encoded=True)


def _unavailable(what: str, error: Exception) -> Unavailable:
    """Its `status` is that of a refused upgrade to a WebSocket."""
    status = error.status if isinstance(error, aiohttp.WSServerHandshakeError) else None
    return Unavailable(f"{what}: {str(error) or type(error).__name__}", status=status)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    body = await answer.content.read(MOST_BYTES)
    while more := await answer.content.read(MOST_BYTES - len(body)):
        body += more
    return body


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return body[:200].decode(errors="replace")


def _keep(heard: dict[str, list[Any]], frame: Any) -> None:
    name = frame.get("stream") if isinstance(frame, dict) else None
    if name in heard:
        heard[name].append(frame)
