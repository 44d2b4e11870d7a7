"""An exchange to be mistreated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import recording
from tests.support.hosted import Hosted, Hosting, hosted


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of generated minutes."""
    folder = tmp_path_factory.mktemp("store")
    recording.fill(folder)
    return folder


@pytest.fixture(scope="module")
def exchange(store: Path) -> Iterator[Hosted]:
    """A replay exchange without limits of requests that waits a second for a body, at real time."""
    with hosted(store, Hosting(serve={"request_within": 1.0})) as running:
        yield running
