"""The candidates' turns: a number of calls each, in this process or in another one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from django_process import CACHALOT, CACHEOPS, NONE

Turn = Callable[[int], float]
"""Makes so many calls, and returns the seconds that they took."""


def timed(call: Callable[[], object]) -> Turn:
    """Return the turn of a function of this process."""

    def turn(times: int) -> float:
        start = perf_counter()
        for _ in range(times):
            call()
        return perf_counter() - start

    return turn


@contextmanager
def django_turns(pg_url: str, redis_url: str) -> Iterator[dict[str, Turn]]:
    """Start a process for Django and each of its caches that is installed; their turns are named after both."""
    processes, turns = [], {}
    try:
        for cache in (NONE, CACHALOT, CACHEOPS):
            command = [sys.executable, str(Path(__file__).with_name("django_process.py")), cache, pg_url, redis_url]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            processes.append(process)
            found = _line(process)
            if found.startswith("missing"):
                print(f"{cache} is left out, {found}", file=sys.stderr)
                continue
            for name in json.loads(found):
                turns[f"{cache}: {name}"] = _turn_of(process, name)
        yield turns
    finally:
        for process in processes:
            process.communicate()


def _turn_of(process: subprocess.Popen[str], name: str) -> Turn:
    def turn(times: int) -> float:
        assert process.stdin is not None
        process.stdin.write(f"{name} {times}\n")
        process.stdin.flush()
        return float(_line(process))

    return turn


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    assert line, "the process has ended by itself"
    return line
