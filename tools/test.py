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
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / ".janua" / "passed"
MEMORY = Path("/dev/shm")
PREFIX = "janua-tests-run-"
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
    with _in_memory() as added:
        status = subprocess.run(command, cwd=ROOT, env={**os.environ, **added}).returncode
    # the tests may have been edited while they ran: then this run proves nothing about what is there now
    if status == 0 and state and _digest(arguments) == state:
        RECORD.mkdir(parents=True, exist_ok=True)
        for old in RECORD.iterdir():
            old.unlink()
        record.write_text(f"all tests passed in {time.monotonic() - start:.0f} s")
    return status


@contextmanager
def _in_memory() -> Iterator[dict[str, str]]:
    """
    An environment in which temporary files, root's embedded servers among them, are in memory until the end.

    A test's own database is some 500 new files: 10 ms there, 50 ms on a busy machine, and there 1 s on some disks.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        yield {}
        return
    # What a killed run has left would hold memory for ever.
    for left in MEMORY.glob(f"{PREFIX}*"):
        if not Path("/proc", left.name.removeprefix(PREFIX)).exists() and left.stat().st_uid == os.getuid():
            shutil.rmtree(left, ignore_errors=True)
    # Servers' programs are started from there.
    if shutil.disk_usage(MEMORY).free < ENOUGH or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        yield {}
        return
    folder = MEMORY / f"{PREFIX}{os.getpid()}"
    folder.mkdir(mode=0o711)
    try:
        yield {"TMPDIR": str(folder)}
    finally:
        # Servers end some moments after the last process that used them, and write until then.
        for _ in range(10):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(1)


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
