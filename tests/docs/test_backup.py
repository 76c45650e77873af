"""The page on backups is true: its code runs."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from janua.scratch import ScratchServer

PAGE = (Path(__file__).resolve().parents[2] / "docs/backup.md").read_text(encoding="utf-8")


def test_the_code_runs(
    scratch: ScratchServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Block after block, on a database with a table."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    with psycopg.connect(scratch.url(name)) as conn:
        conn.execute("CREATE TABLE countries AS SELECT 'x' AS name; CREATE TABLE visits AS SELECT 1 AS id")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"url": scratch.url(name)}
    for code in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(code, "backup.md", "exec"), names)
    said = capsys.readouterr().out.split()
    assert ("2", "True") == (said[0], said[-1])
    scratch.drop(name)
