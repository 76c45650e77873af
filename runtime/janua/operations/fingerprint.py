"""What a database holds, in a few hashes: equal where a restore brought everything back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import psycopg
from psycopg import sql

from janua.errors import OperationError
from janua.operations.manifest import TableFingerprint
from janua.operations.progress import OnProgress
from janua.operations.statements import statement

# Whatever a role or database has set: the same values must print alike on both sides.
_SETTINGS = {
    "search_path": "pg_catalog",
    "row_security": "off",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "xmloption": "content",
}
# The sum does not depend on the order, and stays a sum where two rows are alike. A column may be called as anything.
_ROWS = sql.SQL("""
    SELECT count(*), coalesce(sum(hashtextextended("janua: the row"::text COLLATE "C", 0)::numeric), 0)::text
    FROM ONLY {} AS "janua: the row"
""")


def settle(conn: psycopg.Connection) -> None:
    """Have values print as those of every fingerprint do, for this transaction."""
    for name, value in _SETTINGS.items():
        conn.execute("SELECT set_config(%s, %s, true)", (name, value))


def schema_hash(conn: psycopg.Connection) -> str:
    """Return a hash of all objects of the database: their names, kinds and types."""
    digest = hashlib.sha256()
    for (line,) in conn.execute(statement("objects")):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


def fingerprints(conn: psycopg.Connection, on_progress: OnProgress, phase: str) -> Iterator[TableFingerprint]:
    """Read every table, and yield what is in it. The progress counts bytes."""
    tables = conn.execute(statement("tables")).fetchall()
    total, done = sum(size for _, _, size in tables), 0
    for schema, name, size in tables:
        try:
            row = conn.execute(_ROWS.format(sql.Identifier(schema, name))).fetchone()
        except psycopg.errors.InsufficientPrivilege as error:
            message = error.diag.message_primary
            raise OperationError(f"not all of {schema}.{name} can be read by this role: {message}") from None
        assert row is not None
        yield TableFingerprint(f"{schema}.{name}", *row)
        done += size
        on_progress(phase, done, total)
