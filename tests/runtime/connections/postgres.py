"""A PostgreSQL server of a test's own: with TLS, on TCP, to be stopped and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from janua.embedded.accounts import reachable_copy, server_account
from janua.embedded.distributions import Distribution
from janua.embedded.lifecycle import server_environment

_SETTINGS = {"fsync": "off", "max_connections": "60", "unix_socket_permissions": "0777"}


def unused_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """A cluster below ``folder``, with its superuser ``postgres``, on the loopback and a Unix socket."""

    def __init__(self, distribution: Distribution, folder: Path, settings: Mapping[str, str], hba: str) -> None:
        self.account = server_account()
        self.folder = folder
        self.port = unused_port()
        program = reachable_copy(distribution.folder, distribution.parts, distribution.program, self.account)
        self._program = program / distribution.program
        self._settings = {**_SETTINGS, **settings, "port": str(self.port), "unix_socket_directories": str(folder)}
        self._process: subprocess.Popen[bytes] | None = None
        self.own(folder)
        initdb: list[str | Path] = [
            self._program.with_name("initdb"),
            "-D",
            self.data,
            "-U",
            "postgres",
            "-A",
            "trust",
            "-N",
            "-E",
            "UTF8",
        ]
        initdb += ["-D", self.data, "--locale=C"]
        self._run(initdb).wait()
        (self.data / "pg_hba.conf").write_text(hba)

    @property
    def data(self) -> Path:
        """The folder of the cluster."""
        return self.folder / "data"

    @property
    def socket_url(self) -> str:
        """The URL of the superuser's database, over the Unix socket."""
        return f"postgresql://postgres@/postgres?host={self.folder}&port={self.port}"

    def own(self, path: Path) -> None:
        """Give a file to the user whom the server runs as."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        self._process = self._run([self._program, "-D", self.data, *options])
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.socket_url).close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: by default its sessions are ended too (the manual's "fast" shutdown)."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def _run(self, command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        uid, gid = (self.account.uid, self.account.gid) if self.account else (None, None)
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env=server_environment(),
                user=uid,
                group=gid,
                extra_groups=[] if self.account else None,
            )


@contextmanager
def cluster(
    distribution: Distribution,
    settings: Mapping[str, str] = {},
    hba: str = "local all all trust\nhost all all all trust\n",
) -> Iterator[Postgres]:
    """Make a cluster, not yet started, and remove it at the end."""
    # Not pytest's folder: the path of a socket is short, and another user must get there.
    folder = Path(tempfile.mkdtemp(prefix="janua-pg-"))
    folder.chmod(0o755)
    server = Postgres(distribution, folder, settings, hba)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
