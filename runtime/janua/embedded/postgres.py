"""An embedded PostgreSQL: fast and forgetful, for development and tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from janua.embedded.accounts import (
    Account,
    home_folder,
    reachable_copy,
    server_account,
    server_folder,
    socket_folder,
)
from janua.embedded.choice import choose_for
from janua.embedded.distributions import INSTEAD, Distribution
from janua.embedded.lifecycle import Launch, server_environment, shared_server
from janua.errors import EmbeddedServerError

# By the first major version that has the option.
_INITDB_OPTIONS = {
    15: (
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
        "--no-instructions",
        "--wal-segsize=1",
    ),
    17: ("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    18: ("--no-data-checksums",),
}
# Before 17, which has a locale of its own, what a letter is comes from the system, by the name that it has there.
_LETTERS = f"--lc-ctype={'UTF-8' if sys.platform == 'darwin' else 'C.UTF-8'}"
_TIME_ZONES = Path("/usr/share/zoneinfo")
_PORT = "5432"
_SOCKET = f".s.PGSQL.{_PORT}"
_SETTINGS = {
    "listen_addresses": "",
    "port": _PORT,
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    # The data is a cache: what a power cut damages is made again.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    # Statements that fail are their sender's affair, and may hold values.
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server. ``url`` is that of the database ``postgres``, as a superuser of the same name."""

    socket_dir: Path
    pid: int

    @property
    def url(self) -> str:
        """The URL of the database ``postgres``."""
        return self.database_url("postgres")

    def database_url(self, name: str) -> str:
        """Return the URL of a database of this server."""
        # The port, too: PGPORT would be taken for it otherwise.
        host = quote(str(self.socket_dir), safe="")
        return f"postgresql://postgres@/{quote(name, safe='')}?host={host}&port={_PORT}"


@contextmanager
def serve(state_dir: Path, distribution: Distribution | None = None) -> Iterator[PostgresServer]:
    """
    Keep PostgreSQL running, with its data under ``state_dir``, until the context ends.

    Without a ``distribution`` it is the preferred one; each has its own data.

    Contexts and processes that name the same folder share one server, and what they create in it is
    there the next time. It listens on a Unix socket only, which nobody but this user may reach, and is
    not safe against power cuts: a cluster that does not start any more is replaced by an empty one.

    Raises EmbeddedServerError where the platform or the installed packages do not allow it.
    """
    chosen = distribution or choose_for(()).distribution
    account = server_account()
    home = home_folder(state_dir, chosen.cluster, account)

    def prepare(attempt: int) -> Launch:
        return _prepare(home, chosen, account, start_afresh=attempt > 1)

    with shared_server(home, prepare) as running:
        yield PostgresServer(Path(running.address["socket_dir"]), running.pid)


def _prepare(home: Path, chosen: Distribution, account: Account | None, *, start_afresh: bool) -> Launch:
    postgres = reachable_copy(chosen.folder, chosen.parts, chosen.program, account) / chosen.program
    data = home / "data"
    if start_afresh:
        shutil.rmtree(data, ignore_errors=True)
    if not data.exists():
        _make_cluster(home, [postgres.with_name("initdb"), *_initdb_options(chosen.major)], data, account)
    sockets = socket_folder(home, _SOCKET, account)
    settings = {**_SETTINGS, "unix_socket_directories": str(sockets)}
    return Launch(
        command=[postgres, "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
        environment=server_environment(),
        account=account,
        ready_file=data / "postmaster.pid",
        ready_text="\nready",
        # Fast shutdown, immediate shutdown, and the last resort (manual: "Shutting Down the Server").
        signals=[signal.SIGINT, signal.SIGQUIT, signal.SIGKILL],
        address={"socket_dir": str(sockets)},
        instead=_instead(chosen),
        # The process id in such a file may by now be another process's, and then the server would not start.
        stale=[data / "postmaster.pid", sockets / _SOCKET, sockets / f"{_SOCKET}.lock"],
        folders=[sockets],
    )


def _instead(chosen: Distribution) -> str:
    """Return what to do where it does not start: images of small systems lack the files that UTC, too, is read from."""
    has_time_zones = (chosen.share / "timezone").is_dir() or (_TIME_ZONES / "UTC").exists()
    return INSTEAD if has_time_zones else f"install tzdata, the system's time zones, or {INSTEAD}"


def _initdb_options(major: int) -> list[str]:
    options = [option for since, options in _INITDB_OPTIONS.items() if since <= major for option in options]
    return options if major >= 17 else [*options, _LETTERS]


def _make_cluster(home: Path, initdb: Sequence[str | Path], data: Path, account: Account | None) -> None:
    """Make an empty cluster elsewhere and rename it, so that one that is there is whole."""
    for leftover in home.glob("new-*"):
        _remove(leftover)
    building = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    try:
        if account is not None:
            building.chmod(0o711)
        _run_initdb(initdb, server_folder(building / "data", account), account)
        (building / "data").rename(data)
    finally:
        _remove(building)


def _run_initdb(initdb: Sequence[str | Path], data: Path, account: Account | None) -> None:
    try:
        process = subprocess.Popen(
            [*initdb, "-D", data],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            cwd="/",
            env=server_environment(),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        raise EmbeddedServerError(f"{initdb[0]} cannot be run: {error.strerror}; {INSTEAD}") from None
    with process:
        try:
            said = process.communicate()[1].decode(errors="replace").strip()
        except BaseException:
            # Ctrl-C: its own children, too, must be gone before their files are.
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode != 0:
        raise EmbeddedServerError(f"initdb fails; {INSTEAD}. It says:\n{said}")


def _remove(folder: Path) -> None:
    """Remove a folder in which a process that was just killed may write for a last moment."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.05)
