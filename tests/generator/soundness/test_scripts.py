"""
The promises on the scripts that PostgreSQL tests itself with, where they are at hand.

``JANUA_SCRIPTS`` names the folder ``src/test/regress`` of PostgreSQL's source. Every statement is analysed on the
schema as it is by then, run and compared; nothing of ours may fail on what the server accepts.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from janua.scratch import ScratchServer
from janua_generator.analysis.analyse import AnalysedQuery
from janua_generator.catalog.introspect import introspect
from psycopg.pq import TransactionStatus

from ..workbench import Workbench, broken_promises, rows_of
from .documents import broken_shapes
from .hunt import REFUSED, arguments
from .nested import broken_groups
from .scripts import read_script

FOLDER = Path(os.environ.get("JANUA_SCRIPTS", "/nonexistent"))
SCRIPTS = sorted(path.stem for path in (FOLDER / "sql").glob("*.sql") if path.stem not in ("test_setup", "stats"))
VARIABLES = {"abs_srcdir": str(FOLDER), "libdir": "/nonexistent", "dlsuffix": ".so", "abs_builddir": "/nonexistent"}

_ANALYSED = re.compile(r"\s*(select|with|values|table|insert|update|delete|merge|explain|show|call)\b", re.IGNORECASE)
_DEFINES = re.compile(r"\s*(create|alter|drop|do|set|reset|comment|rollback|reassign)\b|.*\binto\b", re.IGNORECASE)
_LEFT_OUT = re.compile(r"pg_sleep|pg_terminate_backend|pg_cancel|:\w|\bstdout\b", re.IGNORECASE)
_SCHEMAS = """
    SELECT array_agg(nspname ORDER BY array_position(current_schemas(true), nspname)) FROM pg_namespace
    WHERE nspname <> ALL ('{pg_catalog,information_schema,pg_toast}') AND nspname !~ '^pg_toast'
      AND (nspname !~ '^pg_temp' OR oid = pg_my_temp_schema())
"""

pytestmark = pytest.mark.skipif(not SCRIPTS, reason="JANUA_SCRIPTS names no src/test/regress of PostgreSQL's source")


class Player:
    """Plays a script on a database of its own, and keeps what was broken."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self.workbench = Workbench(connection)
        self.connection = connection
        self.broken: list[str] = []
        self.counts: Counter[str] = Counter()
        self._is_stale = True

    def play(self, path: Path, *, judge: bool = True) -> None:
        """Run every statement, after it was analysed and tried where it is one of those that have results."""
        for statement, rows in read_script(path, VARIABLES).statements():
            if statement.lower().startswith("set standard_conforming_strings"):
                # with it off, a backslash in a plain string hides its end: none of ours reads such
                continue
            if _LEFT_OUT.search(re.sub(r"'[^']*'|::\w+", "", statement)):
                continue
            if judge and _ANALYSED.match(statement) and self._knows_the_schema():
                self._judge(statement)
            self._is_stale |= _DEFINES.match(statement) is not None
            with suppress(psycopg.Error):
                self._run(statement, rows)

    def _knows_the_schema(self) -> bool:
        """Whether it has been read since it changed, which is impossible within a transaction."""
        if self._is_stale and self._status is TransactionStatus.IDLE:
            # a role that the script has taken on may not be allowed to
            with suppress(psycopg.errors.InsufficientPrivilege):
                (schemas,) = self.connection.execute(_SCHEMAS).fetchone() or ([],)
                assert isinstance(schemas, list)
                self.workbench.introspection = introspect(self.connection, schemas)
                self._is_stale = False
        return not self._is_stale and self._status is not TransactionStatus.INERROR

    @property
    def _status(self) -> TransactionStatus:
        return TransactionStatus(self.connection.info.transaction_status)

    def _judge(self, statement: str) -> None:
        try:
            findings = self.workbench.analyse(f"-- name: q\n{statement};\n")
        except psycopg.Error:
            return
        except Exception as error:
            self.broken.append(f"{type(error).__name__}: {error}\n{statement}")
            return
        ours = [each.message for each in findings.errors if not each.sqlstate and not REFUSED.search(each.message)]
        self.broken += [f"{each}\n{statement}" for each in ours]
        for query in findings.queries:
            with suppress(psycopg.Error):
                self.broken += [f"{each}\n{statement}" for each in self._broken(query)]

    def _broken(self, query: AnalysedQuery) -> list[str]:
        """Run the query, which is undone, and return the promises that its rows break."""
        with self.connection.transaction(force_rollback=True), psycopg.RawCursor(self.connection) as cursor:
            cursor.execute("SET LOCAL statement_timeout = '3s'")
            cursor.execute(query.sql.encode(), arguments(query), binary=True)
            rows = rows_of(cursor) if cursor.description else []
        self.counts["statements"] += 1
        self.counts["never NULL"] += sum(not column.nullable for column in query.columns)
        self.counts["columns"] += len(query.columns)
        return broken_promises(query, rows) + broken_groups(query, rows) + broken_shapes(query, rows)

    def _run(self, statement: str, rows: str) -> None:
        if not rows:
            self.connection.execute(statement.encode())
            return
        with self.connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            copy.write(rows)


@pytest.fixture(scope="module")
def template(scratch: ScratchServer) -> Iterator[str]:
    """A database that has what all scripts expect."""
    name = scratch.clone(scratch.migrated([], purpose="empty"))
    with psycopg.connect(scratch.url(name), autocommit=True) as connection:
        Player(connection).play(FOLDER / "sql/test_setup.sql", judge=False)
    yield name
    scratch.drop(name)


@pytest.mark.parametrize("script", SCRIPTS)
def test_what_the_server_accepts_keeps_its_promises(scratch: ScratchServer, template: str, script: str) -> None:
    """No NULL in a column called never NULL, as many rows as was said, and nothing that only we refuse."""
    name = f"{template}_script"
    with psycopg.connect(scratch.url("postgres"), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    try:
        with psycopg.connect(scratch.url(name), autocommit=True) as connection:
            connection.execute("SET statement_timeout = '20s'")
            player = Player(connection)
            player.play(FOLDER / f"sql/{script}.sql")
        print(dict(player.counts))
        assert not player.broken, "\n\n".join(player.broken)
    finally:
        scratch.drop(name)
