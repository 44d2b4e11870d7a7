"""The venue of a case: one test a case and venue."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support import recording
from tests.support.bench import Bench
from tests.support.cases import Case, case_of
from tests.support.exchange import VENUES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each case against each venue that it concerns."""
    found = case_of(metafunc.function)
    if found and "bench" in metafunc.fixturenames:
        ids = [f"{found.number}-{name}" for name in found.venues]
        metafunc.parametrize("bench", [(found, name) for name in found.venues], ids=ids, indirect=True)


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the replay exchange is fed with; read only."""
    folder = tmp_path_factory.mktemp("store")
    recording.fill(folder)
    return folder


@pytest.fixture
async def bench(request: pytest.FixtureRequest, anyio_backend: str, store: Path) -> AsyncIterator[Bench]:
    """The venue, open and with its market set."""
    given: tuple[Case, str] = request.param
    async with VENUES[given[1]](given[0], store) as opened:
        yield opened
