"""The schema of a running database, read without leaving a trace there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from janua.database.target import Target
from janua.errors import ServerUnreachable

from janua_generator.catalog.introspect import introspect
from janua_generator.workshop import MigratedSchema, refuse_old_server

_CONNECT_TIMEOUT_S = 10
# A migration that is under way may hold what describing a query needs, and must not have others queue behind us.
_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'"


@contextmanager
def opened_live(target: Target, schemas: Sequence[str]) -> Iterator[MigratedSchema]:
    """
    Read these schemas, and give the database to have queries described in it.

    All in transactions that are read only and rolled back. The search path is that of the connection, as services
    have it. Raises ServerUnreachable, and ConfigError for a server that is too old.
    """
    with _connected(target) as connection:
        refuse_old_server(connection.info.server_version, "live")
        try:
            with _untouched(connection):
                introspection = introspect(connection, schemas)
        except psycopg.errors.LockNotAvailable as error:
            reason = f"another session holds what reading the schema needs: {error.diag.message_primary}"
            raise ServerUnreachable(f"{target}: {reason}") from None
        # Afresh: reading definitions of views has locked their tables.
        with _untouched(connection):
            yield MigratedSchema(connection, introspection, rules="")


def _connected(target: Target) -> psycopg.Connection[Any]:
    parameters = {"connect_timeout": _CONNECT_TIMEOUT_S, **target.parameters}
    try:
        connection = psycopg.connect(**parameters, autocommit=True, prepare_threshold=None)
    except psycopg.OperationalError as error:
        raise target.unreachable(error) from None
    connection.read_only = True
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


@contextmanager
def _untouched(connection: psycopg.Connection[Any]) -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        connection.execute(_LOCK_TIMEOUT)
        # definitions show times as the generator's own server does
        connection.execute("SET LOCAL TimeZone = 'UTC'")
        yield
