"""
The processor's time of client and server together.

Both share one core, so that this is the wall's time of a machine that does nothing else. Linux only: it is read
from ``/proc``.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

_PROC = Path("/proc")


class Moment(NamedTuple):
    """Seconds: on the wall's clock, of this process, and of this and all processes of the server."""

    wall: float
    client: float
    both: float


class Clock:
    """Reads all three for the server that one of its backends belongs to."""

    def __init__(self, backend: int) -> None:
        self._server = _parent(backend)

    def read(self) -> Moment:
        """Return the time now."""
        client = process_time()
        children = _PROC.joinpath(str(self._server), "task", str(self._server), "children").read_text().split()
        server = sum(_nanoseconds(pid) for pid in children)
        return Moment(perf_counter(), client, client + server / 1e9)


def _parent(pid: int) -> int:
    # After the name, which stands in brackets and may hold blanks, come the state and the parent.
    return int(_PROC.joinpath(str(pid), "stat").read_text().rpartition(")")[2].split()[1])


def _nanoseconds(pid: str) -> int:
    with suppress(FileNotFoundError):
        return int(_PROC.joinpath(pid, "schedstat").read_text().split()[0])
    return 0
