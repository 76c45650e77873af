"""
Run tests with the oldest dependencies that pyproject.toml allows.

    python tools/floors.py                     the suites that use them all
    python tools/floors.py tests/runtime -x    what pytest is told

A new virtual environment gets this checkout with the lowest version of every dependency of an installation, and
developers' tools as they are. What it installed is printed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
SUITES = ("runtime", "cli", "testing", "builder", "monitor", "service", "generator")
# Of this repository alone: nobody's installation has them.
OWN = ("dev", "docs", "example")


def main(arguments: list[str]) -> int:
    """Install, run pytest with the arguments, and return its exit code."""
    with tempfile.TemporaryDirectory(prefix="janua-floors.") as name:
        folder = Path(name)
        folder.chmod(0o755)  # where root runs this, embedded servers are another user's
        constraints = folder / "constraints.txt"
        constraints.write_text("".join(f"{each}\n" for each in floors()))
        python = str(folder / "venv" / "bin" / "python")
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pip = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        users = ",".join(each for each in _extras() if each not in OWN)
        subprocess.run([*pip, "-c", str(constraints), "-e", f"{ROOT}[{users}]"], check=True)
        # What developers' tools need in a newer version is raised, and seen in what is printed.
        subprocess.run([*pip, "-e", f"{ROOT}[dev]"], check=True)
        subprocess.run([python, "-m", "pip", "list", "--disable-pip-version-check"], check=True)
        suites = [str(ROOT / "tests" / each) for each in SUITES]
        # anyio comes with watchfiles; its plugin, which no test uses, must be as new as pytest.
        pytest = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:anyio"]
        return subprocess.run([*pytest, *(arguments or ["-n", "2", *suites])], cwd=ROOT).returncode


def floors() -> Iterator[str]:
    """Give the lowest version of each dependency that an installation may have, as constraints of pip."""
    extras = [text for name, texts in _extras().items() if name not in OWN for text in texts]
    for text in dict.fromkeys([*_project()["dependencies"], *extras]):
        requirement = Requirement(text)
        marker = f"; {requirement.marker}" if requirement.marker else ""
        lowest = [each.version for each in requirement.specifier if each.operator == ">="]
        yield from (f"{requirement.name}=={version}{marker}" for version in lowest)


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project


def _extras() -> dict[str, list[str]]:
    extras: dict[str, list[str]] = _project()["optional-dependencies"]
    return extras


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
