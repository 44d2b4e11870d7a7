"""Requests are repeated, paused and bounded as the other side asks."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import httpx
import pytest

from tradingbot.data.fetcher import Answer, Fetcher
from tradingbot.data.settings import DownloadSettings
from tradingbot.domain.errors import NetworkError

Reply = httpx.Response | Exception


@dataclass
class FakeTime:
    """A clock that only sleeping moves, 20 s into a minute."""

    now: int = 20_000
    slept: list[float] = field(default_factory=list)

    def clock(self) -> int:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += int(seconds * 1000)


def asked(replies: Sequence[Reply], time: FakeTime, requests: int = 1, limit: int = 100) -> list[Answer]:
    """The answers to some requests of a server that gives these replies in order."""
    waiting = list(replies)

    def handle(request: httpx.Request) -> httpx.Response:
        reply = waiting.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def run() -> list[Answer]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as client:
            fetcher = Fetcher(client, DownloadSettings(retries=2), time.clock, time.sleep)
            return [await fetcher.get("http://exchange.test/x", limit) for _ in range(requests)]

    return asyncio.run(run())


@pytest.mark.parametrize(
    "fault",
    [
        lambda: httpx.Response(503),
        lambda: httpx.ConnectError("refused"),
        lambda: httpx.ReadTimeout("slow"),
        lambda: httpx.RemoteProtocolError("peer closed connection"),
    ],
)
def test_passing_faults_are_retried(fault: Callable[[], Reply]) -> None:
    """A server error, a timeout or a broken connection is tried again after a growing pause."""
    time = FakeTime()

    answers = asked([fault(), fault(), httpx.Response(200, content=b"ok")], time)

    assert [answer.content for answer in answers] == [b"ok"]
    assert time.slept == [0.25, 0.5]


def test_lasting_faults_end() -> None:
    """After the last attempt the address and the reason are named."""
    with pytest.raises(NetworkError, match=r"exchange\.test/x: HTTP 500, 3 attempts") as caught:
        asked([httpx.Response(500)] * 3, FakeTime())

    assert caught.value.retryable


@pytest.mark.parametrize("status", [429, 418])
def test_the_pause_asked_for_is_kept(status: int) -> None:
    """No request goes out before Retry-After has passed."""
    time = FakeTime()

    asked([httpx.Response(status, headers={"Retry-After": "7"}), httpx.Response(200)], time)

    assert time.now == 20_000 + 7_000


def test_a_ban_ends_the_work() -> None:
    """A pause beyond what was allowed is not waited for in silence."""
    with pytest.raises(NetworkError, match=r"exchange\.test asks to wait 7200 s"):
        asked([httpx.Response(418, headers={"Retry-After": "7200"})], FakeTime())


def test_requests_slow_down_before_the_limit() -> None:
    """Once four fifths of the minute's weight are used, the next request waits for the next minute."""
    time = FakeTime()
    replies = [httpx.Response(200, headers={"X-MBX-USED-WEIGHT-1M": used}) for used in ("4799", "4800", "2")]

    asked(replies, time, requests=2)
    assert time.slept == []
    asked(replies[1:], time, requests=2)

    assert time.now == 60_000


def test_an_endless_answer_is_cut_off() -> None:
    """No answer may be larger than what was asked for can be."""
    with pytest.raises(NetworkError, match="larger than 100 bytes"):
        asked([httpx.Response(200, content=bytes(101))], FakeTime())


def test_a_refusal_is_an_answer() -> None:
    """A 404 means that something is not there, and is not retried."""
    assert [answer.status for answer in asked([httpx.Response(404)], FakeTime())] == [404]
