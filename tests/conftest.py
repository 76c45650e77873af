"""What the repository's own tests share: its project's scratch server, and small projects to try things on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from janua.scratch import ScratchServer

pytest_plugins = ["pytester"]

# A shell that starts this in the background has it ignore SIGINT, which all processes of the tests would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# In CI the same examples every time: a change must not fail for what it did not do. At home, new ones.
settings.register_profile("ci", derandomize=True, database=None)
if os.environ.get("CI"):
    settings.load_profile("ci")

Write = Callable[[str, str], Path]


@pytest.fixture(scope="session")
def scratch(janua_scratch: ScratchServer) -> ScratchServer:
    """A server on which databases can be made."""
    return janua_scratch


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a text file below the test's folder, and return its path."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write
