"""The files of examples/recipes, and a project as ``janua init`` makes it to try them on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from janua.cli import main
from janua.scratch import ScratchServer

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "examples" / "recipes"

Shell = Callable[[str, Path], subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def variables(scratch: ScratchServer) -> Mapping[str, str]:
    """What a command finds in its environment: this one's programs, a server, and nothing of git's or pytest's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTEST_"))}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "JANUA_SCRATCH_URL": scratch.url("postgres"),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "ci@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }


@pytest.fixture(scope="session")
def shell(variables: Mapping[str, str]) -> Shell:
    """Run a script as CI's runners do: the first command that fails ends it."""

    def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
        command = ["bash", "-e", "-o", "pipefail", "-c", script]
        return subprocess.run(command, cwd=folder, env=dict(variables), capture_output=True, text=True)

    return run


@pytest.fixture(scope="session")
def _committed(tmp_path_factory: pytest.TempPathFactory, shell: Shell) -> Path:
    folder = tmp_path_factory.mktemp("recipes") / "shop"
    assert 0 == main(["init", str(folder)])
    done = shell("janua generate && git init -q -b main && git add -A && git commit -q -m first", folder)
    assert 0 == done.returncode, done.stderr
    return folder


@pytest.fixture
def shop(_committed: Path, tmp_path: Path) -> Path:
    """A new project, generated and committed to a repository whose branch is main."""
    return Path(shutil.copytree(_committed, tmp_path / "shop"))
