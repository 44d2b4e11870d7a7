"""Requests as bytes, where a client library would not send them."""

import hashlib
import hmac
import socket
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import msgspec

PATIENCE = 5.0  # seconds


def exchange_bytes(url: str, payload: bytes, *, patience: float = PATIENCE) -> bytes:
    """What a server answers to these bytes until it closes, or says nothing more for that long (in seconds)."""
    with socket.create_connection(_address(url), timeout=PATIENCE) as connection:
        answer = b""
        try:
            connection.sendall(payload)
            connection.settimeout(patience)
            while piece := connection.recv(65_536):
                answer += piece
        except (TimeoutError, ConnectionResetError, BrokenPipeError):
            pass  # it waits for more, or has cut
        return answer


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def request(
    url: str, verb: str, path: str, query: str = "", headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and body of the answer to one well-formed request."""
    lines = [f"{verb} {path}{'?' if query else ''}{query} HTTP/1.1", "Host: exchange", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    answer = exchange_bytes(url, "\r\n".join([*lines, "", ""]).encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 "), answer
    return int(head.split()[1]), body


def encoded(params: Mapping[str, str]) -> str:
    """A query, percent-encoded."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in params.items())


def signed(params: Mapping[str, str], secret: str) -> str:
    """A query with its signature."""
    query = encoded(params)
    return f"{query}&signature={hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()}"


def server_time(url: str) -> int:
    """The exchange's clock; AssertionError where it does not answer as it should."""
    status, body = request(url, "GET", "/api/v3/time")
    assert status == 200
    moment: int = msgspec.json.decode(body)["serverTime"]
    return moment
