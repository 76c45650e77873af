"""What the tests of the documents share."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from janua.scratch import ScratchServer

from tests.docs.replay import Replay


@pytest.fixture(scope="session")
def scratch_url(scratch: ScratchServer) -> str:
    """A server that the commands may use for scratch databases, already running."""
    return scratch.url("postgres")


@pytest.fixture
def replay(tmp_path: Path, scratch_url: str) -> Iterator[Replay]:
    """A reader in an empty folder, who has the commands, and a server for scratch databases that runs already."""
    state, folder = tmp_path / "state", tmp_path / "empty"
    state.mkdir()
    folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JANUA_", "PYTEST_"))}
    own = {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "JANUA_SCRATCH_URL": scratch_url,
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
    }
    replay = Replay(folder, state, kept | own)
    yield replay
    replay.end()
