"""docs/errors-reference.md is what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_is_as_the_tool_writes_it() -> None:
    """A message that is changed changes the page: python tools/errors_reference.py."""
    command = [sys.executable, "tools/errors_reference.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (0, "") == (done.returncode, done.stderr)


def test_the_page_has_the_messages_of_both_packages() -> None:
    """With … for what differs from case to case."""
    text = (ROOT / "docs/errors-reference.md").read_text("utf-8")
    assert "- ``query … has no statement``" in text
    assert "### CommitUnknown\n" in text
    assert "- ``the number of steps must be 1 or more, not …``" in text
