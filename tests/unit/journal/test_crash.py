"""Death at any instant leaves a whole journal."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.support.journal import STORY
from tests.support.journal_crash import BATCHES


def test_death_before_any_statement_leaves_a_whole_chain(tmp_path: Path) -> None:
    """Every batch is there wholly or not at all, with all it changes, and the next session goes on from it."""
    words = [sys.executable, "-m", "tests.support.journal_crash", str(tmp_path)]
    ended = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, timeout=240)
    assert ended.stderr == ""
    deaths = [tuple(map(int, line.split()[1:])) for line in ended.stdout.splitlines()]

    assert len(deaths) > 60
    assert {entries for entries, _, _ in deaths} == {-1, 0, *(last for _, last in BATCHES)}
    assert [entries for entries, _, _ in deaths] == sorted(entries for entries, _, _ in deaths)
    assert {(faults, total) for _, faults, total in deaths} == {(0, len(STORY))}
