"""docs/replicas.md is true: its code runs, and its table names every option with its default."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from janua import Database, ReplicaOptions

PAGE = (Path(__file__).resolve().parents[2] / "docs/replicas.md").read_text(encoding="utf-8")


def test_the_code_runs(scratch_url: str) -> None:
    """From top to bottom, on one server that is no replica, so that it answers as the primary."""
    known: dict[str, Any] = {"url": scratch_url, "replica_url": scratch_url, "other_url": scratch_url}
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(code, "replicas.md", "exec"), known)
    assert 34 == len(known["token"])
    for made in known.values():
        if isinstance(made, Database):
            made.close()


def test_every_option_is_there_with_its_default() -> None:
    """In the order in which they are declared."""
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+|None) \| (\w+) \|", PAGE, re.MULTILINE)
    assert [(field.name, str(field.default)) for field in fields(ReplicaOptions)] == [row[:2] for row in rows]
