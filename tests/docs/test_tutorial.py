"""The tutorial, replayed from an empty folder: its files, its commands, and what they say."""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.docs.blocks import blocks
from tests.docs.replay import Replay

# For machines without it: what the page asks of curl.
_CURL = """\
#!{python}
import sys, urllib.request
post = "-X" in sys.argv
print(urllib.request.urlopen(urllib.request.Request(sys.argv[-1], method="POST" if post else "GET")).read().decode())
"""


@pytest.fixture
def replay(tmp_path: Path, scratch_url: str, janua_redis_url: str) -> Iterator[Replay]:
    """A reader with the packages that the page installs, and with scratch databases on a server that runs already."""
    programs, state, folder = (tmp_path / name for name in ("bin", "state", "empty"))
    for each in (programs, state, folder):
        each.mkdir()
    if shutil.which("curl") is None:
        (programs / "curl").write_text(_CURL.format(python=sys.executable))
        (programs / "curl").chmod(0o755)
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JANUA_", "PYTEST_"))}
    replay = Replay(
        folder,
        state,
        kept
        | {
            "PATH": path,
            "JANUA_SCRATCH_URL": scratch_url,
            "PYTEST_ADDOPTS": "-p no:asyncio -p no:cacheprovider -W ignore",
            "PYTHONUNBUFFERED": "1",
            "NO_COLOR": "1",
        },
    )
    yield replay
    replay.end()


def test_the_tutorial_can_be_followed(replay: Replay) -> None:
    """Block after block, with nothing between them; the service listens where nobody else does."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for block in blocks("docs/tutorial.md"):
        if not block.reason:
            replay.play(replace(block, text=block.text.replace("8765", str(port))))
