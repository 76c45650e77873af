"""Calls of generated code, as mypy and pyright see them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SUBJECTS = ["", "builder_", "redis_"]
FILES = [f"tests/typing/{subject}{name}.py" for subject in SUBJECTS for name in ("usage", "mistakes")]


def test_mypy_agrees() -> None:
    """What is right passes; of what is wrong, every line has the error that it names (``--strict`` warns else)."""
    command = [sys.executable, "-m", "mypy", *FILES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "Success: no issues found in 6 source files\n" == done.stdout, done.stdout


def test_pyright_agrees(tmp_path: Path) -> None:
    """With its own names for the same mistakes."""
    settings: dict[str, Any] = {
        "extraPaths": [str(ROOT / "runtime"), str(ROOT)],
        "typeCheckingMode": "strict",
        "enableTypeIgnoreComments": False,
        "reportUnnecessaryTypeIgnoreComment": "error",
        "pythonVersion": "3.11",
    }
    for name in FILES:
        # beside the settings, since pyright looks at nothing outside their folder
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "-p", str(tmp_path), "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert "0 errors, 0 warnings, 0 informations" == done.stdout.strip().splitlines()[-1], done.stdout
