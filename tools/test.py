"""
Run the tests, unless they passed already on exactly these files.

Everything that git does not ignore counts, and so do the interpreter, the installed packages,
the arguments and the URLs in the environment. ``--again`` runs them in any case. Where there is memory to spare and
nothing else is asked for by ``TMPDIR``, temporary files are in it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / ".janua" / "passed"
MEMORY = Path("/dev/shm")
ENOUGH = 8 << 30


def main(arguments: list[str]) -> int:
    """Run pytest with the arguments."""
    again = "--again" in arguments
    arguments = [each for each in arguments if each != "--again"]
    state = _digest(arguments)
    record = RECORD / state
    if state and record.exists() and not again:
        when = datetime.fromtimestamp(record.stat().st_mtime).strftime("%Y-%m-%d %H:%M:%S")
        print(f"{record.read_text()} (at {when}, on exactly these files; `make retest` runs them again)")
        return 0
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(os.cpu_count() or 2), *arguments]
    status = subprocess.run(command, cwd=ROOT, env={**os.environ, **_in_memory()}).returncode
    # the tests may have been edited while they ran: then this run proves nothing about what is there now
    if status == 0 and state and _digest(arguments) == state:
        RECORD.mkdir(parents=True, exist_ok=True)
        for old in RECORD.iterdir():
            old.unlink()
        record.write_text(f"all tests passed in {time.monotonic() - start:.0f} s")
    return status


def _in_memory() -> dict[str, str]:
    """
    The environment in which temporary files, root's embedded servers among them, are in memory.

    A test's own database is some 500 new files: 10 ms there, 50 ms on a busy machine, and there 1 s on some disks.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return {}
    # Servers' programs are started from there.
    has_room = shutil.disk_usage(MEMORY).free >= ENOUGH and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
    if not has_room:
        return {}
    folder = MEMORY / f"janua-tests-{os.getuid()}"
    folder.mkdir(mode=0o711, exist_ok=True)
    return {"TMPDIR": str(folder)} if folder.stat().st_uid == os.getuid() else {}


def _digest(arguments: list[str]) -> str:
    """What the outcome depends on; empty where this is no git checkout, so that nothing is ever skipped."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True)
    if listed.returncode != 0:
        return ""
    state = hashlib.sha256()
    for name in sorted(listed.stdout.split(b"\0")):
        path = ROOT / os.fsdecode(name)
        if name and path.is_file():
            state.update(name + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    packages = sorted(f"{each.name} {each.version}" for each in distributions())
    settings = sorted(f"{name}={value}" for name, value in os.environ.items() if name.startswith("JANUA_"))
    state.update(repr((arguments, sys.version, packages, settings)).encode())
    return state.hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
