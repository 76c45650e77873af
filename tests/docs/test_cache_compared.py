"""docs/cache-compared.md has what its script plays, and says of the strict cache what the tests of the cache prove."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/cache-compared.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| [^|*].* \| fresh", line)]


def test_every_case_is_in_the_tables() -> None:
    """In the order in which they are played."""
    program = "import json; from cases import ALL; print(json.dumps([case.title for case in ALL]))"
    played = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT / "benchmarks/staleness", capture_output=True, check=True
    )
    assert json.loads(played.stdout) == [title for title, *_ in ROWS]


def test_a_strict_cache_gave_nothing_stale() -> None:
    """In any of them."""
    assert [] == [title for title, strict, *_ in ROWS if not strict.startswith("fresh")]
