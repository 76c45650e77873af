"""Connections to a database and to its server, and databases made, exchanged and dropped there."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

import psycopg
from psycopg import sql

from janua.database.target import Target, find_target
from janua.errors import OperationError
from janua.operations.statements import statement

# PostgreSQL cuts longer names off.
_LONGEST_NAME = 63
_ELSEWHERE = ("postgres", "template1")
_ATTEMPTS = 5
_RANDOM = 4
_TEMPORARY = "restoring|verify|reset"
# Held by the session that makes a database: it ends with it, and shows the next one what is left over.
_LOCK = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"


class Place:
    """A database by its address; it need not exist."""

    def __init__(self, url: str | None) -> None:
        """Raises ConfigError where the URL cannot be read, OperationError where it names no database."""
        target = find_target(url, {}, None, "janua db")
        # libpq calls the database as the user where nothing names it; for what destroys it that is too little.
        if not target.parameters.get("dbname"):
            raise OperationError(f"the URL names no database ({target})")
        self.parameters: Mapping[str, Any] = {"connect_timeout": 10, **target.parameters}
        self.name = str(self.parameters["dbname"])

    def __str__(self) -> str:
        return str(Target(self.parameters))

    def named(self, name: str) -> dict[str, Any]:
        """Return libpq's parameters for another database of the server."""
        return {**self.parameters, "dbname": name}

    def connect(self, name: str = "") -> psycopg.Connection:
        """Connect to it, or to another database of the server. Raises ServerUnreachable."""
        parameters = self.named(name or self.name)
        try:
            return psycopg.connect(**parameters, autocommit=True)
        except psycopg.OperationalError as error:
            raise Target(parameters).unreachable(error) from None

    @contextmanager
    def beside(self) -> Iterator[psycopg.Connection]:
        """Connect to the server by another database than this one, which can then be renamed and dropped."""
        others = [name for name in _ELSEWHERE if name != self.name]
        for last, name in enumerate(others, start=1):
            try:
                conn = psycopg.connect(**self.named(name), autocommit=True)
            except psycopg.OperationalError as error:
                if last == len(others):
                    raise Target(self.named(name)).unreachable(error) from None
                continue
            with conn:
                yield conn
            return

    def exists(self, conn: psycopg.Connection) -> bool:
        """Whether the server has the database."""
        return conn.execute("SELECT FROM pg_database WHERE datname = %s", (self.name,)).fetchone() is not None


def is_empty(conn: psycopg.Connection) -> bool:
    """Whether nothing was ever made in the database, extensions apart."""
    return conn.execute(statement("is_empty")).fetchone() == (True,)


def make_like(conn: psycopg.Connection, name: str, *, purpose: str) -> str:
    """
    Make an empty database with the encoding, locale, owner, settings and rights of another, and return its name.

    Where that does not exist, it is as the server makes one. Those that killed processes have left are dropped.
    """
    _sweep(conn, name)
    new = _beside(name, purpose)
    conn.execute(_LOCK, (new,))
    properties = _ask(conn, "creation", name).fetchone()
    how = sql.SQL(properties[0] if properties else "TEMPLATE template0")
    try:
        conn.execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(new), how))
        for (command,) in _ask(conn, "properties", name, new).fetchall():
            conn.execute(command.encode())
    except BaseException as error:
        drop(conn, new)
        if isinstance(error, psycopg.errors.InsufficientPrivilege):
            message = error.diag.message_primary
            raise OperationError(f"no database like {name} can be made by this role: {message}") from None
        raise
    return new


def exchange(conn: psycopg.Connection, name: str, new: str) -> None:
    """
    Give a database's name to another, in one moment, and drop the first. Sessions in either are ended.

    Raises OperationError, with everything as it was, where sessions cannot be ended.
    """
    old = _beside(name, "before")
    exists = conn.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None
    renames = [(name, old)] * exists + [(new, name)]
    for attempt in count(1):
        try:
            with conn.transaction():
                _end_sessions(conn, name, new)
                for before, after in renames:
                    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                    conn.execute(rename.format(sql.Identifier(before), sql.Identifier(after)))
            break
        except psycopg.errors.ObjectInUse:
            # A service's pool has connected again in between.
            if attempt == _ATTEMPTS:
                raise OperationError(f"{name} is used all the time: stop the services that use it") from None
        except psycopg.errors.InsufficientPrivilege as error:
            raise OperationError(f"{name} cannot be replaced: {error.diag.message_primary}") from None
    if exists:
        drop(conn, old)


def drop(conn: psycopg.Connection, name: str) -> None:
    """Drop a database, and end its sessions."""
    conn.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _sweep(conn: psycopg.Connection, name: str) -> None:
    for (found,) in conn.execute("SELECT datname FROM pg_database").fetchall():
        ending = re.search(f"_({_TEMPORARY})_[0-9a-f]{{{2 * _RANDOM}}}$", found)
        if ending is None or found != _shortened(name, ending[0]):
            continue
        if conn.execute(_TRY_LOCK, (found,)).fetchone() == (True,):
            drop(conn, found)


def _end_sessions(conn: psycopg.Connection, *names: str) -> None:
    """End the sessions in these databases and wait for it, at most some seconds each."""
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = ANY (%s)"
    conn.execute(ended, (list(names),))


def _beside(name: str, purpose: str) -> str:
    return _shortened(name, f"_{purpose}_{secrets.token_hex(_RANDOM)}")


def _shortened(name: str, ending: str) -> str:
    # Bytes are what counts, and no character may be cut in two.
    return name.encode()[: _LONGEST_NAME - len(ending)].decode(errors="ignore") + ending


def _ask(conn: psycopg.Connection, name: str, *values: str) -> psycopg.Cursor[Any]:
    return psycopg.RawCursor(conn).execute(statement(name), values)
