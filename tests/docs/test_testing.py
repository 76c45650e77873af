"""docs/testing.md is true: its tests pass, in a project that has the reference application's files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def project(tmp_path: Path, scratch_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project; its servers are those of this run."""
    for name in ("migrations", "generated", "seeds"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "pyproject.toml").write_text('[tool.janua]\n[tool.pytest.ini_options]\npythonpath = "."\n')
    monkeypatch.setenv("JANUA_SCRATCH_URL", scratch_url)
    return tmp_path


def run(project: Path, *command: str) -> str:
    """Run a module of Python's in the project."""
    done = subprocess.run([sys.executable, "-m", *command], cwd=project, capture_output=True, text=True, env=os.environ)
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_tests_with_fixtures_pass(project: Path) -> None:
    """With pytest."""
    (project / "test_page.py").write_text("\n\n".join(BLOCKS[:2]))
    assert "5 passed" in run(project, "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore")


def test_the_tests_without_pass_too(project: Path) -> None:
    """With unittest."""
    (project / "test_page.py").write_text(BLOCKS[2])
    assert "Ran 2 tests" in run(project, "unittest", "test_page")
