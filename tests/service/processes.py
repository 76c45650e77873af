"""Processes of the service, started as its README says, and conditions to wait for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from examples.identity.api import create_app
from examples.identity.settings import Settings

ROOT = Path(__file__).parents[2]


class Process:
    """A process of the service, in a folder of its own."""

    def __init__(self, module: str, arguments: tuple[str, ...], environment: dict[str, str]) -> None:
        self._running = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=ROOT, env={**os.environ, **environment}
        )

    def terminate(self) -> None:
        """Ask it to end."""
        self._running.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it without asking, and wait until it is gone."""
        self._running.kill()
        self._running.wait(10)

    def wait(self) -> int:
        """Wait until it has ended, and return its exit code."""
        return self._running.wait(20)

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._running.poll() is None


def eventually(is_true: Callable[[], bool], what: str, timeout: float = 20) -> None:
    """Wait until a condition holds that nobody can be asked to announce."""
    deadline = time.monotonic() + timeout
    while not is_true():
        assert time.monotonic() < deadline, f"{what} did not happen in {timeout} seconds"
        time.sleep(0.01)


@contextmanager
def serve_api(settings: Settings) -> Iterator[str]:
    """Serve the API in a thread, as uvicorn does, and yield its URL."""
    config = uvicorn.Config(create_app(settings), port=0, log_level="warning", ws="none", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        eventually(lambda: server.started or not thread.is_alive(), "the start of the API")
        assert server.started
        port: int = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
