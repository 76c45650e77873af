"""docs/performance.md is true: its code runs, and tells of a slow query."""

from __future__ import annotations

import pytest
from janua import Database, PoolOptions

from tests.docs.blocks import blocks


def test_its_code_runs(scratch_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Block after block; the first has slow queries told from then on."""
    with Database(scratch_url) as db:
        names: dict[str, object] = {"db": db, "url": scratch_url, "Database": Database, "PoolOptions": PoolOptions}
        first, *others = [block.text for block in blocks("docs/performance.md")]
        exec(compile(first, "performance.md", "exec"), names)
        db.raw("SELECT pg_sleep(0.06)")
        assert "raw 0.0" in capsys.readouterr().out.replace("raw 0.1", "raw 0.0")
        for code in others:
            exec(compile(code, "performance.md", "exec"), names)
    assert isinstance(names["db"], Database)
    names["db"].close()
