"""
One server for all processes that name the same folder, from the first of them to the end of the last.

Everything is decided by file locks, which the kernel releases however a process ends:

- ``users.lock`` is held shared by every user. The watcher (``_watch``, the server's parent) waits for it
  exclusively, and once it has it ends the server and then itself.
- ``watch.lock`` is held by the watcher. It is taken by the starter and handed down, so that nobody ever
  sees it free between the two. Once the server is ready, the file says how to reach it.
- ``server.lock`` is held by the watcher and by every process of the server: while it is taken, nobody
  else may touch the data.
- ``start.lock`` is held by the one process that is joining or starting.

A newcomer takes ``start.lock``, then a share of ``users.lock``: from here on no watcher ends its server,
and one that is already ending it keeps the newcomer waiting until it is gone. Then either the watcher's
lock is taken, and the newcomer joins, or it is free, and it starts a server.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from janua.embedded.accounts import Account
from janua.errors import EmbeddedServerError

_WATCH = Path(__file__).with_name("_watch.py")
_START_TIMEOUT_S = 60.0
# After the first request to end, a server is asked more firmly each time this has passed.
_GRACE_S = 5.0
_POLL_S = 0.01
_LOG = "server.log"


@dataclass(frozen=True, slots=True)
class Launch:
    """
    How a server is started and ended.

    It is ready when ``ready_file`` holds ``ready_text``; it is ended with ``signals``, the polite one
    first. ``address`` is handed to all its users, ``stale`` are files that a killed server leaves
    behind, ``folders`` are removed at the end where they are empty. ``instead`` says what else can be
    done where it does not start.
    """

    command: Sequence[str | Path]
    environment: dict[str, str]
    account: Account | None
    ready_file: Path
    ready_text: str
    signals: Sequence[signal.Signals]
    address: dict[str, str]
    instead: str
    stale: Sequence[Path] = ()
    folders: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers: the process id of its first process, and its launch's ``address``."""

    pid: int
    address: dict[str, str]


@contextmanager
def shared_server(home: Path, prepare: Callable[[int], Launch]) -> Iterator[Running]:
    """
    Join the server of this folder, or start it, and keep it up until the context ends.

    ``prepare`` is called only where a server must be started, with the number of the attempt: after a
    failed first one it may throw away what can be made again. Raises EmbeddedServerError with the end
    of the server's log where the second attempt fails, too.
    """
    deadline = time.monotonic() + _START_TIMEOUT_S
    with ExitStack() as user:
        with _locked(home / "start.lock", fcntl.LOCK_EX, deadline):
            user.enter_context(_locked(home / "users.lock", fcntl.LOCK_SH, deadline))
            running = _join(home, deadline) or _start(home, prepare, deadline)
        yield running


def _join(home: Path, deadline: float) -> Running | None:
    """Return the running server, waiting for one that is being started; None where there is no watcher."""
    with _opened(home / "watch.lock") as watch:
        while not _lock(watch, fcntl.LOCK_EX):
            if running := _announced(home):
                return running
            _pause(deadline, home)
    return None


def _announced(home: Path) -> Running | None:
    text = (home / "watch.lock").read_bytes()
    return Running(**json.loads(text)) if text.endswith(b"\n") else None


def _start(home: Path, prepare: Callable[[int], Launch], deadline: float) -> Running:
    for attempt in (1, 2):
        last = _announced(home)
        with (
            _locked(home / "watch.lock", fcntl.LOCK_EX, deadline) as watch,
            _opened(home / "server.lock") as server,
            _opened(home / "users.lock") as users,
        ):
            _take_over(server, last, deadline, home)
            os.ftruncate(watch, 0)
            launch = prepare(attempt)
            for path in launch.stale:
                path.unlink(missing_ok=True)
            if _launch(home, launch, watch, server, users) and (running := _announced(home)):
                return running
    name = Path(launch.command[0]).name
    raise EmbeddedServerError(f"{name} does not start; {launch.instead}. Its log {home / _LOG} says:\n{_log_end(home)}")


def _take_over(server: int, last: Running | None, deadline: float, home: Path) -> None:
    """Take the server's lock. A server that lost its watcher has to go first."""
    if _lock(server, fcntl.LOCK_EX):
        return
    if last is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(last.pid, signal.SIGINT)
    while not _lock(server, fcntl.LOCK_EX):
        _pause(deadline, home)


def _launch(home: Path, launch: Launch, watch: int, server: int, users: int) -> bool:
    """Start the watcher and wait for its word; True where the server is ready."""
    spec = {
        "command": [os.fspath(part) for part in launch.command],
        "account": [launch.account.uid, launch.account.gid] if launch.account else None,
        "ready_file": os.fspath(launch.ready_file),
        "ready_text": launch.ready_text,
        "signals": list(launch.signals),
        "address": launch.address,
        "folders": [os.fspath(folder) for folder in launch.folders],
        "watch_fd": watch,
        "server_fd": server,
        "users_fd": users,
        "timeout_s": _START_TIMEOUT_S,
        "grace_s": _GRACE_S,
    }
    (home / _LOG).unlink(missing_ok=True)
    with (
        _opened(home / _LOG) as log,
        subprocess.Popen(
            [sys.executable, "-I", "-S", _WATCH, json.dumps(spec)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            pass_fds=(watch, server, users),
            start_new_session=True,
            cwd="/",
            env=launch.environment,
        ) as process,
    ):
        # The watcher puts itself into the background at once; its word comes from there.
        assert process.stdout is not None
        return process.stdout.readline() == b"ready\n"


@contextmanager
def _locked(path: Path, mode: int, deadline: float) -> Iterator[int]:
    with _opened(path) as file:
        while not _lock(file, mode):
            _pause(deadline, path.parent)
        yield file


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    """
    Open a private file. A lock on it is given up by closing it, unless a child process holds the same opening.

    Never unlocked by hand: that would take the lock from the child, too.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise EmbeddedServerError(f"{path}: cannot be opened: {error.strerror}") from None
    try:
        yield file
    finally:
        os.close(file)


def _lock(file: int, mode: int) -> bool:
    try:
        fcntl.flock(file, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _pause(deadline: float, home: Path) -> None:
    if time.monotonic() > deadline:
        raise EmbeddedServerError(
            f"{home}: for {_START_TIMEOUT_S:.0f} s another process has been starting or ending the server"
        )
    time.sleep(_POLL_S)


def _log_end(home: Path) -> str:
    return "\n".join((home / _LOG).read_text(errors="replace").strip().splitlines()[-10:]) or "(nothing)"


def server_environment(**settings: str) -> dict[str, str]:
    """Return this process's environment without what steers PostgreSQL's programs, in the C locale."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C", "TZ": "UTC", **settings}
