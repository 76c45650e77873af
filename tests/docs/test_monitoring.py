"""The page on monitoring is true: its code runs, and it lists every question."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from janua import Database
from janua.monitor import Monitor, PostgresReport
from janua.redis import Redis

PAGE = (Path(__file__).resolve().parents[2] / "docs/monitoring.md").read_text(encoding="utf-8")


def test_the_code_runs(scratch_url: str, janua_redis_url: str) -> None:
    """Block after block, on a server that may lack the extension."""
    with Database(scratch_url) as db, Redis(janua_redis_url) as redis:
        names: dict[str, object] = {"db": db, "redis": redis}
        for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
            exec(compile(code, "monitoring.md", "exec"), names)


def test_every_question_is_listed() -> None:
    """And each of those is a method."""
    listed = set(re.findall(r"`(\w+)`", PAGE[PAGE.index("| question |") : PAGE.index("Queries are told")]))
    asked = {part.name for part in fields(PostgresReport)} | {"redis_metrics", "slow_log"}
    assert asked == {name for name in listed if hasattr(Monitor, name)}
