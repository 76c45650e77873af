"""The page on observability is true: its code runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from janua import Database

PAGE = (Path(__file__).resolve().parents[2] / "docs/observability.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS, ids=lambda code: code.strip().splitlines()[-1])
def test_the_code_runs(code: str, scratch_url: str) -> None:
    """On a database of its own."""
    with Database(scratch_url) as db:
        names: dict[str, Any] = {"db": db}
        exec(compile(code, "observability.md", "exec"), names)
        if "stop" in names:
            names["stop"]()
