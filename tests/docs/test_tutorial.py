"""The tutorial, replayed from an empty folder: its files, its commands, and what they say."""

from __future__ import annotations

import os
import shutil
import socket
import sys
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
def reader(replay: Replay, tmp_path: Path) -> Replay:
    """One who has installed what the page says; beside it, these tests have plugins and warnings of their own."""
    if shutil.which("curl") is None:
        curl = tmp_path / "bin" / "curl"
        curl.parent.mkdir()
        curl.write_text(_CURL.format(python=sys.executable))
        curl.chmod(0o755)
        replay.environment["PATH"] += os.pathsep + str(curl.parent)
    replay.environment["PYTEST_ADDOPTS"] = "-p no:asyncio -p no:cacheprovider -W ignore"
    return replay


def test_the_tutorial_can_be_followed(reader: Replay) -> None:
    """Block after block, with nothing between them; the service listens where nobody else does."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    for block in blocks("docs/tutorial.md"):
        if not block.reason:
            reader.play(replace(block, text=block.text.replace("8765", str(port))))
