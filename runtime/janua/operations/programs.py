"""PostgreSQL's own programs for dumps, found on this machine by their version, and run without a password in sight."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from psycopg.conninfo import make_conninfo

from janua.errors import OperationError

_PLACES = (
    "usr/lib/postgresql/*/bin",
    "usr/lib/postgresql*/bin",
    "usr/libexec/postgresql*",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "opt/homebrew/opt/libpq/bin",
    "usr/local/opt/postgresql@*/bin",
    "usr/local/opt/libpq/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
    "Library/PostgreSQL/*/bin",
)
# From this version on, pg_restore sets transaction_timeout, which older servers do not know.
_NEEDS_A_NEW_SERVER = 17
_LAST_LINES = 10
_SECRETS = frozenset({"password", "sslpassword"})


@dataclass(frozen=True, slots=True)
class Programs:
    """A folder with pg_dump, pg_restore and psql, and their major version."""

    folder: Path
    major: int

    def is_understood_by(self, server_major: int) -> bool:
        """Whether a server takes everything that pg_restore says to it."""
        return self.major < _NEEDS_A_NEW_SERVER or server_major >= _NEEDS_A_NEW_SERVER

    def run(self, name: str, *arguments: str, url: Mapping[str, Any], on_line: Callable[[str], object]) -> None:
        """Run a program to its end, as ``running`` does."""
        with self.running(name, *arguments, url=url, on_line=on_line):
            pass

    @contextmanager
    def running(
        self,
        name: str,
        *arguments: str,
        url: Mapping[str, Any] | None,
        on_line: Callable[[str], object],
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.DEVNULL,
    ) -> Iterator[None]:
        """
        Run a program beside the block, against the database that ``url`` names, if any; ``on_line`` gets what it tells.

        It is waited for at the end, and ended where an exception leaves the block. Raises OperationError, with its
        last words, where it fails.
        """
        process = subprocess.Popen(
            [str(self.folder / name), *(_connection(name, url) if url else ()), *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=_environment(url or {}),
            # So that it holds what this process has locked for it.
            close_fds=False,
            text=True,
            errors="replace",
        )
        said: deque[str] = deque(maxlen=_LAST_LINES)
        failures: list[Exception] = []

        def listen() -> None:
            for line in process.stderr or ():
                said.append(line.rstrip())
                try:
                    on_line(line.rstrip())
                except Exception as error:
                    # Read on: the program would wait for ever.
                    failures.append(error)

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield
        except BaseException:
            process.terminate()
            raise
        finally:
            process.wait()
            listener.join()
            if process.stderr:
                process.stderr.close()
        if process.returncode != 0:
            raise OperationError(f"{name} has failed: {_complaint(said)}")
        if failures:
            raise failures[0]


def find_for_dump(server_major: int) -> Programs:
    """
    Return the oldest programs that are new enough for a server: those can be restored in the most places.

    Raises OperationError where there are none.
    """
    fit = [each for each in installed() if each.major >= server_major]
    if not fit:
        _refuse("pg_dump", server_major, f"{server_major} or newer")
    return min(fit, key=lambda each: each.major)


def find_for_restore(dump_major: int, server_major: int) -> Programs:
    """
    Return the oldest programs that read what pg_dump of this version wrote, rather those that the server understands.

    Raises OperationError where there are none.
    """
    fit = [each for each in installed() if each.major >= dump_major]
    if not fit:
        _refuse("pg_restore", server_major, f"{dump_major} or newer")
    return min(fit, key=lambda each: (not each.is_understood_by(server_major), each.major))


def installed() -> list[Programs]:
    """Return all that are here: on the search path, in installed wheels, and where packages of systems put them."""
    found: dict[Path, Programs] = {}
    for folder in _folders():
        if all(os.access(folder / name, os.X_OK) for name in ("pg_dump", "pg_restore", "psql")) and folder not in found:
            major = _major(folder / "pg_dump")
            # Debian's own pg_dump is a script that runs one of several: those are found by themselves.
            if major and (folder / "pg_dump").resolve().name == "pg_dump":
                found[folder] = Programs(folder, major)
    return list(found.values())


def _folders() -> Iterator[Path]:
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).parent
    if sys.platform != "win32":
        from janua.embedded.distributions import distributions

        for each in distributions():
            yield (each.folder / each.program).parent
    for pattern in _PLACES:
        yield from sorted(Path("/").glob(pattern))


def _major(program: Path) -> int:
    try:
        told = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"\(PostgreSQL\) (\d+)", told.stdout)
    return int(found[1]) if found else 0


def _refuse(program: str, server_major: int, wanted: str) -> NoReturn:
    there = ", ".join(f"{each.major} in {each.folder}" for each in installed()) or "none"
    raise OperationError(
        f"no {program} of version {wanted} is here (there is {there}); install postgresql-client-{server_major},"
        " or pip install 'janua-database[embedded]'"
    )


def _connection(name: str, url: Mapping[str, Any]) -> list[str]:
    """Return the options that say where the database is, without its password."""
    if url.get("sslpassword"):
        raise OperationError(f"{name} cannot be told an sslpassword in secret: use a key without one")
    shown = {key: value for key, value in url.items() if key not in _SECRETS}
    return ["--no-password", "--dbname", make_conninfo("", **shown)]


def _environment(url: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment with the password: command lines are read by everybody."""
    kept = {**os.environ, "LC_ALL": "C"}
    return {**kept, "PGPASSWORD": str(url["password"])} if url.get("password") else kept


def _complaint(said: Iterable[str]) -> str:
    """Return what is about errors of what a program told last, else all of it."""
    errors = [line for line in said if "error" in line.lower() or "fatal" in line.lower() or "DETAIL" in line]
    return "\n".join(errors or said) or "it said nothing"
