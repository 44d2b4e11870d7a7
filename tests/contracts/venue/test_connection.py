"""V1: connecting, keys and clocks."""

import asyncio
from dataclasses import replace

import pytest

from tests.support.bench import BTC, Bench, limit, quiet_price
from tests.support.binance_stub import set_scene, venue_at
from tests.support.cases import REPLAY, SIMULATED, TESTNET, case
from tests.support.exchange import ED25519, EXPIRED, FOREIGN, READER, TRADER, UNKNOWN, WITHDRAWER
from tests.support.stub_exchange import stub_exchange
from tradingbot.exchange.binance.wire.credentials import Credentials
from tradingbot.exchange.errors import KeyRefused, Retry, SignatureRefused, Unavailable
from tradingbot.exchange.orders import Side


@case("V101", steered=False)
async def test_server_time(bench: Bench) -> None:
    """The exchange's clock is in ms UTC and does not go back."""
    first, second = await bench.venue.server_time(), await bench.venue.server_time()

    assert 1_700_000_000_000 < first <= second < 4_000_000_000_000


@case("V102", steered=False)
async def test_close_twice(bench: Bench) -> None:
    """Closing ends the events and may be done again."""
    await bench.venue.close()
    await bench.venue.close()

    await bench.events.ended()


@case("V103", steered=False)
async def test_provenance(bench: Bench) -> None:
    """Whose prices and whose fills these are is said by the venue itself."""
    expected = {
        SIMULATED: ("replay", "simulated"),
        REPLAY: ("synthetic", "simulated"),  # its candles were generated
        TESTNET: ("testnet", "testnet"),
    }

    assert (bench.venue.data, bench.venue.execution) == expected[bench.name]


@case("V104", planted=True)
async def test_wrong_secret(bench: Bench) -> None:
    """A signature that does not fit is refused when opening."""
    with pytest.raises(SignatureRefused):
        async with bench.replay.opened(replace(TRADER, secret="wrong")):
            pass


@case("V105", planted=True)
@pytest.mark.parametrize(
    "credentials", [UNKNOWN, READER, EXPIRED, FOREIGN, WITHDRAWER], ids=lambda one: str(one.api_key)
)
async def test_keys_that_are_refused(bench: Bench, credentials: Credentials) -> None:
    """A key that is unknown, may only read, has expired, is bound elsewhere or may withdraw does not open."""
    with pytest.raises(KeyRefused) as caught:
        async with bench.replay.opened(credentials):
            pass
    assert caught.value.retry is Retry.NEVER
    assert caught.value.exit_code == 2


@case("V106", planted=True)
async def test_ed25519_key(bench: Bench) -> None:
    """An Ed25519 key trades and hears the account's events as an HMAC key does."""
    async with bench.replay.opened(ED25519) as other:
        placed = await other.venue.place(limit(Side.BUY, "1", "49000"))
        await other.events.until(lambda: other.events.about(placed))


@case("V107", planted=True)
async def test_our_clock_is_off(bench: Bench) -> None:
    """A clock of ours that is slow or fast is corrected by the exchange's."""
    for offset in (-3_600_000, 30_000):
        async with bench.replay.opened(TRADER, clock_offset=offset) as other:
            await other.venue.place(limit(Side.BUY, "0.1", "49000"))


@case("V108", planted=True)
async def test_nobody_is_there(bench: Bench) -> None:
    """Where nobody listens, opening says so, and may be tried again."""
    with pytest.raises(Unavailable) as caught:
        async with bench.replay.opened(TRADER, url="http://127.0.0.1:9"):
            pass
    assert caught.value.retry is Retry.AFTER_WAIT


@case("V109", steered=False)
async def test_two_questions_at_once(bench: Bench) -> None:
    """Calls may overlap; each gets its own answer."""
    price = await quiet_price(bench, Side.BUY)
    wanted = [limit(Side.BUY, "0.001", price) for _ in range(5)]
    placed = await asyncio.gather(*(bench.venue.place(one) for one in wanted))

    assert [one.client_order_id for one in placed] == [one.client_order_id for one in wanted]

    await bench.venue.cancel_all(BTC)


@case("V110", planted=True)
@pytest.mark.parametrize("claimed", [{"data": "live", "candles": "live"}, None], ids=["a claim", "no status"])
async def test_a_replay_cannot_raise_its_worth(bench: Bench, claimed: dict[str, str] | None) -> None:
    """That its candles were generated is believed of a replay, and nothing else that it says of them."""
    assert bench.venue.data == "synthetic"
    async with stub_exchange() as stub:
        set_scene(stub)
        if claimed:
            stub.always("GET /replay/status", claimed)
        other = venue_at(stub)
        await other.open()
        await other.close()

    assert (other.data, other.execution) == ("replay", "simulated")
