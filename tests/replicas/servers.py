"""A primary and its streaming replicas, of these tests' own: killed, promoted and paused by them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from janua.embedded.accounts import reachable_copy, server_account
from janua.embedded.distributions import Distribution
from janua.embedded.lifecycle import server_environment
from psycopg.conninfo import make_conninfo

_SETTINGS = {
    # A killed process leaves its files in the system's cache: nothing is lost that was written.
    "fsync": "off",
    "listen_addresses": "",
    "TimeZone": "UTC",
    "max_connections": "100",
    "wal_keep_size": "64MB",
    "hot_standby": "on",
    "wal_receiver_status_interval": "1s",
    "wal_retrieve_retry_interval": "100ms",
    "log_min_messages": "fatal",
}


class Node:
    """One server, on a Unix socket. Ended by process id."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.name = name
        self.port = _free_port()
        self.data = cluster.folder / name
        self._cluster = cluster
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of the database ``postgres``, as a superuser."""
        return make_conninfo(host=str(self._cluster.folder), port=self.port, dbname="postgres", user="postgres")

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and wait until it lets connections in."""
        settings = {
            **_SETTINGS,
            "port": str(self.port),
            "unix_socket_directories": str(self._cluster.folder),
            "cluster_name": self.name,
        }
        self._process = self._cluster.spawn(
            "postgres", "-D", str(self.data), *(f"--{key}={value}" for key, value in settings.items())
        )
        deadline = time.monotonic() + 30
        while not self._answers():
            assert self._process.poll() is None, (self._cluster.folder / "log").read_text()[-2000:]
            assert time.monotonic() < deadline, f"{self.name} does not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """End all its processes at one moment, as a power cut would."""
        assert self._process is not None
        # So that it starts no more of them.
        os.kill(self._process.pid, signal.SIGSTOP)
        self._signal_all(signal.SIGKILL)
        self._process.wait()
        # Left behind by the dead: whether its owner lives cannot be seen from another account.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def freeze(self) -> None:
        """Have all its processes stand still: the kernel goes on taking what is sent to them."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have them go on."""
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, what: signal.Signals) -> None:
        assert self._process is not None
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self._process.pid)], capture_output=True, text=True)
        for pid in (self._process.pid, *map(int, listed.stdout.split())):
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def sql(self, statement: str, *params: object) -> list[tuple[object, ...]]:
        """Run a statement as a superuser and return its rows."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), params or None)
            return cursor.fetchall() if cursor.description else []

    def promote(self) -> None:
        """Have a replica become a primary, and wait until it is."""
        assert [(True,)] == self.sql("SELECT pg_promote()")

    def pause_replay(self) -> None:
        """Have a replica receive, but show nothing new."""
        self.sql("SELECT pg_wal_replay_pause()")
        while self.sql("SELECT pg_get_wal_replay_pause_state()") != [("paused",)]:
            time.sleep(0.005)

    def resume_replay(self) -> None:
        """Have it catch up."""
        self.sql("SELECT pg_wal_replay_resume()")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class Cluster:
    """A primary and two replicas. ``remove`` ends what runs."""

    def __init__(self, distribution: Distribution) -> None:
        self._account = server_account()
        self.folder = Path(tempfile.mkdtemp(prefix="janua-rep-"))
        if self._account is not None:
            os.chown(self.folder, self._account.uid, self._account.gid)
        program = distribution.program
        self._postgres = reachable_copy(distribution.folder, distribution.parts, program, self._account) / program
        self.primary = Node(self, "primary")
        self.replicas = [Node(self, "replica1"), Node(self, "replica2")]

    def start(self) -> None:
        """Make the data and start all servers; the replicas stream when this returns."""
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--wal-segsize=1"]
        self.run("initdb", "-D", str(self.primary.data), *options)
        self.primary.start()
        for replica in self.replicas:
            self.follow(replica, self.primary)
        while self.primary.sql("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'") != [(2,)]:
            time.sleep(0.01)

    def follow(self, replica: Node, primary: Node) -> None:
        """Make a replica from a copy of the primary's data and start it."""
        source = make_conninfo(primary.url, application_name=replica.name)
        self.run(
            "pg_basebackup", "-D", str(replica.data), "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync"
        )
        replica.start()

    def caught_up(self) -> None:
        """Wait until both replicas have replayed all of the primary."""
        [(position,)] = self.primary.sql("SELECT pg_current_wal_flush_lsn()::text")
        for replica in self.replicas:
            while replica.sql("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position) != [(True,)]:
                time.sleep(0.005)

    def remove(self) -> None:
        """End the servers and remove their files."""
        for node in (self.primary, *self.replicas):
            if node.is_running:
                node.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs to its end."""
        process = self.spawn(program, *arguments)
        assert process.wait(timeout=60) == 0, (self.folder / "log").read_text()[-2000:]

    def spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one of PostgreSQL's programs as the servers' user."""
        account = self._account
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self._postgres.with_name(program), *arguments],
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
