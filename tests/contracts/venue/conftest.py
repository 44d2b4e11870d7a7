"""The venue of a case: one test a case and venue."""

from collections.abc import AsyncIterator

import pytest

from tests.support.cases import Case, case_of
from tests.support.exchange import VENUES, Bench


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each case against each venue that it concerns."""
    found = case_of(metafunc.function)
    if found and "bench" in metafunc.fixturenames:
        ids = [f"{found.number}-{name}" for name in found.venues]
        metafunc.parametrize("bench", [(found, name) for name in found.venues], ids=ids, indirect=True)


@pytest.fixture
async def bench(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[Bench]:
    """The venue, open and with its market set."""
    given: tuple[Case, str] = request.param
    async with VENUES[given[1]](given[0]) as opened:
        yield opened
