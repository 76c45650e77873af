"""
Try the wheel in clean environments: what production, a build and a developer install.

    python tools/matrix.py                every environment, on every Python of this machine that is supported
    python tools/matrix.py --quick        those that matter most, on this Python
    python tools/matrix.py --only typed   those whose name has this in it

An environment is a new ``venv`` with the wheel, its extras and nothing else, in which a script of
``tests/packaging/clean/`` runs, in a folder with the generated code, the migrations and nothing of the repository.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from janua.scratch import open_scratch

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "tests" / "packaging" / "clean"
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")


@dataclass(frozen=True)
class Environment:
    """What is installed beside the wheel, and the script that must end well there."""

    name: str
    script: str
    extras: str = ""
    packages: tuple[str, ...] = ()
    from_sdist: bool = False
    quick: bool = False


ENVIRONMENTS = (
    # psycopg in Python alone, on the system's libpq
    Environment("runtime", "runtime.py", quick=True),
    Environment("runtime without libpq", "nolibpq.py"),
    Environment("runtime of the sdist", "runtime.py", from_sdist=True),
    Environment("binary", "runtime.py", "binary"),
    Environment("generator", "generator.py", "binary,generator"),
    Environment("embedded", "embedded.py", "binary,embedded"),
    Environment("testing", "testing.py", "binary,generator,embedded,testing", quick=True),
    Environment("extras", "extras.py", "binary,monitor,otel,prometheus,fake,lint"),
    Environment("typed", "typed.py", packages=("mypy",), quick=True),
)


def main(arguments: list[str]) -> int:
    """Run the chosen environments, print a line for each, and return 1 where one failed."""
    parser = argparse.ArgumentParser(description="try the wheel in clean environments")
    parser.add_argument("--quick", action="store_true", help="those that matter most, on this Python")
    parser.add_argument("--only", metavar="NAME", help="those whose name has this in it, on this Python")
    args = parser.parse_args(arguments)
    pythons = [sys.executable] if args.quick or args.only else list(installed_pythons())
    chosen = [each for each in ENVIRONMENTS if (each.quick or not args.quick) and (args.only or "") in each.name]
    with tempfile.TemporaryDirectory(prefix="janua-matrix.") as name, open_scratch(ROOT) as scratch:
        folder = Path(name)
        folder.chmod(0o755)  # where root runs this, embedded servers are another user's
        distributions = build(folder / "dist")
        empty = scratch.migrated([], purpose="matrix")
        passed: list[bool] = []
        for python in pythons:
            for each in chosen:
                with_url = {**os.environ, "JANUA_DATABASE_URL": scratch.url(scratch.clone(empty))}
                passed.append(is_tried(each, python, distributions, folder / str(len(passed)), with_url))
    print(f"{passed.count(True)} passed, {passed.count(False)} failed")
    return 0 if passed and all(passed) else 1


def installed_pythons() -> Iterator[str]:
    """Find one interpreter of each supported version: on the path, or of pyenv."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for version in SUPPORTED:
        candidates = [f"python{version}", *map(str, versions.glob(f"{version}.*/bin/python"))]
        found = next((each for each in candidates if runs(each)), None)
        if found is None:
            print(f"no Python {version} on this machine")
        else:
            yield found


def runs(python: str) -> bool:
    """Tell whether this is an interpreter: pyenv has a command for each version, of which most end with an error."""
    try:
        return subprocess.run([python, "-c", "import venv"], capture_output=True).returncode == 0
    except OSError:
        return False


def build(folder: Path) -> dict[str, Path]:
    """Build the ``wheel`` and the ``sdist``, and print their sizes."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    for file in (wheel, sdist):
        print(f"{file.stat().st_size / 1000:6.0f} kB  {file.name}")
    return {"wheel": wheel, "sdist": sdist}


def is_tried(
    environment: Environment, python: str, distributions: dict[str, Path], folder: Path, variables: dict[str, str]
) -> bool:
    """Make one environment, run its script, print what became of it, and remove it."""
    start = time.monotonic()
    work = project(folder / "work")
    own = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    distribution = distributions["sdist" if environment.from_sdist else "wheel"]
    extras = f"[{environment.extras}]" if environment.extras else ""
    pip = [sys.executable, "-m", "pip", "--python", str(own), "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, f"{distribution}{extras}", *environment.packages], check=True)
    # Not -I: the project's folder is where its packages are found.
    command = [own, SCRIPTS / environment.script]
    done = subprocess.run(command, cwd=work, env={**variables, "PYTHONPATH": str(work)}, capture_output=True, text=True)
    outcome = "ok" if done.returncode == 0 else "FAILED"
    print(f"{outcome:6}  {version_of(own):7}  {environment.name:22}  {time.monotonic() - start:3.0f} s", flush=True)
    print(done.stdout + done.stderr, end="")
    shutil.rmtree(folder)
    return done.returncode == 0


def project(folder: Path) -> Path:
    """Copy what a service is made of: generated code and migrations."""
    for name in ("generated", "migrations"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def version_of(python: Path) -> str:
    """Return the version of an interpreter."""
    return subprocess.run([python, "-V"], capture_output=True, text=True).stdout.split()[-1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
