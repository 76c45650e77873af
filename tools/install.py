"""
Make ``.venv/`` with everything that development needs, or find that it is there already.

Runs under any Python that is asked to (to refuse an old one with a sentence), needs nothing
installed, and may be run by two processes at once: one waits.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, ".installed")


def main() -> int:
    """Install where pyproject.toml or the interpreter changed since the last time."""
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        print(f"janua needs Python 3.11 or later, this is {found}: name one, as in `make PYTHON=python3.12`")
        return 2
    with _Lock():
        wanted = _digest()
        if _read(STAMP) == wanted:
            return 0
        start = time.monotonic()
        print("installing into .venv/ …", flush=True)
        status = _install()
        if status == 0:
            with open(STAMP, "w") as file:
                file.write(wanted)
            print(f"installed ({time.monotonic() - start:.0f} s)", flush=True)
        return status


def _install() -> int:
    python = os.path.join(VENV, "bin", "python")
    if _read(os.path.join(VENV, ".python")) != sys.version:
        shutil.rmtree(VENV, ignore_errors=True)
        made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True)
        if made.returncode != 0:
            print(made.stdout.strip() or made.stderr.strip())
            print("the virtual environment could not be made; on Debian and Ubuntu: apt install python3-venv")
            return made.returncode
        with open(os.path.join(VENV, ".python"), "w") as file:
            file.write(sys.version)
    command = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-e", ROOT + "[dev]"]
    return subprocess.run(command, cwd=ROOT).returncode


def _digest() -> str:
    state = hashlib.sha256(sys.version.encode())
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        state.update(file.read())
    return state.hexdigest()


def _read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


class _Lock:
    """Held until the process ends or leaves the block."""

    def __enter__(self) -> None:
        folder = os.path.join(ROOT, ".janua")
        os.makedirs(folder, exist_ok=True)
        self._file = open(os.path.join(folder, "install.lock"), "w")
        try:
            import fcntl
        except ImportError:
            return
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


if __name__ == "__main__":
    sys.exit(main())
