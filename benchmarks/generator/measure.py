"""
Measure ``janua generate``, and ``sqlc generate`` beside it, on the project of :mod:`project`.

The candidates take turns within each round, so that what else the machine does meets all of them; medians
are shown. ``python benchmarks/generator/measure.py [ROUNDS]``; sqlc is left out, and that is said, where
``requirements.txt`` is not installed.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from janua.embedded.accounts import base_folder, server_account
from project import AREAS, write_project

JANUA = [sys.executable, "-m", "janua.cli", "generate"]
EDITED = ("amount >= 1;", "amount >= 12;")
GOALS = {
    "first run, server start and initdb": 4.0,
    "nothing changed": 0.4,
    "one query edited": 1.5,
    "one query edited, --watch": 0.3,
}
Times = dict[str, list[float]]


class Candidate:
    """A project of so many queries, made anew for each round."""

    def __init__(self, base: Path, queries: int) -> None:
        self.queries = queries
        self.root = base / f"p{queries}"
        self.peaks: list[int] = []

    def renew(self) -> None:
        """Remove everything, the server's data included, and write the project."""
        shutil.rmtree(base_folder(self.root / ".janua", server_account()), ignore_errors=True)
        shutil.rmtree(self.root, ignore_errors=True)
        write_project(self.root, self.queries)

    def run(self, command: list[str]) -> float:
        """Run a command in the project; its peak of memory is kept where it is ours."""
        start = time.perf_counter()
        with subprocess.Popen(command, cwd=self.root, stdout=subprocess.DEVNULL, env=_environment()) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} failed")
        if command is JANUA:
            self.peaks.append(usage.ru_maxrss // 1024)
        return time.perf_counter() - start

    def edit(self) -> None:
        """Change one query, there and back."""
        path = self.root / "queries" / f"{AREAS[0]}_1.sql"
        text = path.read_text()
        old, new = EDITED if EDITED[0] in text else EDITED[::-1]
        path.write_text(text.replace(old, new, 1))


def _environment() -> dict[str, str]:
    """An embedded server, whatever else is set."""
    return {name: value for name, value in os.environ.items() if name != "JANUA_SCRATCH_URL"}


def measure_watch(candidate: Candidate, times: Times, edits: int) -> None:
    """From the save of an edited query to the replaced file."""
    written = candidate.root / "generated" / f"{AREAS[0]}_1.py"
    with subprocess.Popen(
        [*JANUA, "--watch"], cwd=candidate.root, stdout=subprocess.PIPE, env=_environment()
    ) as process:
        assert process.stdout is not None
        _read_until(process.stdout.readline, b"written")
        for _ in range(edits):
            before = written.stat().st_ino
            start = time.perf_counter()
            candidate.edit()
            while written.stat().st_ino == before:
                time.sleep(0.001)
            times.setdefault("one query edited, --watch", []).append(time.perf_counter() - start)
            _read_until(process.stdout.readline, b"written")
        process.send_signal(signal.SIGINT)


def _read_until(readline: Callable[[], bytes], word: bytes) -> None:
    while line := readline():
        if word in line:
            return
    raise SystemExit("the watch ended by itself")


def measure(rounds: int) -> tuple[Times, Candidate, Candidate]:
    """Run all of it, interleaved."""
    times: Times = {}

    def note(name: str, seconds: float) -> None:
        times.setdefault(name, []).append(seconds)

    sqlc = find_sqlc()
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="janua-benchmark-")))
        small, large = Candidate(base, 1000), Candidate(base, 5000)
        for _ in range(rounds):
            for each in (small, large):
                each.renew()
                suffix = "" if each is small else ", 5,000 queries"
                note(f"first run, server start and initdb{suffix}", each.run(JANUA))
                if sqlc:
                    note(f"sqlc, any run{suffix}", each.run([sqlc, "generate"]))
            note("nothing changed", small.run(JANUA))
            small.edit()
            note("one query edited", small.run(JANUA))
            measure_watch(small, times, 5)
        for each in (small, large):
            shutil.rmtree(base_folder(each.root / ".janua", server_account()), ignore_errors=True)
    return times, small, large


def find_sqlc() -> str | None:
    """Where sqlc is: beside this interpreter, or on the path."""
    beside = Path(sys.executable).with_name("sqlc")
    return str(beside) if beside.exists() else shutil.which("sqlc")


def show(times: Times, small: Candidate, large: Candidate) -> None:
    """Print the table."""
    medians = {name: statistics.median(found) for name, found in times.items()}
    print("| what | median | of | goal |\n|---|---|---|---|")
    for name, seconds in medians.items():
        goal = f"{GOALS[name]} s" if name in GOALS else ""
        print(f"| {name} | {seconds:.2f} s | {len(times[name])} | {goal} |")
    first = "first run, server start and initdb"
    print(
        f"| 5,000 queries against 1,000 | {medians[f'{first}, 5,000 queries'] / medians[first]:.1f} times | | 6 times |"
    )
    print(f"| peak memory, 1,000 and 5,000 | {max(small.peaks)} and {max(large.peaks)} MB | | 300 MB |")
    if "sqlc, any run" not in medians:
        print("\nsqlc is not installed: pip install -r benchmarks/generator/requirements.txt")
        return
    for name in GOALS:
        print(f"| {name}, against sqlc | {medians[name] / medians['sqlc, any run']:.2f} times | | |")


if __name__ == "__main__":
    show(*measure(int(sys.argv[1]) if len(sys.argv) > 1 else 3))
