"""A PostgreSQL server of these tests' own, which they may kill and start again on the same data."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psycopg
from janua.embedded.accounts import Account, reachable_copy, server_account
from janua.embedded.distributions import Distribution
from janua.embedded.lifecycle import server_environment
from psycopg.conninfo import make_conninfo

_SETTINGS = {
    # A killed process leaves its files in the system's cache: nothing is lost that was written.
    "fsync": "off",
    "synchronous_commit": "on",
    "max_connections": "100",
    "TimeZone": "UTC",
    "logging_collector": "off",
}


class FaultServer:
    """Listens on a Unix socket and on loopback. Ended by process id, however its tests end."""

    def __init__(self, distribution: Distribution, settings: Mapping[str, str] | None = None) -> None:
        self.account = server_account()
        self.folder = Path(tempfile.mkdtemp(prefix="janua-faults-"))
        program = distribution.program
        self._postgres = reachable_copy(distribution.folder, distribution.parts, program, self.account) / program
        self._data = self.folder / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self.settings = {**_SETTINGS, **(settings or {})}
        own(self.folder, self.account)
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self._spawn([self._postgres.with_name("initdb"), "-D", self._data, *options]).communicate(timeout=60)

    @property
    def url(self) -> str:
        """The address of the database ``postgres`` on the Unix socket, as a superuser."""
        return make_conninfo(host=str(self.folder), port=self.port, dbname="postgres", user="postgres")

    def start(self, *prefix: str, listen: str = "127.0.0.1") -> None:
        """Start the server and wait until it lets connections in."""
        settings = {
            **self.settings,
            "listen_addresses": listen,
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
        }
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        command: list[str | Path] = [
            *prefix,
            self._postgres,
            "-D",
            self._data,
            *(f"--{key}={value}" for key, value in settings.items()),
        ]
        self._process = self._spawn(command, as_root=bool(prefix))
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < deadline, "the server does not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """End all its processes at one moment, as a power cut would."""
        process = self._running()
        os.kill(process.pid, signal.SIGSTOP)
        for child in children(process.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        process.kill()
        process.wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Shut down: SIGINT is fast, SIGQUIT immediate (without a checkpoint)."""
        process = self._running()
        process.send_signal(how)
        process.wait(timeout=30)

    def let_in(self, network: str) -> None:
        """Let everybody in from a network."""
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {network} trust\n")
        self._running().send_signal(signal.SIGHUP)

    def put(self, name: str) -> None:
        """Put an empty file into its data, of those that tell it how to start."""
        (self._data / name).touch()
        own(self._data / name, self.account)

    def remove(self) -> None:
        """End the server, if it runs, and remove its files."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        assert self._process.poll() is None
        return self._process

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _spawn(self, command: list[str | Path], *, as_root: bool = False) -> subprocess.Popen[bytes]:
        account = None if as_root else self.account
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=server_environment(),
                start_new_session=True,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )


def own(folder: Path, account: Account | None) -> None:
    """Give a folder to the server's user."""
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def children(pid: int) -> list[int]:
    """Return the processes that this one has started."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(each) for each in listed.stdout.split()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
