"""A state folder whose cluster is made once, and other processes that use servers."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from janua.embedded import accounts

_USER = """
import json, sys
from pathlib import Path
from janua.embedded import {module}
with {module}.serve(Path({state!r})) as server:
    print(json.dumps([server.pid, server.url]), flush=True)
    sys.stdin.read()
"""


@dataclass
class State:
    """A folder for servers. ``home`` is where those of one kind keep their files: as root, elsewhere."""

    folder: Path

    def base(self) -> Path:
        account = accounts.server_account()
        return accounts.base_folder(self.folder, account)

    def home(self, kind: str) -> Path:
        [found] = self.base().glob(f"{kind}*")
        return found

    def is_free(self, kind: str, lock: str) -> bool:
        with open(self.home(kind) / lock, "rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    def wait_for_end(self, kind: str, seconds: float = 3) -> float:
        """Wait until no process of a server or its watcher is left, and return how long that took."""
        began = time.monotonic()
        while not (self.is_free(kind, "server.lock") and self.is_free(kind, "watch.lock")):
            assert time.monotonic() - began < seconds, "the server is still there"
            time.sleep(0.01)
        return time.monotonic() - began


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """One folder for most tests: making a cluster is what takes long."""
    with new_state(tmp_path_factory.mktemp("state") / ".janua") as state:
        yield state


@pytest.fixture
def fresh_state(tmp_path: Path) -> Iterator[State]:
    """A folder without a cluster."""
    with new_state(tmp_path / ".janua") as state:
        yield state


@contextmanager
def new_state(folder: Path) -> Iterator[State]:
    """A folder for servers, removed when they have ended, wherever they really keep their files."""
    state = State(folder)
    yield state
    base = state.base()
    for lock in base.glob("*/server.lock"):
        state.wait_for_end(lock.parent.name)
    shutil.rmtree(base, ignore_errors=True)


@dataclass
class User:
    """Another process that uses a server."""

    process: subprocess.Popen[str]
    pid: int
    url: str

    def leave(self) -> None:
        self.process.communicate(timeout=10)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=10)


StartUser = Callable[..., Any]


@pytest.fixture
def start_user() -> Iterator[StartUser]:
    """Start a process that serves: a User, or with ``wait=False`` the process before it is told of a server."""
    processes: list[subprocess.Popen[str]] = []

    def start(state: State, module: str = "postgres", *, wait: bool = True) -> Any:
        process = subprocess.Popen(
            [sys.executable, "-c", _USER.format(module=module, state=os.fspath(state.folder))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        return told(process) if wait else process

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        if process.stdout and not process.stdout.closed:
            process.communicate()


def told(process: subprocess.Popen[str]) -> User:
    assert process.stdout is not None
    pid, url = json.loads(process.stdout.readline())
    return User(process, pid, url)
