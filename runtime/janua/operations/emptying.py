"""A database made anew, or emptied of its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from janua.config import suggestion
from janua.errors import OperationError
from janua.migrations.records import DEFAULT_TABLE, table_name
from janua.operations import servers
from janua.operations.servers import Place
from janua.operations.statements import statement


def reset(url: str | None, fill: Callable[[str], object] | None = None) -> bool:
    """
    Replace a database with an empty one of the same name, owner, settings and rights, or make it.

    ``fill`` is given the URL of the new one before it takes the place, as for migrations: what it raises leaves
    everything as it was. Sessions in the old one are ended. Returns whether there was one. Raises OperationError and
    ServerUnreachable.
    """
    place = Place(url)
    with place.beside() as server:
        existed = place.exists(server)
        new = servers.make_like(server, place.name, purpose="reset")
        try:
            if fill is not None:
                fill(make_conninfo("", **place.named(new)))
            servers.exchange(server, place.name, new)
        except BaseException:
            servers.drop(server, new)
            raise
    return existed


def truncate(
    url: str | None, tables: Sequence[str] = (), *, keep: Sequence[str] = (), record: str = DEFAULT_TABLE
) -> list[str]:
    """
    Empty tables in one transaction, start their sequences anew, and return their names.

    Without ``tables`` all of the database are emptied but those to ``keep``, the ``record`` of its migrations, and
    those of extensions. A name is ``table`` or ``schema.table``. Raises OperationError, having done nothing, where a
    table that is left out refers to one of them, and for unknown names.
    """
    recorded = table_name(record)
    with Place(url).connect() as conn, conn.transaction():
        present = [(schema, name) for schema, name in conn.execute(statement("truncated"))]
        kept = {found for name in keep for found in _matching(name, present)}
        named = [found for name in tables for found in _matching(name, present)]
        wanted = named if tables else [each for each in present if each[-len(recorded) :] != recorded]
        chosen = [each for each in dict.fromkeys(wanted) if each not in kept]
        if chosen:
            listed = sql.SQL(", ").join(sql.Identifier(*each) for each in chosen)
            try:
                conn.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(listed))
            except (psycopg.errors.FeatureNotSupported, psycopg.errors.InsufficientPrivilege) as error:
                detail = f" ({error.diag.message_detail})" if error.diag.message_detail else ""
                raise OperationError(f"{error.diag.message_primary}{detail}; nothing was emptied") from None
    return [f"{schema}.{name}" for schema, name in chosen]


def _matching(name: str, present: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    found = [(schema, table) for schema, table in present if name in (table, f"{schema}.{table}")]
    if not found:
        known = sorted({each for schema, table in present for each in (table, f"{schema}.{table}")})
        raise OperationError(f"there is no table {name}{suggestion(name, known)}")
    if len(found) > 1:
        several = ", ".join(f"{schema}.{table}" for schema, table in found)
        raise OperationError(f"there are several tables {name}: {several}; name the schema")
    return found
