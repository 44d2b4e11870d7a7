"""A replay may lower the worth of its own prices, and nobody may raise it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.stub_exchange import StubExchange, hang_up, stub_exchange
from tradingbot.exchange.binance.wire.endpoints import Endpoints
from tradingbot.exchange.binance.wire.provenance import PATH, Provenance
from tradingbot.exchange.errors import Retry, Unavailable

pytestmark = pytest.mark.anyio
STATUS = f"GET {PATH}"


@pytest.fixture
async def stub(anyio_backend: str) -> AsyncIterator[StubExchange]:
    """A server that is none of Binance's."""
    async with stub_exchange() as running:
        yield running


def at(stub: StubExchange) -> Provenance:
    """What is known of the stub so far."""
    return Provenance(Endpoints.replay(stub.url), 1.0)


async def test_generated_candles_are_synthetic(stub: StubExchange) -> None:
    """And stay so, whatever is said later."""
    known = at(stub)
    stub.answer(STATUS, {"data": "replay", "candles": "synthetic"})
    stub.answer(STATUS, {"data": "replay", "candles": "replay"})
    before = known.data
    await known.learn()
    await known.learn()

    assert (before, known.data) == ("replay", "synthetic")
    assert len(stub.of(STATUS)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"data": "live", "candles": "live", "execution": "real"},
        {"data": "synthetic", "candles": "testnet"},
        {"candles": ["synthetic"]},
        {},
        [],
        "synthetic",
        "[" * 5_000,
        '{"candles": "\\ud800"}',
    ],
)
async def test_nothing_else_that_a_server_says_is_believed(stub: StubExchange, body: Any) -> None:
    """It stays a replay."""
    known = at(stub)
    stub.answer(STATUS, body)
    await known.learn()

    assert known.data == "replay"


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_a_server_without_a_status_stays_a_replay(stub: StubExchange, status: int) -> None:
    """Also where the refusal has words of its own."""
    known = at(stub)
    stub.answer(STATUS, {"candles": "synthetic"}, status=status)
    await known.learn()

    assert known.data == "replay"


async def test_no_answer_is_not_taken_for_one(stub: StubExchange) -> None:
    """It may be asked again, and nothing is labelled meanwhile."""
    known = at(stub)
    stub.ready[STATUS].append(hang_up)
    stub.answer(STATUS, {"candles": "synthetic"})
    with pytest.raises(Unavailable) as caught:
        await known.learn()
    await known.learn()

    assert (caught.value.retry, known.data) == (Retry.AFTER_WAIT, "synthetic")


@pytest.mark.parametrize("endpoints", [Endpoints.mainnet(), Endpoints.testnet()])
async def test_binance_itself_is_not_asked(endpoints: Endpoints) -> None:
    """What it is follows from its address: a question would have to wait longer than this."""
    known = Provenance(endpoints, 1e-9)
    await known.learn()

    assert known.data == endpoints.data
