"""An exchange to be mistreated."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.hosted import Hosted, Hosting, hosted, record


@pytest.fixture(scope="session")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days of generated minutes."""
    return record(tmp_path_factory.mktemp("recording"))


@pytest.fixture(scope="module")
def exchange(recording: Path) -> Iterator[Hosted]:
    """A replay exchange without limits of requests that waits a second for a body, at real time."""
    with hosted(recording, Hosting(serve={"request_within": 1.0})) as running:
        yield running
