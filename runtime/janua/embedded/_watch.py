"""
The process that runs an embedded server as its child and ends it when its last user is gone.

Run as a script, in a session of its own (Ctrl-C in a terminal does not reach it), with one JSON argument:
what ``lifecycle`` wants run, and the numbers of three inherited lock files. It imports the standard
library only, so that it starts in a few milliseconds and outlives the environment of its first user.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

_PR_SET_PDEATHSIG = 1


def main(spec: dict[str, Any]) -> int:
    """Run the server to its end. Prints ``ready`` once; its end without it means that it did not start."""
    # Into the background: the starter is not to be left with a child that it would have to wait for.
    if os.fork():
        return 0
    try:
        server = _start(spec)
        # A request to end (the machine shuts down) is the server's: this process ends after it.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: _send(server.pid, spec["signals"][0]))
        if not _is_ready(server, spec):
            server.kill()
            server.wait()
            return 1
        _announce(server.pid, spec)
        # The lock is waited for in a thread, so that the end of the server, too, ends this process. Its
        # locks go with it: whoever is let in next finds neither a watcher nor a server.
        threading.Thread(target=_end_after_last_user, args=(server.pid, spec), daemon=True).start()
        server.wait()
        return 0
    finally:
        for folder in spec["folders"]:
            with contextlib.suppress(OSError):
                os.rmdir(folder)


def _start(spec: dict[str, Any]) -> subprocess.Popen[bytes]:
    account = spec["account"]
    return subprocess.Popen(
        spec["command"],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr.fileno(),
        # Held for as long as any process of the server lives, even where this one was killed.
        pass_fds=(spec["server_fd"],),
        preexec_fn=_end_with_parent(spec["signals"][0]),
        user=account[0] if account else None,
        group=account[1] if account else None,
        extra_groups=[] if account else None,
    )


def _end_with_parent(number: int) -> Callable[[], None] | None:
    """Return what lets the server end when this process is killed; None where only Linux could."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        # Called after the change of user, which would take the request back.
        prctl(_PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _is_ready(server: subprocess.Popen[bytes], spec: dict[str, Any]) -> bool:
    deadline = time.monotonic() + spec["timeout_s"]
    mark = spec["ready_text"].encode()
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), open(spec["ready_file"], "rb") as file:
            if mark in file.read():
                return True
        time.sleep(0.005)
    return False


def _announce(pid: int, spec: dict[str, Any]) -> None:
    os.pwrite(spec["watch_fd"], json.dumps({"pid": pid, "address": spec["address"]}).encode() + b"\n", 0)
    # The starter may be gone already; then nobody reads this.
    with contextlib.suppress(OSError):
        os.write(1, b"ready\n")
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


def _end_after_last_user(pid: int, spec: dict[str, Any]) -> None:
    fcntl.flock(spec["users_fd"], fcntl.LOCK_EX)
    for number in spec["signals"]:
        _send(pid, number)
        time.sleep(spec["grace_s"])


def _send(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
